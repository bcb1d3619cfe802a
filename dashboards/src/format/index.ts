// Numbers, ages and clock times as people read them. Pure functions of their arguments and the chosen language;
// the hub's district lies in Asia/Shanghai, wherever the browser may stand.
import { lang } from '../state/prefs'
import { locale, t } from '../i18n'

const ZONE = 'Asia/Shanghai'
const numbers = new Map<string, Intl.NumberFormat>()
const dates = new Map<string, Intl.DateTimeFormat>()

export function num(value: number, precision = 0): string {
  const key = `${locale.value}/${precision}`
  let format = numbers.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale.value, { minimumFractionDigits: precision, maximumFractionDigits: precision })
    numbers.set(key, format)
  }
  return format.format(value).replace('-', '−')
}

/** A value whose precision nobody declared: enough digits to tell it apart, no more. */
export function loose(value: number): string {
  return num(value, Number.isInteger(value) ? 0 : Math.abs(value) < 100 ? 2 : 1)
}

/** Seconds below a minute, then minutes, hours, days: one glance, no false precision. */
export function age(ms: number): string {
  const s = Math.floor(ms / 1000)
  if (s < -2) return t('age.future')
  if (s < 1) return t('age.now')
  if (s < 60) return t('age.s', { n: s })
  if (s < 3600) return t('age.m', { n: Math.floor(s / 60) })
  const h = Math.floor(s / 3600)
  if (h >= 48) return t('age.d', { n: Math.floor(h / 24) })
  const m = Math.floor((s % 3600) / 60)
  return h < 10 && m > 0 ? t('age.hm', { h, m }) : t('age.h', { n: h })
}

/** How long something has lasted, in words of a sentence rather than of a column. */
export function span(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const [m, h, d] = [Math.floor(s / 60), Math.floor(s / 3600), Math.floor(s / 86_400)]
  if (s < 60) return t('span.s', { n: s })
  if (h < 1) return t('span.m', { n: m })
  if (h < 48) return h < 10 && m % 60 ? t('span.hm', { h, m: m % 60 }) : t('span.h', { n: h })
  return d < 10 && h % 24 ? t('span.dh', { d, h: h % 24 }) : t('span.d', { n: d })
}

/** A size in bytes: three digits, binary steps. */
export function bytes(n: number): string {
  const step = n < 1024 ? 0 : Math.min(4, Math.floor(Math.log2(n) / 10))
  const value = n / 1024 ** step
  return `${num(value, step && value < 100 ? 1 : 0)} ${['B', 'KiB', 'MiB', 'GiB', 'TiB'][step]}`
}

/** The same as a point in the past. */
export const ago = (ms: number) => (ms < 1000 ? age(ms) : t('age.ago', { age: age(ms) }))

/** mm:ss, from an hour on h:mm:ss: for what runs and is watched. */
export function elapsed(ms: number): string {
  const s = Math.max(0, Math.floor(ms / 1000))
  const two = (n: number) => String(n).padStart(2, '0')
  const tail = `${two(Math.floor((s % 3600) / 60))}:${two(s % 60)}`
  return s < 3600 ? tail : `${Math.floor(s / 3600)}:${tail}`
}

/** A transport delay: milliseconds below one second. */
export const lag = (ms: number): [string, string] =>
  ms < 1000 ? [num(Math.round(ms)), 'ms'] : [num(ms / 1000, ms < 10_000 ? 1 : 0), 's']

const SHAPES = {
  clock: { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' },
  minute: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { month: 'short', day: 'numeric', weekday: 'short' },
  day: { month: '2-digit', day: '2-digit' },
} satisfies Record<string, Intl.DateTimeFormatOptions>

export function time(at: number, shape: keyof typeof SHAPES): string {
  const key = `${lang.value}/${shape}`
  let format = dates.get(key)
  if (!format) {
    format = new Intl.DateTimeFormat(locale.value, { ...SHAPES[shape], timeZone: ZONE })
    dates.set(key, format)
  }
  return format.format(at)
}

/** The district's calendar day of a moment, as the hub writes it: 2026-11-22. */
export const dayOf = (at: number) => new Date(at + 8 * 3_600_000).toISOString().slice(0, 10)

/** A moment in full, in the district's time: 2026-11-22 16:42:00. */
export const stamp = (at: number) => `${dayOf(at)} ${time(at, 'clock')}`

/** Time of day for today, with the date for anything older. */
export function when(at: number, now: number): string {
  return now - at < 20 * 3_600_000 ? time(at, 'minute') : `${time(at, 'day')} ${time(at, 'minute')}`
}
