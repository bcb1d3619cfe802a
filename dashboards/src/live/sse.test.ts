// The parser must not care where the network cuts the stream.
import { expect, test } from 'vitest'
import { SseParser, type SseEvent } from './sse'

const STREAM = [
  ': a comment\n',
  'event: snapshot\nid: 17-1200\ndata: {"名":"河道站 07"}\n\n',
  'event: delta\r\ndata: first\r\ndata:second\r\n\r\n',
  'data\n\n',
  'event: beat\rdata: {"seq":1}\r\r',
  'retry: 100\nid: 17-1210\nevent: nothing\n\n',
  'data: 🌊 last\n\n',
  'data: unfinished',
].join('')

const WANTED: SseEvent[] = [
  { event: 'snapshot', data: '{"名":"河道站 07"}', id: '17-1200' },
  { event: 'delta', data: 'first\nsecond', id: '17-1200' },
  { event: 'message', data: '', id: '17-1200' },
  { event: 'beat', data: '{"seq":1}', id: '17-1200' },
  { event: 'message', data: '🌊 last', id: '17-1210' },
]

function parse(...chunks: Uint8Array[]): SseEvent[] {
  const seen: SseEvent[] = []
  const parser = new SseParser((e) => seen.push(e))
  for (const c of chunks) parser.push(c)
  return seen
}

const bytes = new TextEncoder().encode(STREAM)

test('one piece', () => expect(parse(bytes)).toEqual(WANTED))

test('split in two at every byte', () => {
  for (let i = 0; i <= bytes.length; i++) expect(parse(bytes.slice(0, i), bytes.slice(i)), `cut at ${i}`).toEqual(WANTED)
})

test('byte by byte, with empty chunks between', () => {
  const chunks = [...bytes].flatMap((b) => [new Uint8Array([b]), new Uint8Array()])
  expect(parse(...chunks)).toEqual(WANTED)
})

test('a byte-order mark is no field', () => {
  expect(parse(new TextEncoder().encode('\uFEFFdata: x\n\n'))).toEqual([{ event: 'message', data: 'x', id: '' }])
})
