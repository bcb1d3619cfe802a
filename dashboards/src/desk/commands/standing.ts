// How a command stands, in the words and the shape that people get to see. Pure.
import type { Command, CommandState } from '../../api/commands'

const OPEN: readonly CommandState[] = ['queued', 'approved', 'sent']
export const isOpen = (c: Pick<Command, 'state'>): boolean => OPEN.includes(c.state)
/** What the hub still lets people call off: nothing that a device may have already. */
export const canCancel = (c: Pick<Command, 'state'>): boolean => c.state === 'queued' || c.state === 'approved'

/** Codes after which nobody can say whether the device did it. */
const UNSURE = ['outcome_unknown', 'timeout', 'connection_lost']

export type Standing = CommandState | 'waits' | 'again' | 'unsure'

/** "approved" alone would be no answer to "why has nothing happened?"; "failed" would be a lie where nobody knows. */
export function standing(c: Pick<Command, 'state' | 'code'>): Standing {
  if (c.state === 'approved' && c.code) return c.code === 'not_connected' ? 'waits' : 'again'
  if (c.state === 'failed' && c.code && UNSURE.includes(c.code)) return 'unsure'
  return c.state
}

/** Path in a box of −7…7, drawn with a line: each state has a shape of its own. */
export const SHAPE: Record<Standing, string> = {
  queued: 'M-2.4-4.6v9.2M2.4-4.6v9.2', // held until somebody lets it go
  approved: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0',
  waits: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0M0-2.4V0l1.8 1.4',
  again: 'M4.5 0A4.5 4.5 0 1 1 2.6-3.7M3.4-6v3h-3',
  sent: 'M0 5V-5M-4-1 0-5 4-1',
  confirmed: 'M-5 .5-1.5 4 5-4',
  failed: 'M-4.2-4.2 4.2 4.2M-4.2 4.2 4.2-4.2',
  unsure: 'M-2.6-2.6a2.6 2.6 0 1 1 3.6 2.4Q0 .4 0 1.6M0 4.6v.2',
  expired: 'M-3.8-5h7.6M-3.8 5h7.6M-3-5 3 5M3-5-3 5',
  cancelled: 'M-5 0H5',
}
