// Alarms in words, whatever their rule looks at: never "undefined", never a number without meaning.
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Alarm, DeviceFull, Rule, Theme } from '../api/types'
import { Catalogue } from '../live/catalogue'
import { lang } from '../state/prefs'
import { alarmOf, ruleOf } from '../../fake/alarms.mjs'
import { THEME } from '../../fake/theme.mjs'
import { alarmFacts, alarmLine, alarmWords, clipped, waited, wasWorse } from './alarm'

beforeEach(() => (lang.value = 'zh'))
afterEach(() => (lang.value = 'zh'))
const NOW = Date.parse('2026-11-24T12:00:00+08:00')
const catalogue = new Catalogue([THEME as unknown as Theme])
const bare = (rules: Partial<Rule>[]) => new Catalogue([{ ...THEME, rules } as unknown as Theme])

const device = (kind: string, metrics: Record<string, number> = {}, more: Partial<DeviceFull> = {}) => ({
  device: 'D', theme: 'water', kind, state: 'live', last_heard: NOW, ...more,
  metrics: Object.fromEntries(Object.entries(metrics).map(([id, value]) => [id, { value, unit: '', at: NOW, received: NOW, quality: [], age_s: 0 }])),
}) as unknown as DeviceFull
const raised = (id: string, kind: string, value: number, agoMs: number, more: Partial<Alarm> = {}, step = 0) =>
  alarmOf(ruleOf(id), ruleOf(id)!.steps[step], { device: 'D', name: '甲站', theme: 'water', kind, place: null }, value, NOW - agoMs, more) as unknown as Alarm
const M = 60_000

test.each<[string, Alarm, DeviceFull | undefined, string, string, string]>([
  ['value, the newest', raised('river', 'river_level', 5.6, M), device('river_level', { level: 5.82 }), '水位 5.82 m', '高于限值 5.50 m', 'Level 5.82 m'],
  ['value of a device that is gone', raised('river', 'river_level', 5.6, M), undefined, '水位 末次 5.60 m', '高于限值 5.50 m', 'Level Last 5.60 m'],
  ['change', raised('river_rise', 'river_level', 0.62, M), device('river_level', { level: 4 }), '水位 10 分钟变化 告警时 +0.62 m', '限值 ≥ 0.50 m', 'Level 10 min change at raise +0.62 m'],
  ['change downward', raised('river_rise', 'river_level', -0.62, M, { direction: 'below', limit: -0.5 }), device('river_level'), '水位 10 分钟变化 告警时 −0.62 m', '限值 ≤ −0.50 m', 'Level 10 min change at raise −0.62 m'],
  ['stuck, growing with the readings', raised('river_stuck', 'river_level', 3600, 62 * M), device('river_level', { level: 2.3 }), '水位 2 小时 2 分未变化', '限 1 小时', 'Level unchanged for 2 h 2 min'],
  ['stuck, its readings unknown', raised('river_stuck', 'river_level', 3600, 62 * M), undefined, '水位 1 小时未变化', '限 1 小时', 'Level unchanged for 1 h'],
  ['spike', raised('rain_jump', 'rain_gauge', 34.2, M), device('rain_gauge', { rain_1h: 4 }), '1 小时雨量 偏离中位数 告警时 34.2 mm', '限值 ≥ 30.0 mm', 'Rain, 1 h off the median by at raise 34.2 mm'],
  ['silence, growing with the clock', raised('silent', 'reservoir', 600, 2 * M), device('reservoir', { storage: 42 }, { state: 'offline', last_heard: NOW - 12 * M }), '已 12 分钟无数据', '限 10 分钟', 'no data for 12 min'],
  ['silence of a device that is not there', raised('silent', 'reservoir', 600, 2 * M), undefined, '已 12 分钟无数据', '限 10 分钟', 'no data for 12 min'],
  ['silence that was just broken', raised('silent', 'reservoir', 600, 2 * M), device('reservoir', {}, { last_heard: NOW }), '刚又收到数据', '限 10 分钟', 'just heard again'],
  ['state', raised('pump_fault', 'pump_station', 1, M), device('pump_station', { run: 2 }), '运行状态 故障', '', 'State fault'],
  ['state, no reading known', raised('pump_fault', 'pump_station', 1, M), undefined, '运行状态 告警时 故障', '', 'State at raise fault'],
  ['bits', raised('pump_bits', 'pump_station', 1, M), device('pump_station', { flags: 13 }), '告警字 第 2 位为 1', '', 'Alarm bits bit 2 set'],
  ['bits that have gone back', raised('pump_bits', 'pump_station', 1, M), device('pump_station', { flags: 1 }), '告警字 各位已回 0', '', 'Alarm bits bits back to 0'],
  ['bits, no reading known', raised('pump_bits', 'pump_station', 1, M), undefined, '泵站告警位', '', 'Pump alarm bits'],
  ['against', raised('rain_drift', 'rain_gauge', 18.4, M), device('rain_gauge', { rain_1h: 22 }), '1 小时雨量 比同区均值高 告警时 18.4 mm', '限值 ≥ 15.0 mm', 'Rain, 1 h above the mean of its area by at raise 18.4 mm'],
  ['against, lower', raised('rain_drift', 'rain_gauge', -18.4, M, { direction: 'below', limit: -15 }), device('rain_gauge'), '1 小时雨量 比同区均值低 告警时 18.4 mm', '限值 ≥ 15.0 mm', 'Rain, 1 h below the mean of its area by at raise 18.4 mm'],
  ['expression, yes or no', raised('flood', 'river_level', 1, M), device('river_level', { level: 6 }), '上游降雨叠加高水位', '', 'Rain upstream on a high river'],
  ['expression, a number', raised('flood', 'river_level', 3.75, M, { limit: 3, clear: 2 }), device('river_level'), '上游降雨叠加高水位 告警时 3.75', '限值 ≥ 3', 'Rain upstream on a high river at raise 3.75'],
])('%s', (_, alarm, d, line, limit, en) => {
  const words = alarmWords(catalogue, alarm, d, NOW)
  expect([alarmLine(words, d?.state === 'live'), words.limit]).toEqual([line, limit])
  lang.value = 'en'
  expect(alarmLine(alarmWords(catalogue, alarm, d, NOW), d?.state === 'live')).toBe(en)
})

