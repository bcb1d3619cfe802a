// The frames page in a document, fed by the fake hub, which knows the adapters' own test vectors: frames become tables, an error
// points at its byte, and a frame goes to the encoder and back.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mount, startHub, words } from '../../health/harness'
import { parseRoute, route } from '../../state/route'
import DeskPage from '../DeskPage.vue'
import { around, fromHex, hexLines } from './bytes'
import { frame, hand } from './draft'
import { EXAMPLES } from './examples'

let world: ReturnType<typeof startHub>
beforeEach(() => {
  vi.spyOn(history, 'replaceState').mockImplementation(() => {})
  hand('sl651', 'hex', '')
  frame.value = ''
  world = startHub()
})
afterEach(async () => {
  cleanup()
  await world.hub.stop().catch(() => {})
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const until = (what: () => unknown) => vi.waitFor(() => { if (!what()) throw new Error('not yet') }, { timeout: 5_000, interval: 5 })
const posts = () => world.asked.filter((a) => a.method === 'POST')
const page = (hash = '#/desk/frames') => {
  route.value = parseRoute(hash)!
  return mount(world.live, DeskPage).container
}
const go = (c: Element) => fireEvent.submit(c.querySelector('[data-decoder]')!)

test('a frame becomes its readings and fields', async () => {
  const c = page()
  await until(() => c.querySelector('[data-input]'))
  await fireEvent.click(c.querySelector('[data-example]')!)
  await go(c)
  await until(() => c.querySelector('[data-frame=ok]'))
  expect(posts()[0]).toMatchObject({ path: '/api/v1/decode', body: { protocol: 'sl651', hex: EXAMPLES.sl651.text, received: '2017-07-18T11:00:20+08:00' } })
  expect([...c.querySelectorAll('[data-frame-readings] tr')].map(words)).toContain('11223344 level 10.49 m 2017-07-18 11:00:16 良好')
  expect(words(c.querySelector('.tree'))).toMatch(/遥测站地址 station 原文 raw 0011223344 .* 功能码 function 32 .* 要素 elements 6 项/)
})

test('a wrong one points at its byte, beside the good one', async () => {
  const c = page()
  await until(() => c.querySelector('[data-input]'))
  await fireEvent.update(c.querySelector('[data-input]')!, `FF ${EXAMPLES.sl651.text}`)
  await go(c)
  await until(() => c.querySelector('[data-frame=bad]'))
  expect(words(c.querySelector('.found h2'))).toBe('2 帧，其中 1 处有错')
  expect(words(c.querySelector('[data-frame=bad] header'))).toMatch(/第 1 处有错 · 不属于任何帧的字节 错在第 0 字节（从 0 数，十六进制 0）/)
  expect(words(c.querySelector('[data-frame=bad] [data-mark]'))).toBe('FF')
})

test('what are no bytes is said before anything is sent; the hub\'s refusal stands in its place', async () => {
  const c = page()
  await until(() => c.querySelector('[data-input]'))
  for (const [typed, said] of [['', '请先粘贴报文'], ['7E7', '奇数'], ['7E G1', '第 4 个字符“G”']] as const) {
    await fireEvent.update(c.querySelector('[data-input]')!, typed)
    await go(c)
    expect(words(c.querySelector('[data-wrong-input]'))).toContain(said)
  }
  expect(posts()).toEqual([])
  world.hub.faults['/api/v1/decode'] = { status: 503, code: 'overloaded', title: '', detail: 'too much is under way' }
  await fireEvent.update(c.querySelector('[data-input]')!, '7E7E')
  await go(c)
  await until(() => c.querySelector('[data-decode-failed]'))
  expect(words(c.querySelector('[data-decode-failed]'))).toBe('too much is under way')
})

test('the frames of a text protocol get their line ends back', async () => {
  const c = page('#/desk/frames?protocol=hj212')
  await until(() => c.querySelector('[data-input]'))
  await fireEvent.click(c.querySelector('[data-example]')!)
  await go(c)
  await until(() => c.querySelector('[data-frame=ok]'))
  expect((posts()[0]!.body as { text: string }).text).toBe(`${EXAMPLES.hj212.text}\r\n`)
  expect([...c.querySelectorAll('[data-frame-readings] tbody tr')].map(words)[0]).toMatch(/A110000_0001 w01010 28\.6/)
})

test('a decoded frame goes to the encoder and gives the same bytes; what cannot be made says why', async () => {
  const c = page()
  await until(() => c.querySelector('[data-input]'))
  await fireEvent.click(c.querySelector('[data-example]')!)
  await go(c)
  await until(() => c.querySelector('[data-take]'))
  await fireEvent.click(c.querySelector('[data-take]')!)
  await until(() => c.querySelector('[data-frame-json]'))
  await fireEvent.submit(c.querySelector('[data-encoder]')!)
  await until(() => c.querySelector('[data-made]'))
  expect(words(c.querySelector('[data-hex-out]'))).toBe(EXAMPLES.sl651.text)
  await fireEvent.update(c.querySelector('[data-frame-json]')!, '{"form": ')
  await fireEvent.submit(c.querySelector('[data-encoder]')!)
  expect(words(c.querySelector('[data-encode-wrong]'))).toContain('JSON 读不懂')
  await fireEvent.update(c.querySelector('[data-frame-json]')!, '{}')
  await fireEvent.submit(c.querySelector('[data-encoder]')!)
  await until(() => words(c.querySelector('[data-encode-wrong]')).includes('frame: station is null'))
})

test('hex is read as the hub reads it, and an offset finds its byte', () => {
  expect(fromHex('7E 7e\n0x01:ff-0A')).toEqual({ bytes: Uint8Array.of(0x7e, 0x7e, 1, 255, 10) })
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => i + 60)
  const marked = (mark: number) => hexLines(bytes, { mark }).flatMap((l) => l.cells).filter((c) => c.marked).map((c) => [c.at, c.hex])
  expect([marked(17), marked(20), marked(-1)]).toEqual([[[17, '4D']], [[20, '··']], []])
  expect(hexLines(bytes, { from: 18, to: 20 }).map((l) => l.at)).toEqual(['0010'])
  expect(around(1000, 500, 1)).toEqual({ from: 480, to: 528 })
})
