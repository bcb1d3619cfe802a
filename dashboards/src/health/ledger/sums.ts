// The ledger's arithmetic, done again here from the numbers that are shown: the page must not say "balanced" because the
// hub says so. Pure.
import type { AdapterBook, Outcomes } from '../../api/types'

export const rejectedOf = (o: Pick<Outcomes, 'rejected'>): number => Object.values(o.rejected).reduce((a, n) => a + n, 0)

/** What stands in the list of what was set aside: of two values for one moment, too, one is there. */
export const asideOf = (o: Pick<Outcomes, 'rejected' | 'conflict'>): number => rejectedOf(o) + o.conflict

const settled = (o: Outcomes) => o.stored + o.duplicate + o.conflict + rejectedOf(o)

/** What was received and is neither settled nor known to be on its way: 0, or the hub miscounts. */
export const differenceOf = (b: AdapterBook): number => b.received - settled(b) - b.spooled - b.in_flight

/** What of a device's day is not settled yet. The hub does not say by device whether it is spooled or in flight. */
export const openOf = (o: Outcomes): number => o.received - settled(o)

/** The reasons, the most frequent first. */
export const reasonsOf = (o: Pick<Outcomes, 'rejected'>): [reason: string, n: number][] =>
  Object.entries(o.rejected).filter(([, n]) => n !== 0).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))

export type Term = 'stored' | 'duplicate' | 'conflict' | 'rejected' | 'spooled' | 'in_flight'

/** The right side of the equation, in its order. */
export const termsOf = (b: AdapterBook): { term: Term; n: number }[] => [
  { term: 'stored', n: b.stored }, { term: 'duplicate', n: b.duplicate }, { term: 'conflict', n: b.conflict },
  { term: 'rejected', n: rejectedOf(b) }, { term: 'spooled', n: b.spooled }, { term: 'in_flight', n: b.in_flight },
]
