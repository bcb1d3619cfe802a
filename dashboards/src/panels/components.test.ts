// Panels in a document, fed by the fake hub: what is said in words, and that a broken one stays alone.
import { cleanup, render } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, nextTick } from 'vue'
import type { Snapshot } from '../api/types'
import { THEME } from '../../fake/theme.mjs'
import { i18n } from '../i18n'
import { Catalogue } from '../live/catalogue'
import { Live } from '../live/live'
import { provideLive } from '../live/use'
import { selected } from '../state/selection'
import { alarms } from './alarms'
import type { Panel } from './contract'
import { ended } from './ended'
import { links } from './links'
import PanelSlot from './PanelSlot.vue'
import { unseen } from './unseen'

const NOW = Date.parse('2026-11-22T16:42:00+08:00')
const device = { deadline: { stale_after_s: 30, offline_after_s: 60, from: 'kind' }, device: 'W-RL-003', theme: 'water', kind: 'river_level', kind_assumed: false, name: '河道站 03', state: 'live' as const, state_since: NOW - 9e6, last_heard: NOW, place: { lng: 111.9, lat: 21.8, datum: 'cgcs2000' }, severity: 'important' as const, link: 'mqtt:main', metrics: { level: { value: 5.82, unit: 'm', at: NOW, received: NOW, quality: [], age_s: 0 } } }
const alarm = { id: 'a', rule: 'water.river', rule_version: 1, rule_name: { zh: '河道水位超警戒', en: 'x' }, theme: 'water', device: 'W-RL-003', device_name: '河道站 03', place: null, metric: 'level', metric_name: { zh: '水位', en: 'Level' }, unit: 'm', severity: 'important' as const, direction: 'above' as const, limit: 5.5, signal: 'value' as const, worst: 'important' as const, since: NOW - 252_000, clear: 5.3, value: 5.6, raised_at: NOW - 252_000, raised_received: NOW - 252_000, cleared_at: null, cleared_value: null, source: '警戒值表', certainty: 'B' as const }
const link = { listening: [], deviations: {}, id: 'mqtt:main', kind: 'mqtt', name: 'main', state: 'down' as const, since: NOW - 60_000, reason: { code: 'refused', text: 'connection refused' }, rate_per_s: 0, messages: 3, rejected: 1, lag_p95_ms: null, devices: { live: 1, total: 2 }, last: null }
const status = { database: { state: 'up', since: 0 }, district: { code: '441702', name: { zh: '江城区', en: '' } }, devices: { live: 1, stale: 1, offline: 0, never: 0 } } as unknown as Snapshot['status']

let live: Live
beforeEach(() => {
  live = new Live()
  live.catalogue.value = new Catalogue([THEME as never])
  const dark = { ...device, device: 'W-WL-051', kind: 'waterlogging', name: '积水点 51', state: 'stale' as const, state_since: NOW - 3_600_000, severity: null, metrics: {} }
  live.take({ kind: 'snapshot', arrived: Date.now(), data: { epoch: '1', seq: 1, t: NOW, kpi: [], alarm: [alarm], device: [device, dark], link: [link], status } })
  live.commit()
})
afterEach(() => {
  cleanup()
  vi.restoreAllMocks()
})

function show(...panels: Panel[]) {
  const Host = defineComponent(() => (provideLive(live), () => panels.map((panel) => h(PanelSlot as never, { panel, key: panel.kind }))))
  return render(Host, { global: { plugins: [i18n] } })
}

test('an alarm says severity, device, newest value, limit, age and the source of its rule', () => {
  const { container } = show(alarms)
  const row = container.querySelector('[data-alarm=W-RL-003]')!
  expect(row.textContent!.replace(/\s+/g, ' ')).toMatch(/重要河道站 03.*04:1\d.*水位.*5\.82 m.*高于限值 5\.50 m/)
  expect(row.querySelector('button')!.title).toContain('警戒值表')
})

test('when its device goes dark, the value is the last one, hatched', async () => {
  const { container } = show(alarms)
  live.take({ kind: 'delta', arrived: Date.now(), data: { seq: 2, prev: 1, t: NOW, topic: 'device', items: [{ ...device, state: 'offline', metrics: {} }] } })
  live.commit()
  await nextTick()
  expect(container.querySelector('[data-alarm] .hatched')!.textContent).toMatch(/末次.*5\.82/)
})

