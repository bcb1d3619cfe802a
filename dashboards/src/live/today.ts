// The alarms raised since midnight in the district, ended ones included: for the histogram and the alarm load.
// Keeps two numbers per alarm and drops yesterday's, so it stays small on a wall that runs for weeks.
import type { Alarm, Severity } from '../api/types'

const SHANGHAI_MS = 8 * 3_600_000
const DAY_MS = 86_400_000
const LOAD_WINDOW_MS = 600_000

export type Slot = Record<Severity | 'ended', number>

/** Midnight in Asia/Shanghai, which has no daylight saving. */
export const dayStart = (now: number) => Math.floor((now + SHANGHAI_MS) / DAY_MS) * DAY_MS - SHANGHAI_MS

export class Today {
  private raised = new Map<string, { at: number; severity: Severity; ended: boolean }>()
  /** Set once the list has been read from the hub; before that no total may be shown. */
  complete = false

  add(alarm: Alarm): void {
    this.raised.set(alarm.id, { at: alarm.raised_at, severity: alarm.severity, ended: alarm.cleared_at !== null })
  }

  /** Raised in the last ten minutes, the number that EEMUA 191 rates. */
  recent(now: number): number {
    let n = 0
    for (const r of this.raised.values()) if (r.at > now - LOAD_WINDOW_MS && r.at <= now + 1000) n++
    return n
  }

  /** Counts per slot of the day: by severity while an alarm stands, under `ended` once it is over. */
  histogram(now: number, slotMs: number): Slot[] {
    const start = dayStart(now)
    const slots = Array.from({ length: DAY_MS / slotMs }, () => ({ critical: 0, urgent: 0, important: 0, general: 0, ended: 0 }))
    for (const r of this.raised.values()) {
      const slot = slots[Math.floor((r.at - start) / slotMs)]
      if (slot && r.at <= now + 60_000) slot[r.ended ? 'ended' : r.severity]++
    }
    return slots
  }

  count(now: number): number {
    const start = dayStart(now)
    let n = 0
    for (const r of this.raised.values()) if (r.at >= start) n++
    return n
  }

  /** Drops what neither the histogram nor the load needs any more. */
  prune(now: number): void {
    const keep = Math.min(dayStart(now), now - LOAD_WINDOW_MS)
    for (const [id, r] of this.raised) if (r.at < keep) this.raised.delete(id)
  }
}
