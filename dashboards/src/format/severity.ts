// Order, shape and colour name of the four severities and the device states: colour is never alone.
import type { Alarm, DeviceState, Severity } from '../api/types'

export const SEVERITIES: readonly Severity[] = ['critical', 'urgent', 'important', 'general']
export const STATES: readonly DeviceState[] = ['live', 'stale', 'offline', 'never']

/** Path in a box of −7…7: ◆ ▲ ■ ○. */
export const SHAPE: Record<Severity, string> = {
  critical: 'M0-6.2 6.2 0 0 6.2-6.2 0Z',
  urgent: 'M0-5.8 5.8 4.4-5.8 4.4Z',
  important: 'M-4.4-4.4h8.8v8.8h-8.8Z',
  general: 'M0-4.4a4.4 4.4 0 1 1 0 8.8 4.4 4.4 0 0 1 0-8.8Z',
}
export const isHollow = (s: Severity) => s === 'general'
export const rank = (s: Severity) => SEVERITIES.indexOf(s)

/** Worst first, then newest first. */
export const byUrgency = (a: Alarm, b: Alarm) => rank(a.severity) - rank(b.severity) || b.raised_at - a.raised_at || (a.id < b.id ? -1 : 1)
