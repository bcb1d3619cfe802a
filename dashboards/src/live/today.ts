// The alarms raised since midnight in the district, ended ones included: for the histogram and the alarm load.
// Keeps four facts per alarm, the latest few that ended, and drops yesterday's: it stays small on a wall that runs for weeks.
import type { Alarm, Severity } from '../api/types'

const SHANGHAI_MS = 8 * 3_600_000
const DAY_MS = 86_400_000
const LOAD_WINDOW_MS = 600_000
/** More rows of ended alarms than any screen shows. */
const KEEP_ENDED = 40

export type Slot = Record<Severity | 'ended', number>

/** Midnight in Asia/Shanghai, which has no daylight saving. */
export const dayStart = (now: number) => Math.floor((now + SHANGHAI_MS) / DAY_MS) * DAY_MS - SHANGHAI_MS

export class Today {
  private raised = new Map<string, { at: number; severity: Severity; ended: boolean; theme: string }>()
  private ended: Alarm[] = []
  /** Set once the list has been read from the hub; before that no total may be shown. */
  complete = false

  /** The same day with the alarms of one theme only, as of now; to be read, not to be added to. */
  of(theme: string): Today {
    const cut = new Today()
    for (const [id, r] of this.raised) if (r.theme === theme) cut.raised.set(id, r)
    cut.ended = this.ended.filter((a) => a.theme === theme)
    cut.complete = this.complete
    return cut
  }

  add(alarm: Alarm): void {
    // A list that was under way while the alarm ended must not bring it back.
    const ended = alarm.cleared_at != null || this.raised.get(alarm.id)?.ended === true
    this.raised.set(alarm.id, { at: alarm.raised_at, severity: alarm.severity, ended, theme: alarm.theme })
    if (alarm.cleared_at != null) this.keepEnded(alarm)
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

  /** Raised today and over by now. */
  over(now: number): number {
    const start = dayStart(now)
    let n = 0
    for (const r of this.raised.values()) if (r.ended && r.at >= start) n++
    return n
  }

  /** The latest of those, newest return first. */
  latestEnded(now: number): readonly Alarm[] {
    const start = dayStart(now)
    return this.ended.filter((a) => a.raised_at >= start)
  }

  private keepEnded(alarm: Alarm): void {
    const others = this.ended.filter((a) => a.id !== alarm.id)
    this.ended = [...others, alarm].sort((a, b) => b.cleared_at! - a.cleared_at! || (a.id < b.id ? -1 : 1)).slice(0, KEEP_ENDED)
  }

  /** Drops what neither the histogram nor the load needs any more. */
  prune(now: number): void {
    const keep = Math.min(dayStart(now), now - LOAD_WINDOW_MS)
    for (const [id, r] of this.raised) if (r.at < keep) this.raised.delete(id)
  }
}
