// A rule in words that a clerk understands: what it looks at, from where on that is abnormal, for how long, whom it is about.
// Pure functions of the rule, the theme's definitions and the chosen language.
import type { Direction, Metric, Rule, RuleInput, Signal, Step } from '../api/types'
import { pick, t } from '../i18n'
import type { Catalogue, Limit } from '../live/catalogue'
import { loose, num } from './index'

/** A number of a metric with its unit; no more digits than are meant, no fewer than the theme declares. */
export function quantity(metric: Metric | undefined, value: number, unit = metric?.unit ?? ''): string {
  const shown = metric ? num(value, Math.max(metric.precision, decimals(value, metric.precision + 2))) : loose(value)
  return `${shown} ${unit}`.trim()
}

/** How many decimals a limit is written with: 0.05 m of a metric in whole metres is not 0. */
function decimals(value: number, most: number): number {
  for (let n = 0; n < most; n++) if (Math.abs(value * 10 ** n - Math.round(value * 10 ** n)) < 1e-6) return n
  return most
}

/** Seconds as a rule means them, nothing rounded: 60 s, 90 s, 10 min, 1 h, 36 h, 3 d. */
export function duration(seconds: number): string {
  const whole = (unit: number) => seconds > unit && seconds % unit === 0
  if (whole(86_400)) return t('span.d', { n: num(seconds / 86_400) })
  if (seconds >= 3_600 && seconds % 3_600 === 0) return t('span.h', { n: num(seconds / 3_600) })
  if (whole(60)) return t('span.m', { n: num(seconds / 60) })
  return t('span.s', { n: Number.isInteger(seconds) ? num(seconds) : loose(seconds) })
}

export const listed = (items: readonly string[]): string => items.join(t('rule.and'))

/** ≥ or ≤, before a value that is said already. */
export const beyond = (direction: Direction, value: string): string => t(direction === 'below' ? 'limits.below' : 'limits.above', { value })
const opposite = (direction: Direction): Direction => (direction === 'below' ? 'above' : 'below')

/** A limit on a metric's value: "≥ 15.0 cm", or the word of the state at which it is raised. */
export function valueWords(catalogue: Catalogue, metric: Metric | undefined, direction: Direction, value: number): string {
  const state = pick(catalogue.word(metric, value))
  return state ? t('limits.is', { value: state }) : beyond(direction, quantity(metric, value))
}
export const limitWords = (catalogue: Catalogue, metric: Metric | undefined, limit: Limit): string => valueWords(catalogue, metric, limit.direction, limit.raise)

/** The words of a metric's states, the number where a state has none. */
export const stateNames = (catalogue: Catalogue, metric: Metric | undefined, states: readonly number[]): string => listed(states.map((s) => pick(catalogue.word(metric, s)) ?? String(s)))

/** The bits of a mask, counted from 0 as protocols do: "1、2". */
export function bitNames(mask: number): string {
  const bits: string[] = []
  for (let n = 0; n < 32; n++) if ((mask >>> n) & 1) bits.push(String(n))
  return listed(bits)
}

/** An expression that says yes or no has the limits that the hub gives it: 1 and 0. */
export const isYesNo = (limit: number, clear: number): boolean => limit === 1 && clear === 0

/** The difference to something, said by its side where the limit lies on the side that it watches. */
function side(direction: Direction, raise: number, words: { up: string; down: string; any: string }): { word: string; value: number; direction: Direction } {
  if (direction === 'above' && raise >= 0) return { word: words.up, value: raise, direction: 'above' }
  if (direction === 'below' && raise <= 0) return { word: words.down, value: -raise, direction: 'above' }
  return { word: words.any, value: raise, direction }
}

/** From where on it is abnormal: one step of the ladder as a sentence without its subject, which stands beside it. */
export function raiseWords(catalogue: Catalogue, theme: string, rule: Rule, step: Step): string {
  const s = rule.signal
  const metric = rule.metric == null ? undefined : catalogue.metricOf(theme, rule, rule.metric)
  switch (s.what) {
    case 'value': return valueWords(catalogue, metric, rule.direction, step.raise)
    case 'change': {
      const time = duration(s.over_s)
      const d = side(rule.direction, step.raise, { up: 'rule.rises', down: 'rule.falls', any: 'rule.changes' })
      return t(d.word, { time, limit: beyond(d.direction, quantity(metric, d.value)) })
    }
    case 'stuck': {
      const time = beyond(rule.direction, duration(step.raise))
      return s.tolerance ? t('rule.stuckWithin', { time, tolerance: quantity(metric, s.tolerance) }) : t('rule.stuck', { time })
    }
    case 'spike': return t('rule.spike', { of: s.of, limit: beyond(rule.direction, quantity(metric, step.raise)) })
    case 'silence': return t('rule.silence', { time: duration(step.raise) })
    case 'state': return t('rule.state', { states: stateNames(catalogue, metric, s.states) })
    case 'bits': return t('rule.bits', { bits: bitNames(s.mask) }, s.mask & (s.mask - 1) ? 2 : 1)
    case 'against': {
      const d = side(rule.direction, step.raise, { up: 'rule.higher', down: 'rule.lower', any: 'rule.differs' })
      const said = t(d.word, { others: t(`rule.others.${s.others}`), limit: beyond(d.direction, quantity(metric, d.value)) })
      return s.over_s ? t('rule.meanOf', { time: duration(s.over_s), said }) : said
    }
    case 'expression': return isYesNo(step.raise, step.clear) ? t('rule.true') : t('rule.result', { limit: beyond(rule.direction, quantity(undefined, step.raise)) })
    default: return (s as { what: string }).what
  }
}

