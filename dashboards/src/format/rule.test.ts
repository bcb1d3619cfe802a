// Rules in words: a line for every signal, in both languages; hours, timing, whom they are about, which limits a metric has.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Rule, Signal, Step, Theme } from '../api/types'
import { Catalogue, isAbout } from '../live/catalogue'
import { lang } from '../state/prefs'
import { THEME } from '../../fake/theme.mjs'
import { holdsAt, hoursWords, spansOf } from './hours'
import { clearWords, duration, inputsOf, inputWords, quantity, raiseWords, scopeWords, timingWords } from './rule'

beforeEach(() => (lang.value = 'zh'))
afterEach(() => (lang.value = 'zh'))
const theme = THEME as unknown as Theme
const catalogue = new Catalogue([theme])
const step = (raise: number, clear: number): Step => ({ severity: 'general', raise, clear, hours: null })
const rule = (signal: Signal, more: Partial<Rule> = {}): Rule => ({
  id: 'water.x', version: 1, name: { zh: '甲', en: 'A' }, kinds: [], devices: [], groups: [], areas: [], metric: 'metric' in signal ? signal.metric : null, signal,
  direction: 'above', steps: [], for_s: 0, hold_s: 0, repeat: null, source: '', certainty: 'C', ...more,
})

const level = 'level'
test.each<[string, Rule, Step, string, string, string, string]>([
  ['value', rule({ what: 'value', metric: 'depth' }), step(27, 22), '≥ 27.0 cm', '≤ 22.0 cm 恢复', '≥ 27.0 cm', 'over at ≤ 22.0 cm'],
  ['value below', rule({ what: 'value', metric: 'depth' }, { direction: 'below' }), step(2, 2.25), '≤ 2.0 cm', '≥ 2.25 cm 恢复', '≤ 2.0 cm', 'over at ≥ 2.25 cm'],
  ['value of a state', rule({ what: 'value', metric: 'run' }), step(2, 1), '“故障”', '“运行” 恢复', '“fault”', 'over at “running”'],
  ['change up', rule({ what: 'change', metric: level, over_s: 600 }), step(0.5, 0.3), '10 分钟内升高 ≥ 0.50 m', '≤ 0.30 m 恢复', 'rises by ≥ 0.50 m within 10 min', 'over at ≤ 0.30 m'],
  ['change down', rule({ what: 'change', metric: level, over_s: 60 }, { direction: 'below' }), step(-0.5, -0.3), '60 秒内降低 ≥ 0.50 m', '≤ 0.30 m 恢复', 'falls by ≥ 0.50 m within 60 s', 'over at ≤ 0.30 m'],
  ['change on the odd side', rule({ what: 'change', metric: level, over_s: 5400 }, { direction: 'below' }), step(0.1, 0.2), '90 分钟内变化 ≤ 0.10 m', '≥ 0.20 m 恢复', 'changes by ≤ 0.10 m within 90 min', 'over at ≥ 0.20 m'],
  ['stuck', rule({ what: 'stuck', metric: level, tolerance: 0 }), step(3600, 3599), '≥ 1 小时不变', '数值变动即恢复', 'unchanged for ≥ 1 h', 'over when it moves'],
  ['stuck within', rule({ what: 'stuck', metric: level, tolerance: 0.01 }), step(7200, 0), '≥ 2 小时变动不超过 0.01 m', '数值变动即恢复', 'moves by at most 0.01 m for ≥ 2 h', 'over when it moves'],
  ['spike', rule({ what: 'spike', metric: level, of: 5 }), step(3, 2), '偏离前 5 次中位数 ≥ 3.00 m', '≤ 2.00 m 恢复', '≥ 3.00 m off the median of the 5 before', 'over at ≤ 2.00 m'],
  ['silence', rule({ what: 'silence' }), step(600, 599), '超过 10 分钟无数据', '收到数据即恢复', 'no data for more than 10 min', 'over when heard'],
  ['state', rule({ what: 'state', metric: 'run', states: [1, 2, 7] }), step(1, 0), '状态为 运行、故障、7', '', 'state is running, fault, 7', ''],
  ['one bit', rule({ what: 'bits', metric: 'flags', mask: 1 }), step(1, 0), '第 0 位为 1', '', 'bit 0 is set', ''],
  ['bits', rule({ what: 'bits', metric: 'flags', mask: 0x80000006 }), step(1, 0), '第 1、2、31 位任一为 1', '', 'any of bits 1, 2, 31 is set', ''],
  ['against', rule({ what: 'against', metric: 'rain_1h', others: 'area', over_s: 0 }), step(50, 40), '比同区其他设备均值高 ≥ 50.0 mm', '≤ 40.0 mm 恢复', '≥ 50.0 mm above the mean of the others of its area', 'over at ≤ 40.0 mm'],
  ['against, lower, over a window', rule({ what: 'against', metric: 'rain_1h', others: 'gateway', over_s: 600 }, { direction: 'below' }), step(-5, -4), '10 分钟均值比同网关其他设备均值低 ≥ 5.0 mm', '≤ 4.0 mm 恢复', 'mean of 10 min ≥ 5.0 mm below the mean of the others behind its gateway', 'over at ≤ 4.0 mm'],
  ['expression, yes or no', rule({ what: 'expression', cel: 'level > 5.0', inputs: {} }), step(1, 0), '下式成立', '', 'this is true', ''],
  ['expression, a number', rule({ what: 'expression', cel: 'level * 2.0', inputs: {} }), step(3.5, 3), '下式结果 ≥ 3.50', '≤ 3 恢复', 'this gives ≥ 3.50', 'over at ≤ 3'],
  ['a metric that the theme does not know', rule({ what: 'value', metric: 'odd' }), step(3, 2), '≥ 3', '≤ 2 恢复', '≥ 3', 'over at ≤ 2'],
  ['a signal that this page does not know yet', rule({ what: 'phase' } as unknown as Signal), step(3, 2), 'phase', '', 'phase', ''],
])('%s', (_, r, s, zh, over, en, overEn) => {
  expect([raiseWords(catalogue, 'water', r, s), clearWords(catalogue, 'water', r, s)]).toEqual([zh, over])
  lang.value = 'en'
  expect([raiseWords(catalogue, 'water', r, s), clearWords(catalogue, 'water', r, s)]).toEqual([en, overEn])
})

