// The lines of the audit day by day, in the district's calendar, and who did them in words. Pure.
import type { AuditLine } from '../../api/access-types'
import { dayOf } from '../../format'

export interface Day { day: string; lines: AuditLine[] }

export function byDay(lines: readonly AuditLine[]): Day[] {
  const days: Day[] = []
  for (const line of lines) {
    const day = dayOf(line.at)
    if (days.at(-1)?.day !== day) days.push({ day, lines: [] })
    days.at(-1)!.lines.push(line)
  }
  return days
}

const DAY_MS = 86_400_000
const ZONE = '+08:00'
/** Days of a form as moments; the last day is part of it. */
export const range = (from: string, to: string) => ({ from: from ? Date.parse(`${from}T00:00:00${ZONE}`) : null, to: to ? Date.parse(`${to}T00:00:00${ZONE}`) + DAY_MS : null })
