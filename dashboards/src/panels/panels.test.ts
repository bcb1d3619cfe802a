// The pure parts of panels: which rows fit, where leaders stand, how a trend is drawn, what the sentence says.
import { expect, test } from 'vitest'
import type { Alarm, Kpi, KpiDefinition, Link, Theme } from '../api/types'
import { half } from '../i18n'
import { whyUnseen } from '../live/why'
import { placeLeaders } from '../map/leaders'
import { axisOf, drawTrend } from '../ui/trend'
import { judge } from '../wall/judgement'
import { covered, topAlarms } from './map/leaders'
import { fitThemes, unshown, type Choice } from './themes/rows'

const row = (id: string, severity: Kpi['severity'] = null, value = 1) => ({ definition: { id, band: [0, 5] } as unknown as KpiDefinition, kpi: { severity, value } as Kpi })
const choice = (id: string, ...rows: Choice['rows']): Choice => ({ theme: { id, error: null, kpis: rows.map((r) => r.definition) } as Theme, rows })
const ids = (of: ReturnType<typeof fitThemes>) => of.blocks.map((b) => b.rows.map((r) => r.definition.id).join(' '))

test('every theme has its row, and all have the same number of them', () => {
  const three = [choice('a', row('a1'), row('a2'), row('a3')), choice('b', row('b1'), row('b2'), row('b3')), choice('c', row('c1'))]
  expect(ids(fitThemes(three, 100))).toEqual(['a1 a2 a3', 'b1 b2 b3', 'c1'])
  expect(ids(fitThemes(three, 5 * 4.25))).toEqual(['a1 a2', 'b1 b2', 'c1'])
  expect(ids(fitThemes(three, 4 * 4.25))).toEqual(['a1', 'b1', 'c1'])
  expect(fitThemes(three, 4 * 4.25).blocks[0]!.more).toBe(2)
})

test('eleven themes have a row each in the height of a wall; of twenty the last are counted', () => {
  const many = (n: number) => Array.from({ length: n }, (_, i) => choice(`t${i}`, row(`k${i}`), row('x')))
  expect(fitThemes(many(11), 43)).toMatchObject({ hidden: 0 })
  expect(ids(fitThemes(many(11), 43))).toHaveLength(11)
  const twenty = fitThemes(many(20), 43)
  expect(twenty.blocks.length + twenty.hidden).toBe(20)
  expect(twenty.blocks.length * 3.625 + 2.25).toBeLessThanOrEqual(43)
  expect(fitThemes([], 43)).toEqual({ blocks: [], hidden: 0 })
})

test('what stands is what tells: the gravest alarm, then what left its band, then the order of the screen', () => {
  const rows = [row('calm'), row('out', null, 9), row('mild', 'general'), row('grave', 'critical')]
  const of = (height: number) => ids(fitThemes([choice('a', ...rows)], height * 4.25))[0]
  expect([1, 2, 3, 4].map(of)).toEqual(['grave', 'mild grave', 'out mild grave', 'calm out mild grave'])
})

test('an alarm whose sign stands in no row gives its sign to the theme', () => {
  expect(unshown('critical', [row('a', 'general')])).toBe('critical')
  expect(unshown('general', [row('a', 'critical')])).toBeNull()
  expect(unshown(undefined, [])).toBeNull()
})

test('leaders of one side do not overlap and stay inside', () => {
  const frame = { width: 1000, height: 600, labelWidth: 170, labelHeight: 46, reach: 84 }
  const marks = Array.from({ length: 6 }, (_, i) => ({ id: String(i), x: 300, y: 580 + i }))
  const placed = placeLeaders(marks, frame).sort((a, b) => a.ly - b.ly)
  for (let i = 1; i < placed.length; i++) expect(placed[i]!.ly - placed[i - 1]!.ly).toBeGreaterThanOrEqual(46)
  expect(placed.at(-1)!.ly).toBeLessThanOrEqual(554)
  expect(covered([{ left: 0, right: 10, top: 0, bottom: 10 }], { x: 12, y: 5 }, 6)).toBe(true)
})