test.each([[1, '1 秒'], [60, '60 秒'], [90, '90 秒'], [120, '2 分钟'], [600, '10 分钟'], [3600, '1 小时'], [5400, '90 分钟'], [86_400, '24 小时'], [172_800, '2 天'], [1.5, '1.50 秒']])('%d s is %s', (s, said) => expect(duration(s)).toBe(said))

test('timing, each as a clause', () => {
  const r = rule({ what: 'silence' }, { for_s: 60, hold_s: 30, repeat: { times: 3, of: 5 } })
  expect(timingWords(r)).toEqual(['持续 60 秒', '5 次中 3 次', '恢复须保持 30 秒'])
  lang.value = 'en'
  expect(timingWords(r)).toEqual(['for 60 s', '3 of 5 times', 'return must hold 30 s'])
  expect(timingWords(rule({ what: 'silence' }))).toEqual([])
})

test('whom it is about: kinds, or all that measure it, and what narrows them down', () => {
  const say = (r: Rule) => scopeWords(catalogue, 'water', r, (id) => (id === 'W-1' ? '一号站' : id), (code) => (code === '441702' ? '江城区' : code))
  expect(say(rule({ what: 'value', metric: level }, { kinds: ['river_level', 'nobody'] }))).toEqual(['河道水位站、nobody · 水位'])
  expect(say(rule({ what: 'value', metric: level }, { devices: ['W-1', 'W-2'], groups: ['沿江'], areas: ['441702', '44170201'] }))).toEqual(['所有测“水位”的设备', '仅 一号站、W-2', '仅分组 沿江', '仅区域 江城区、44170201'])
  expect(say(rule({ what: 'silence' }))).toEqual(['本专题所有设备'])
  expect(say(rule({ what: 'silence' }, { kinds: ['reservoir'] }))).toEqual(['水库水位站'])
  expect(say(rule({ what: 'expression', cel: '', inputs: {} }))).toEqual(['所需各项都测的设备'])
})

test('what the names in an expression stand for', () => {
  const r = rule({ what: 'expression', cel: 'a > b', inputs: { a: { metric: level, over_s: 0, how: 'avg' }, b: { metric: 'rain_1h', device: 'W-RG-005', over_s: 600, how: 'sum' }, c: { metric: 'odd', over_s: 60, how: 'max' } } }, { kinds: ['river_level'] })
  const says = () => inputsOf(r.signal).map(([word, input]) => `${word}: ${inputWords(catalogue, 'water', r, input, () => '雨量站 05')}`)
  expect(says()).toEqual(['a: 水位', 'b: 雨量站 05 · 1 小时雨量，近 10 分钟合计', 'c: odd，近 60 秒最大值'])
  lang.value = 'en'
  expect(says()[1]).toBe('b: 雨量站 05 · Rain, 1 h, sum of 10 min')
})

