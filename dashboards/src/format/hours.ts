// Hours of the day in which a limit holds: whether they hold at a moment, which spans of a window they are, and how people
// write them. The same reckoning as hub/rules/src/hours.rs: China Standard Time, days are those on which the span begins.
import type { RuleHours } from '../api/types'
import { t } from '../i18n'

const DAY_MS = 86_400_000
/** China has one time zone without summer time. */
const ZONE_MS = 8 * 3_600_000
/** 1970-01-01 was a Thursday. */
const THURSDAY = 4
const MINUTE_MS = 60_000

const minutes = (clock: string) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3, 5))

/** The spans of [from, to) in which the hours hold. */
export function spansOf(hours: RuleHours | null | undefined, from: number, to: number): [from: number, to: number][] {
  if (!hours) return [[from, to]]
  const [begin, end] = [minutes(hours.from) * MINUTE_MS, minutes(hours.to) * MINUTE_MS]
  const length = end > begin ? end - begin : end + DAY_MS - begin
  const spans: [number, number][] = []
  for (let day = Math.floor((from + ZONE_MS) / DAY_MS) - 1; day * DAY_MS - ZONE_MS < to; day++) {
    const weekday = ((((day + THURSDAY - 1) % 7) + 7) % 7) + 1
    if (hours.days?.length && !hours.days.includes(weekday)) continue
    const at = day * DAY_MS - ZONE_MS + begin
    const span: [number, number] = [Math.max(from, at), Math.min(to, at + length)]
    if (span[1] > span[0]) spans.push(span)
  }
  return spans
}

export const holdsAt = (hours: RuleHours | null | undefined, at: number): boolean => spansOf(hours, at, at + 1).length > 0

/** "22:00–06:00", with days "22:00–06:00（周一至周五）". */
export function hoursWords(hours: RuleHours): string {
  const clock = `${hours.from}–${hours.to}`
  const days = [...new Set(hours.days ?? [])].sort((a, b) => a - b)
  if (!days.length || days.length === 7) return clock
  const day = (n: number) => t(`weekday.${n}`)
  const run = days.length > 2 && days.at(-1)! - days[0]! === days.length - 1
  const said = run ? t('rule.days', { from: day(days[0]!), to: day(days.at(-1)!) }) : days.map(day).join(t('rule.and'))
  return t('rule.onDays', { clock, days: said })
}
