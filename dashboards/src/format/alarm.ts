// An alarm in words: what is abnormal, the number that says so and the limit that it crossed, whatever its rule looks at. A
// number that only the raise knows is called that of the raise; a silence grows with the clock. Pure.
import type { Alarm, DeviceFull, Direction, Rule } from '../api/types'
import { pick, t } from '../i18n'
import type { Catalogue } from '../live/catalogue'
import { loose, span } from './index'
import { nameBefore, showReading } from './reading'
import { beyond, bitNames, duration, isYesNo, quantity, stateNames } from './rule'
import { rank } from './severity'

export interface AlarmWords {
  /** What is abnormal, before the number: the metric, or the rule's name where no metric says it. */
  name: string
  /** What of it the number is, where it is not the value itself: without it the number means nothing. */
  how?: string
  /** The number, or the words instead of one; empty where the name says it all. */
  text: string
  unit: string
  /** Where the number is from: the newest reading, the raise (nobody knows the present one), or the hub's own clock. */
  of: 'reading' | 'raise' | 'clock'
  /** The limit in words; empty where there is none to tell. */
  limit: string
  /** The same in few words, for the map; name, number and unit unless given. */
  short?: string
}

type Heard = Pick<DeviceFull, 'theme' | 'kind' | 'metrics' | 'last_heard'>

export const ruleName = (a: Alarm): string => pick(a.rule_name) ?? a.rule

export function alarmWords(catalogue: Catalogue, a: Alarm, device: Heard | undefined, now: number): AlarmWords {
  const rule = catalogue.rule(a.rule)
  if (a.signal === 'silence') return silence(a, device, now)
  if (a.signal === 'expression' || a.metric == null) return expression(a)
  const where = device ?? { theme: a.theme, kind: rule?.kinds[0] ?? null }
  const metric = catalogue.metric(where.theme, where.kind, a.metric)
  const name = pick(a.metric_name) ?? a.metric
  const newest = device?.metrics[a.metric]
  const unit = metric?.unit ?? a.unit
  const amount = (v: number) => quantity(metric, v, '')
  const bound = (direction: Direction, v: number) => limitOf(direction, quantity(metric, v, unit))
  switch (a.signal) {
    case 'change': {
      const time = rule?.signal.what === 'change' ? t('alarms.changeOver', { time: duration(rule.signal.over_s) }) : t('alarms.change')
      const text = a.value > 0 ? `+${amount(a.value)}` : amount(a.value)
      return { name, how: time, text, unit, of: 'raise', limit: bound(a.direction ?? 'above', a.limit), short: `${time} ${text} ${unit}`.trim() }
    }
    case 'stuck': {
      // Unchanged as far as the readings tell: of what came after the last one nobody knows anything.
      const still = Math.max(1000 * a.value, (newest?.at ?? a.raised_at) - a.raised_at + 1000 * a.value)
      return { name, text: t('alarms.stuck', { time: span(still) }), unit: '', of: 'clock', limit: t('alarms.within', { time: duration(a.limit) }) }
    }
    case 'spike': return { name, how: t('alarms.spike'), text: amount(a.value), unit, of: 'raise', limit: bound(a.direction ?? 'above', a.limit), short: t('alarms.jump', { value: `${amount(a.value)} ${unit}`.trim() }) }
    case 'against': return against(a, rule, name, (v) => [amount(v), unit], bound)
    case 'bits': {
      const mask = rule?.signal.what === 'bits' ? rule.signal.mask : null
      if (mask === null || !newest) return { name: ruleName(a), text: '', unit: '', of: 'reading', limit: '' }
      const set = (newest.value & mask) >>> 0
      return { name, text: set ? t('alarms.bits', { bits: bitNames(set) }) : t('alarms.noBits'), unit: '', of: 'reading', limit: '' }
    }
    case 'state': {
      if (!newest) return { name, text: rule?.signal.what === 'state' ? stateNames(catalogue, metric, rule.signal.states) : '', unit: '', of: 'raise', limit: '' }
      const shown = showReading(catalogue, where, a.metric, newest.value, '')
      return { name: nameBefore(name, shown), text: shown.text, unit: '', of: 'reading', limit: '' }
    }
    default: {
      // A rule that is no longer there: what its limit was about is not known any more.
      const limit = showReading(catalogue, where, a.metric, a.limit, a.unit)
      const said = a.signal === 'value' && !limit.state ? `${t(`alarms.${a.direction ?? 'limit'}`)} ${`${limit.text} ${limit.unit}`.trim()}` : ''
      if (!newest && a.signal !== 'value') return { name, text: '', unit: '', of: 'reading', limit: '' }
      const shown = showReading(catalogue, where, a.metric, newest?.value ?? a.value, a.unit)
      return { name: nameBefore(name, shown), text: shown.text, unit: shown.unit, of: 'reading', limit: said }
    }
  }
}

