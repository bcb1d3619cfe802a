// The rows of the maintenance board put into words and shares. Pure.
import type { Battery, Cause, SilentRow } from '../../api/register-types'

export const DIMENSIONS = ['gateway', 'area', 'vendor', 'kind'] as const
export type Dimension = (typeof DIMENSIONS)[number]

export const darkOf = (r: SilentRow): number => r.stale + r.offline + r.never

/** A cause that most of the silent share and that is itself nearly all silent is likely; else it is only something they have in common. */
export function weight(c: Cause, silentInAll: number): 'likely' | 'possible' {
  return c.total > 1 && c.silent / c.total >= 0.8 && c.silent / Math.max(1, silentInAll) >= 0.3 ? 'likely' : 'possible'
}

/** How soon somebody has to go there: below a week it is this week's work. */
export function urgency(b: Battery): 'now' | 'soon' | 'later' | 'unknown' {
  if (b.days_left == null) return 'unknown'
  return Math.floor(b.days_left) <= 7 ? 'now' : b.days_left <= 30 ? 'soon' : 'later'
}

/** A forecast from a value that is days old is a guess. */
export const isOld = (b: Battery, now: number): boolean => now - b.at > 2 * 86_400_000