/** When that step is over; empty where "no longer so" says it all. */
export function clearWords(catalogue: Catalogue, theme: string, rule: Rule, step: Step): string {
  const s = rule.signal
  const metric = rule.metric == null ? undefined : catalogue.metricOf(theme, rule, rule.metric)
  const back = opposite(rule.direction)
  switch (s.what) {
    case 'value': return t('rule.over', { limit: valueWords(catalogue, metric, back, step.clear) })
    case 'change': {
      const falling = rule.direction === 'below' && step.raise <= 0 && step.clear <= 0
      return t('rule.over', { limit: falling ? beyond('below', quantity(metric, -step.clear)) : beyond(back, quantity(metric, step.clear)) })
    }
    case 'against': {
      const lower = rule.direction === 'below' && step.raise <= 0 && step.clear <= 0
      return t('rule.over', { limit: lower ? beyond('below', quantity(metric, -step.clear)) : beyond(back, quantity(metric, step.clear)) })
    }
    case 'spike': return t('rule.over', { limit: beyond(back, quantity(metric, step.clear)) })
    case 'stuck': return t('rule.overMoved')
    case 'silence': return t('rule.overHeard')
    case 'expression': return isYesNo(step.raise, step.clear) ? '' : t('rule.over', { limit: beyond(back, quantity(undefined, step.clear)) })
    default: return ''
  }
}

/** For how long and how often, a clause each. */
export function timingWords(rule: Rule): string[] {
  const said: string[] = []
  if (rule.for_s) said.push(t('rule.for', { time: duration(rule.for_s) }))
  if (rule.repeat) said.push(t('rule.repeat', { times: rule.repeat.times, of: rule.repeat.of }))
  if (rule.hold_s) said.push(t('rule.hold', { time: duration(rule.hold_s) }))
  return said
}

/** What a name in an expression stands for: "雨量站 05 · 1 小时雨量，近 10 分钟合计". */
export function inputWords(catalogue: Catalogue, theme: string, rule: Rule, input: RuleInput, deviceName: (id: string) => string): string {
  const named = catalogue.metricOf(theme, rule, input.metric) ?? catalogue.anyMetric(input.metric)
  const metric = pick(named?.name) ?? input.metric
  const of = input.device ? t('rule.ofDevice', { device: deviceName(input.device), metric }) : metric
  return input.over_s ? t('rule.window', { of, time: duration(input.over_s), how: t(`rule.how.${input.how}`) }) : of
}

/** Whom it is about, a line each: kinds first, then what narrows them down. */
export function scopeWords(catalogue: Catalogue, theme: string, rule: Rule, deviceName: (id: string) => string, areaName: (code: string) => string): string[] {
  const kinds = rule.kinds.map((k) => pick(catalogue.kind(theme, k)?.name) ?? k)
  const metric = rule.metric == null ? '' : (pick(catalogue.metricOf(theme, rule, rule.metric)?.name) ?? rule.metric)
  const everyone = metric ? t('rule.everyKind', { metric }) : rule.signal.what === 'silence' ? t('rule.everyDevice') : t('rule.everyInput')
  const lines = [kinds.length ? listed(kinds) : everyone]
  if (kinds.length && metric) lines[0] += ` · ${metric}`
  if (rule.devices.length) lines.push(t('rule.devices', { names: listed(rule.devices.map(deviceName)) }))
  if (rule.groups.length) lines.push(t('rule.groups', { names: listed(rule.groups) }))
  if (rule.areas.length) lines.push(t('rule.areas', { names: listed(rule.areas.map(areaName)) }))
  return lines
}

export const inputsOf = (signal: Signal): [name: string, input: RuleInput][] => (signal.what === 'expression' ? Object.entries(signal.inputs) : [])