test('a rule that is no longer there: what is read is said, a limit of which nobody knows what it was about is not', () => {
  const gone = { rule_name: null, signal: null, direction: null, source: null, certainty: null }
  const say = (alarm: Alarm, d?: DeviceFull) => alarmFacts(bare([]), alarm, d, NOW)
  expect(say(raised('river_rise', 'river_level', 0.62, M, gone), device('river_level', { level: 4 }))).toBe('水位 4.00 m')
  expect(say(raised('river_rise', 'river_level', 0.62, M, gone))).toBe('水位')
  expect(say(raised('silent', 'reservoir', 600, M, gone))).toBe('')
  expect(alarmLine(alarmWords(bare([]), raised('silent', 'reservoir', 600, M, gone), undefined, NOW), false)).toBe('water.silent')
})

test('a rule that the page has not read yet leaves out only what the alarm does not say itself', () => {
  const say = (id: string, kind: string, value: number, d?: DeviceFull) => alarmLine(alarmWords(bare([]), raised(id, kind, value, M), d, NOW), true)
  expect(say('river_rise', 'river_level', 0.62, device('river_level'))).toBe('水位 变化 告警时 +0.62 m')
  expect(say('rain_drift', 'rain_gauge', 18.4, device('rain_gauge'))).toBe('1 小时雨量 比同类设备均值高 告警时 18.4 mm')
  expect(say('pump_bits', 'pump_station', 1, device('pump_station', { flags: 4 }))).toBe('泵站告警位')
  expect(say('pump_fault', 'pump_station', 1, device('pump_station', { run: 2 }))).toBe('运行状态 故障')
})

test('that it was graver, and what it waited for', () => {
  const alarm = raised('river', 'river_level', 7.2, M, { worst: 'critical', severity: 'important' })
  expect([wasWorse(alarm), waited(alarm)]).toEqual(['曾达 特急', '持续 60 秒后告警'])
  expect([wasWorse({ ...alarm, worst: 'important' }), waited({ ...alarm, since: alarm.raised_at - 1000 })]).toEqual(['', ''])
  expect(alarmFacts(catalogue, alarm, device('river_level', { level: 6 }), NOW)).toBe('水位 6.00 m · 高于限值 5.50 m · 持续 60 秒后告警 · 曾达 特急')
  lang.value = 'en'
  expect([wasWorse(alarm), waited(alarm)]).toEqual(['was Critical', 'raised after 60 s'])
})

test('beside a mark on the map stands what fits', () => {
  expect(['水位 5.82 m', '上游强降雨叠加河道高水位的组合预警', 'Rain upstream on a high river'].map((x) => clipped(x))).toEqual(['水位 5.82 m', '上游强降雨叠加河道高水位…', 'Rain upstream on a high…'])
  expect(alarmWords(catalogue, raised('rain_drift', 'rain_gauge', 18.4, M), undefined, NOW).short).toBe('偏高 18.4 mm')
  expect(alarmWords(catalogue, raised('rain_jump', 'rain_gauge', 34.2, M), undefined, NOW).short).toBe('跳变 34.2 mm')
})
