// @vitest-environment node
// The connection against the real fake hub over HTTP: resume, gap, refusal, silence.
import { afterEach, beforeEach, expect, test } from 'vitest'
import { FakeHub } from '../../fake/server.mjs'
import { backoffMs } from './backoff'
import type { FromStream } from './protocol'
import { LiveState } from './state'
import { Stream } from './stream'

let hub: FakeHub
let address: string
let stream: Stream
const seen: FromStream[] = []

beforeEach(async () => {
  hub = new FakeHub({ tickMs: 40, beatMs: 200 })
  address = await hub.listen()
  seen.length = 0
})
afterEach(async () => {
  stream.stop()
  await hub.stop()
})

function open(key = 'test-key', silenceMs = 5_000): LiveState {
  const state = new LiveState()
  stream = new Stream({ key, screen: 'test', state, silenceMs, fetch: (path, init) => fetch(address + String(path), init), send: (m) => seen.push(m) })
  void stream.run()
  return state
}
const count = (kind: FromStream['kind']) => seen.filter((m) => m.kind === kind).length
const until = (what: () => boolean) => expect.poll(what, { timeout: 20_000, interval: 10 }).toBe(true)

test('snapshot first, then deltas and beats', async () => {
  const state = open()
  await until(() => count('delta') > 4 && count('beat') > 0)
  expect(seen.filter((m) => m.kind !== 'conn')[0]!.kind).toBe('snapshot')
  expect(state.devices.size + state.pending.size).toBe(hub.world.devices.size)
})

test('a stream is no use of the session: it stands by itself', async () => {
  const headers: unknown[] = []
  stream = new Stream({ key: 'test-key', screen: 'test', state: new LiveState(), fetch: (path, init) => (headers.push(init?.headers), fetch(address + String(path), init)), send: (m) => seen.push(m) })
  void stream.run()
  await until(() => count('snapshot') > 0)
  expect(headers[0]).toMatchObject({ 'x-chengshu-background': '1' })
})

test('a dropped line resumes without a second snapshot', async () => {
  open()
  await until(() => count('delta') > 2)
  hub.stream.dropAll()
  await until(() => hub.stream.resumed === 1)
  const before = count('delta')
  await until(() => count('delta') > before + 2)
  expect(count('snapshot')).toBe(1)
})

test('a lost delta brings a new snapshot', async () => {
  open()
  await until(() => count('delta') > 2)
  hub.stream.lose()
  await until(() => count('snapshot') === 2)
  expect(hub.stream.resumed).toBe(0)
})

test('a refused key is said and retried', async () => {
  open('wrong')
  await until(() => seen.some((m) => m.kind === 'conn' && m.conn.state === 'unauthorized' && m.conn.retryAt !== null))
})

test('silence breaks the line', async () => {
  open('test-key', 300)
  await until(() => count('delta') > 2)
  hub.stream.silent = true
  await until(() => seen.some((m) => m.kind === 'conn' && m.conn.reason === 'silence'))
})

test('back-off doubles to 30 s and never less than half', () => {
  expect([0, 1, 2, 5, 9].map((n) => backoffMs(n, () => 1))).toEqual([1000, 2000, 4000, 30_000, 30_000])
  expect(backoffMs(0, () => 0)).toBe(500)
})