describe('hours', () => {
  const at = (text: string) => Date.parse(`${text}:00+08:00`)
  const night = { from: '22:00', to: '06:00' }
  test.each([['21:59', false], ['22:00', true], ['23:59', true], ['00:00', true], ['05:59', true], ['06:00', false]])('the night at %s: %s', (clock, inside) => expect(holdsAt(night, at(`2026-11-24T${clock}`))).toBe(inside))
  test('days are those on which the span begins; 2026-11-27 is a Friday', () => {
    const friday = { ...night, days: [5] }
    expect(['2026-11-27T23:00', '2026-11-28T05:00', '2026-11-28T23:00', '2026-11-27T05:00'].map((x) => holdsAt(friday, at(x)))).toEqual([true, true, false, false])
    expect(spansOf(friday, at('2026-11-26T00:00'), at('2026-11-30T00:00'))).toEqual([[at('2026-11-27T22:00'), at('2026-11-28T06:00')]])
  })
  test('a window is cut into the spans in it, and none is the whole', () => {
    expect(spansOf(night, at('2026-11-24T05:00'), at('2026-11-24T23:00'))).toEqual([[at('2026-11-24T05:00'), at('2026-11-24T06:00')], [at('2026-11-24T22:00'), at('2026-11-24T23:00')]])
    expect(spansOf(null, 1, 2)).toEqual([[1, 2]])
    expect(holdsAt({ from: '00:00', to: '24:00' }, at('2026-11-24T23:59'))).toBe(true)
  })
  test.each([[undefined, '22:00–06:00'], [[1, 2, 3, 4, 5], '22:00–06:00（周一至周五）'], [[7, 6], '22:00–06:00（周六、周日）'], [[1, 2, 3, 4, 5, 6, 7], '22:00–06:00']])('days %j: %s', (days, said) => expect(hoursWords({ ...night, ...(days && { days }) })).toBe(said))
})

describe('limits of a metric', () => {
  const cat = (rules: Rule[]) => new Catalogue([{ ...theme, rules }])
  test('steps of value rules only, mildest first, whatever kinds they name or not', () => {
    const steps = (...all: [Step['severity'], number][]) => all.map(([severity, raise]): Step => ({ severity, raise, clear: raise - 1, hours: null }))
    const c = cat([
      rule({ what: 'value', metric: level }, { id: 'water.ladder', steps: steps(['critical', 7], ['important', 5]) }),
      rule({ what: 'value', metric: level }, { id: 'water.low', direction: 'below', kinds: ['river_level'], steps: steps(['urgent', 0.2], ['general', 0.5]) }),
      rule({ what: 'value', metric: level }, { id: 'water.other', kinds: ['reservoir'], steps: steps(['urgent', 6]) }),
      rule({ what: 'change', metric: level, over_s: 60 }, { id: 'water.rise', steps: steps(['urgent', 1]) }),
    ])
    expect(c.limitsOf('water', 'river_level', level).map((l) => [l.rule, l.severity, l.raise])).toEqual([['water.ladder', 'important', 5], ['water.ladder', 'critical', 7], ['water.low', 'general', 0.5], ['water.low', 'urgent', 0.2]])
    expect([c.limitsOf('water', 'reservoir', level), c.limitsOf('water', null, level), c.limitsOf('fire', 'river_level', level)]).toEqual([[], [], []])
  })
  test('who is meant by one that is narrowed down', () => {
    const of = (more: Partial<Rule>) => cat([rule({ what: 'value', metric: level }, { steps: [step(1, 0)], ...more })]).limitsOf('water', 'river_level', level)[0]!
    const self = { device: 'W-1', area: '441702001', groups: ['沿江'] }
    expect([{}, { devices: ['W-1'] }, { devices: ['W-2'] }, { groups: ['沿江'] }, { groups: ['山区'] }, { areas: ['441702'] }, { areas: ['4417020012'] }].map((more) => isAbout(of(more), self))).toEqual([true, true, false, true, false, true, false])
    expect(isAbout(of({ areas: ['441702'], groups: ['沿江'] }), { device: 'W-9' })).toBe(false)
  })
})

test('a limit keeps the digits that it has', () => expect([quantity({ precision: 0, unit: 'm' } as never, 0.05), quantity({ precision: 1, unit: '' } as never, 27), quantity(undefined, -2.5, 'kPa')]).toEqual(['0.05 m', '27.0', '−2.50 kPa']))