test('a silence grows with the clock; that an alarm waited, and was graver, is said', async () => {
  const { container } = show(alarms)
  const silent = { ...alarm, id: 's', rule: 'water.silent', device: 'W-WL-051', device_name: '积水点 51', metric: null, metric_name: null, unit: 's', signal: 'silence' as const, limit: 600, clear: 599, value: 600, severity: 'general' as const, worst: 'general' as const }
  const dark = { ...device, device: 'W-WL-051', state: 'offline' as const, last_heard: NOW - 720_000, metrics: {} }
  live.take({ kind: 'delta', arrived: Date.now(), data: { seq: 2, prev: 1, t: NOW, topic: 'device', items: [dark] } })
  live.take({ kind: 'delta', arrived: Date.now(), data: { seq: 3, prev: 2, t: NOW, topic: 'alarm', items: [silent, { ...alarm, worst: 'critical', since: alarm.raised_at - 60_000 }] } })
  live.commit()
  await nextTick()
  const row = () => container.querySelector('[data-alarm=W-WL-051]')!.textContent!.replace(/\s+/g, ' ')
  expect(row()).toMatch(/一般积水点 51.*已 12 分钟无数据.*限 10 分钟/)
  live.now.value += 60_000
  await nextTick()
  expect(row()).toContain('已 13 分钟无数据')
  expect(container.querySelector('[data-alarm=W-WL-051] .hatched')).toBeNull()
  const other = container.querySelector('[data-alarm=W-RL-003]')!
  expect(other.textContent).toContain('曾达 特急')
  expect(other.querySelector('button')!.title).toMatch(/持续 60 秒后告警\n曾达 特急$/)
  expect(container.textContent).not.toMatch(/undefined|null|NaN/)
})

test('what cannot be seen is listed with since when', () => {
  const { container } = show(unseen)
  expect(container.querySelectorAll('li')).toHaveLength(1)
  expect(container.querySelector('button')!.textContent).toMatch(/积水点 51.*数据陈旧.*自 15:42/s)
})

test('a link that is down says why and shows no invented lag', () => {
  const { container } = show(links)
  expect(container.textContent).toMatch(/已断开.*connection refused.*尚无数据到达/s)
  expect(container.textContent).toContain('–')
})

test('devices without a place are listed, the last heard first, and open their card', async () => {
  const { container } = show(links)
  expect(container.querySelectorAll('[data-unplaced]')).toHaveLength(0)
  const stranger = (id: string, heard: number, state: 'live' | 'offline', value: number) => ({
    ...device, device: id, name: null, place: null, severity: null, state, last_heard: heard,
    metrics: { level: { value, unit: 'm', at: heard, received: heard, quality: [], age_s: 0 } },
  })
  live.take({ kind: 'delta', arrived: Date.now(), data: { seq: 2, prev: 1, t: NOW, topic: 'device', items: [stranger('OLD-1', NOW - 90_000, 'offline', 1), stranger('MY-1', NOW, 'live', 3.21)] } })
  live.commit()
  await nextTick()
  const rows = [...container.querySelectorAll('[data-unplaced]')].map((r) => r.textContent!.replace(/\s+/g, ' '))
  expect(container.textContent).toContain('未定位设备 2 台')
  expect(rows[0]).toMatch(/MY-1 · 水位.*3\.21 m.*刚刚/)
  expect(rows[1]).toMatch(/OLD-1 · 水位.*1\.00 m.*离线.*1 分/)
  expect([...container.querySelectorAll('[data-unplaced] .hatched')].map((v) => v.textContent)).toEqual(['1.00 m'])
  container.querySelector<HTMLButtonElement>('[data-unplaced=MY-1] button')!.click()
  expect(selected.value).toBe('MY-1')
  selected.value = null
})

test('an alarm that ended is listed as over, with how long it stood', async () => {
  live.today.value.complete = true
  live.take({ kind: 'delta', arrived: Date.now(), data: { seq: 2, prev: 1, t: NOW, topic: 'alarm', items: [{ ...alarm, cleared_at: NOW, cleared_value: 5.2 }] } })
  live.commit()
  const { container } = show(ended)
  expect(container.querySelector('h2')!.textContent).toMatch(/今日已恢复 1/)
  expect(container.querySelector('[data-ended]')!.textContent).toMatch(/河道站 03.*水位.*持续 04:12.*16:42/s)
})

test('what is over stands with what it was about and how grave it was at its gravest', async () => {
  live.today.value.complete = true
  const over = { ...alarm, metric: null, metric_name: null, signal: 'expression' as const, rule_name: { zh: '组合预警', en: 'x' }, severity: 'general' as const, worst: 'urgent' as const, cleared_at: NOW, cleared_value: null }
  live.take({ kind: 'delta', arrived: Date.now(), data: { seq: 2, prev: 1, t: NOW, topic: 'alarm', items: [over] } })
  live.commit()
  const { container } = show(ended)
  expect(container.querySelector('[data-ended]')!.textContent).toMatch(/河道站 03.*组合预警/s)
  expect(container.querySelector('[data-ended] [aria-label]')!.getAttribute('aria-label')).toBe('紧急')
})

test('a panel without a source is not there', () => {
  live = new Live()
  const { container } = show(links, unseen)
  expect(container.querySelectorAll('section')).toHaveLength(0)
})

test('a broken panel shows its error in its own place; the others stand', async () => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
  const broken: Panel = { kind: 'today', hasSource: () => true, component: defineComponent(() => { throw new Error('no such metric') }) }
  const { container } = show(broken, unseen)
  await nextTick()
  expect(container.querySelector('[data-panel=today] .broken')!.textContent).toMatch(/此面板出错.*no such metric/s)
  expect(container.querySelector('[data-panel=unseen]')!.textContent).toContain('积水点 51')
})
