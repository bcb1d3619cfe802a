// @vitest-environment node
// Merging, gaps and endings, on the fake world's own data.
import { beforeEach, expect, test } from 'vitest'
import type { Alarm, Delta, DeviceFull, Kpi, Snapshot } from '../api/types'
import { FakeHub } from '../../fake/server.mjs'
import { kpiKey, LiveState } from './state'

let state: LiveState
let snapshot: Snapshot

beforeEach(() => {
  const hub = new FakeHub({ tickMs: 1e8, beatMs: 1e8 })
  const text = hub.stream.snapshot() as string
  void hub.stop()
  snapshot = JSON.parse(text.slice(text.indexOf('data: ') + 6)) as Snapshot
  state = new LiveState()
  state.applySnapshot(structuredClone(snapshot))
})

const delta = (topic: Delta['topic'], items: unknown[], prev = snapshot.seq, seq = prev + 10) =>
  ({ seq, prev, t: 5, topic, items }) as unknown as Delta

test('a snapshot replaces everything', () => {
  state.devices.set('ghost', snapshot.device[0]!)
  state.applySnapshot(snapshot)
  expect(state.devices.size + state.pending.size).toBe(snapshot.device.length)
  expect(state.toSnapshot()).toEqual(snapshot)
})

test('a device delta merges metric by metric', () => {
  const pump = snapshot.device.find((d) => Object.keys(d.metrics).length > 1)!
  const run = { ...pump.metrics.run!, value: 2 }
  expect(state.applyDelta(delta('device', [{ ...pump, state: 'stale', metrics: { run } } satisfies DeviceFull]))).toBe('applied')
  expect(state.devices.get(pump.device)).toMatchObject({ state: 'stale', metrics: { run: { value: 2 }, flow: pump.metrics.flow } })
})

test('a kpi without a trend keeps the one it had', () => {
  const kpi = snapshot.kpi[0]!
  state.applyDelta(delta('kpi', [{ ...kpi, value: 9, trend: null } satisfies Kpi]))
  expect(state.kpis.get(kpiKey(kpi))).toMatchObject({ value: 9, trend: kpi.trend })
  state.applyDelta(delta('kpi', [{ ...kpi, trend: [[1, 2]] } satisfies Kpi]))
  expect(state.kpis.get(kpiKey(kpi))!.trend).toEqual([[1, 2]])
})

test('an alarm that ended leaves', () => {
  const alarm = snapshot.alarm[0]!
  state.applyDelta(delta('alarm', [{ ...alarm, cleared_at: 7, cleared_value: 1 } satisfies Alarm]))
  expect(state.alarms.has(alarm.id)).toBe(false)
})

test('a lost delta is a gap and changes nothing', () => {
  const kpi = snapshot.kpi[0]!
  expect(state.applyDelta(delta('kpi', [{ ...kpi, value: 99 }], snapshot.seq + 10))).toBe('gap')
  expect(state.kpis.get(kpiKey(kpi))!.value).toBe(kpi.value)
  expect(new LiveState().applyDelta(delta('kpi', []))).toBe('gap')
})

test('two topics of one tick, and a replay after a resume, both apply', () => {
  const first = delta('kpi', [snapshot.kpi[0]])
  expect(state.applyDelta(first)).toBe('applied')
  expect(state.applyDelta(delta('alarm', [snapshot.alarm[0]]))).toBe('applied')
  expect(state.applyDelta(first)).toBe('applied')
  expect(state.seq).toBe(snapshot.seq + 10)
})

test('new values leave the standing alone; a state, a place, a coming and a going change it', () => {
  const pump = snapshot.device.find((d) => d.state === 'live' && d.place && d.registration !== 'pending')!
  const after = (d: Partial<DeviceFull>) => {
    const before = state.standing
    state.applyDelta(delta('device', [{ ...pump, ...d }]))
    return state.standing - before
  }
  expect(after({ metrics: {} })).toBe(0)
  expect(after({ state: 'stale' })).toBe(1)
  expect(after({ state: 'stale', place: null })).toBe(1)
  expect(after({ device: 'a-new-one' })).toBe(1)
  expect(after({ registration: 'retired' })).toBe(1)
  const before = state.standing
  state.applySnapshot(snapshot)
  expect(state.standing).toBe(before + 1)
})