function silence(a: Alarm, device: Heard | undefined, now: number): AlarmWords {
  const limit = t('alarms.within', { time: duration(a.limit) })
  // The alarm is over with the next judgement; until then its device is not called silent any more.
  if (device?.last_heard != null && device.last_heard > a.raised_at) return { name: '', text: t('alarms.heardAgain'), unit: '', of: 'clock', limit }
  const since = device?.last_heard ?? a.raised_at - 1000 * a.value
  return { name: '', text: t('alarms.silent', { time: span(now - since) }), unit: '', of: 'clock', limit }
}

function expression(a: Alarm): AlarmWords {
  const bare = { name: ruleName(a), text: '', unit: '', of: 'raise' as const, limit: '' }
  // Of a rule that is no longer there nobody knows what its number meant.
  if (a.signal !== 'expression' || isYesNo(a.limit, a.clear)) return bare
  return { ...bare, text: loose(a.value), limit: limitOf(a.direction ?? 'above', loose(a.limit)) }
}

function against(a: Alarm, rule: Rule | undefined, name: string, amount: (v: number) => [text: string, unit: string], bound: (direction: Direction, v: number) => string): AlarmWords {
  const others = t(`alarms.others.${rule?.signal.what === 'against' ? rule.signal.others : 'all'}`)
  const lower = a.value < 0
  const [text, unit] = amount(Math.abs(a.value))
  // Said by its side where the limit lies on that side too; else with its sign.
  const bySide = (a.direction === 'below') === lower && (lower ? a.limit <= 0 : a.limit >= 0)
  return {
    name, how: t(lower ? 'alarms.lower' : 'alarms.higher', { others }), text, unit, of: 'raise',
    limit: bySide ? bound('above', Math.abs(a.limit)) : bound(a.direction ?? 'above', a.limit),
    short: t(lower ? 'alarms.low' : 'alarms.high', { value: `${text} ${unit}`.trim() }),
  }
}

/** Beside a number that may have changed since: the limit stands as one, not as half of a comparison. */
const limitOf = (direction: Direction, value: string): string => `${t('alarms.limit')} ${beyond(direction, value)}`

/** One line without markup: "末次 水位 5.82 m". */
export function alarmLine(w: AlarmWords, live: boolean): string {
  const from = !w.text ? '' : w.of === 'raise' ? t('alarms.atRaise') : w.of === 'reading' && !live ? t('alarms.notLive') : ''
  return [w.name, w.how, from, w.text, w.unit].filter(Boolean).join(' ')
}

/** All that a card or a page says of an alarm under its name: what is abnormal, the limit, what it waited for, that it was graver. */
export function alarmFacts(catalogue: Catalogue, a: Alarm, device: (Heard & Pick<DeviceFull, 'state'>) | null | undefined, now: number): string {
  const words = alarmWords(catalogue, a, device ?? undefined, now)
  const line = alarmLine(words, device?.state === 'live')
  return [line === ruleName(a) ? '' : line, words.limit, waited(a), wasWorse(a)].filter(Boolean).join(' · ')
}

/** For the map: short enough to stand beside a mark. A Chinese character is as wide as two others. */
const MAP_WIDTH = 24
export function clipped(text: string, most = MAP_WIDTH): string {
  let width = 0
  for (let i = 0; i < text.length; i++) {
    width += text.charCodeAt(i) > 0x2e7f ? 2 : 1
    if (width > most) return `${text.slice(0, i).trimEnd()}…`
  }
  return text
}

/** That it was graver than it is: a word, and nothing where it was not. */
export const wasWorse = (a: Alarm): string => (a.worst && rank(a.worst) < rank(a.severity) ? t('alarms.worst', { severity: t(`severity.${a.worst}`) }) : '')

/** That it was raised only when it had lasted. */
export function waited(a: Alarm): string {
  const ms = a.raised_at - (a.since ?? a.raised_at)
  return ms > 1000 ? t('alarms.waited', { time: duration(Math.round(ms / 1000)) }) : ''
}