test('a source in two languages shows its half, any other the whole', () => {
  expect(half('暴雨橙色 | CMA signals')).toBe('暴雨橙色')
  expect(half('only one')).toBe('only one')
  expect(half('a | b | c')).toBe('a | b | c')
  expect(half(null)).toBe('–')
})

test('one label per device, the worst', () => {
  const a = (id: string, device: string, severity: string) => ({ id, device, severity, raised_at: 1, place: { lng: 1, lat: 1 } }) as Alarm
  expect(topAlarms([a('1', 'x', 'important'), a('2', 'x', 'critical'), a('3', 'y', 'general')], 5).map((t) => t.id)).toEqual(['2', '3'])
})

test('a gap in the trend stays a gap; an empty trend draws nothing', () => {
  const d = drawTrend([[0, 1], [1, 2], [2, 2], [3, 2], [9, 3]], [0, 4], { end: 9, span: 10 })
  expect(d.line.match(/M/g)).toHaveLength(2)
  expect(d.band!.height).toBeGreaterThan(0)
  expect(drawTrend([], null, { end: 0, span: 1 }).line).toBe('')
})

test('the axis is as long as the history that is there, within 10 minutes and 24 hours', () => {
  const MIN = 60_000
  const of = (minutes: number) => axisOf([[], [[0, 1], [minutes * MIN, 2]]])
  expect([0, 3, 11.2, 60, 61, 90, 1439, 3000].map((m) => of(m).span / MIN)).toEqual([10, 10, 12, 60, 90, 90, 1440, 1440])
  expect(of(11.2).end).toBe(11.2 * MIN)
  expect(axisOf([])).toEqual({ end: 0, span: 10 * MIN })
  expect(drawTrend([[0, 1], [10 * MIN, 2]], null, of(10)).line).toMatch(/^M3 [\d.]+L157 [\d.]+$/)
})

test('who is to blame for a silence: the link, then the gateway, then the device', () => {
  const d = { state: 'stale', reason: 'silent', gateway: 'g', link: 'l' } as const
  const why = (link: string, gateway: string, more = {}) => whyUnseen({ ...d, ...more }, new Map([['g', { state: gateway }]]) as never, new Map([['l', { state: link }]]) as never)
  expect([why('down', 'offline'), why('up', 'offline'), why('up', 'live')]).toEqual(['link', 'gateway', 'silent'])
  expect([why('down', 'live', { reason: 'last_will' }), why('down', 'live', { state: 'live', reason: null })]).toEqual(['last_will', null])
})

test('the sentence', () => {
  const counts = (live: number, offline: number) => ({ live, stale: 0, offline, never: 0 })
  const alarm = (severity: string) => ({ severity }) as Alarm
  expect(judge([], counts(9, 1), false)).toMatchObject({ verdict: 'calm', unseen: 1 })
  expect(judge([alarm('general')], counts(9, 0), false).verdict).toBe('controlled')
  expect(judge([alarm('general'), alarm('critical')], counts(9, 0), false).verdict).toBe('act')
  expect(judge([], counts(1, 9), false).verdict).toBe('blind')
  expect(judge([], counts(9, 0), true).verdict).toBe('blind')
  expect(judge([], counts(9, 0), false, 'away').verdict).toBe('blind')
  expect(judge([alarm('critical')], counts(9, 0), false, 'draining').verdict).toBe('act')
  expect(judge([], counts(9, 0), false, 'full').verdict).toBe('act')
  expect(judge([], counts(9, 0), true, 'full').verdict).toBe('blind')
  const link = (state: string, live: number) => ({ state, devices: { live, total: 9 } }) as Link
  expect(judge([], counts(9, 0), false, 'ok', [link('up', 9)])).toMatchObject({ verdict: 'calm', cut: 0 })
  expect(judge([], counts(9, 0), false, 'ok', [link('up', 5), link('down', 4)])).toMatchObject({ verdict: 'calm', cut: 1 })
  expect(judge([], counts(9, 0), false, 'ok', [link('down', 9)])).toMatchObject({ verdict: 'blind', cut: 1, unseen: 0 })
})
