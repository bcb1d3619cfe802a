// Ages against the hub's clock, commits that keep the newest, and a page that knows when it has gone blind.
import { computed } from 'vue'
import { expect, test } from 'vitest'
import type { Snapshot } from '../api/types'
import { Live } from './live'
import { GREY_MS } from './protocol'

const HUB = 1_800_000_000_000
const BROWSER = HUB - 90_000 // a browser whose clock is a minute and a half slow

const status = { database: { state: 'up', since: 0 }, devices: { live: 1, stale: 0, offline: 0, never: 0 } } as Snapshot['status']
const snapshot = { epoch: '1', seq: 1, t: HUB, kpi: [], alarm: [], device: [], link: [], status } satisfies Snapshot
const kpi = (value: number) => ({ theme: 'w', kpi: 'k', at: HUB, value, severity: null, devices: 1, stale: 0, device: null, trend: null })

test('now is the hub\'s clock, not the browser\'s', () => {
  const live = new Live()
  live.take({ kind: 'snapshot', data: snapshot, arrived: BROWSER })
  live.commit(BROWSER + 4_200)
  expect(live.now.value).toBe(HUB + 4_000)
})

test('the clock is the hub\'s to the millisecond, where now is rounded down', () => {
  const live = new Live()
  const browser = Date.now()
  live.take({ kind: 'snapshot', data: { ...snapshot, t: browser + 90_400 }, arrived: browser })
  live.commit()
  expect(live.clock() - Date.now()).toBeCloseTo(90_400, -1)
})

test('between two commits the newest wins and dependants run once', () => {
  const live = new Live()
  let runs = 0
  const value = computed(() => (runs++, live.kpis.value.get('w/k')?.value))
  live.take({ kind: 'snapshot', data: snapshot, arrived: BROWSER })
  live.commit(BROWSER)
  expect(value.value).toBeUndefined()
  for (let i = 1; i <= 9; i++) live.take({ kind: 'delta', data: { seq: 1 + i, prev: i, t: HUB, topic: 'kpi', items: [kpi(i)] }, arrived: BROWSER })
  live.commit(BROWSER)
  expect(value.value).toBe(9)
  expect(runs).toBe(2)
})

test('silence freezes the page from the last byte on, and a beat thaws it', () => {
  const live = new Live()
  live.take({ kind: 'snapshot', data: snapshot, arrived: BROWSER })
  live.commit(BROWSER + GREY_MS)
  expect(live.frozenSince.value).toBeNull()
  live.commit(BROWSER + GREY_MS + 1)
  expect(live.frozenSince.value).toBe(HUB)
  live.take({ kind: 'beat', data: { seq: 1, t: HUB + 20_000, status }, arrived: BROWSER + 20_000 })
  live.commit(BROWSER + 20_000)
  expect(live.frozenSince.value).toBeNull()
})

test('a browser clock that is set back does not make the last byte new again', () => {
  const live = new Live()
  live.take({ kind: 'snapshot', data: snapshot, arrived: BROWSER })
  live.commit(BROWSER - 3_600_000)
  expect(live.frozenSince.value).toBe(HUB)
  live.take({ kind: 'beat', data: { seq: 1, t: HUB + 5_000, status }, arrived: BROWSER - 3_595_000 })
  live.commit(BROWSER - 3_595_000)
  expect(live.frozenSince.value).toBeNull()
})
