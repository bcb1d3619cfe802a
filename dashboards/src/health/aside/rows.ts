// The list of what was set aside, as far as it has been read: the newest page comes again and again, older pages are
// added at its end. Never shows two stretches with an unread gap between them as one list. Pure.
import type { SetAside, SetAsidePage } from '../../api/types'

export interface Held { rows: SetAside[]; next: number | null }

const byNewest = (rows: Map<number, SetAside>) => [...rows.values()].sort((a, b) => b.id - a.id)

/** A fresh first page: what it still reaches is kept behind it; if it reaches nothing, only it remains. */
export function withNewest(held: Held | null, page: SetAsidePage): Held {
  const next = page.next ?? null
  const oldest = page.rejected.at(-1)?.id ?? Infinity
  const joins = held && held.rows.length > page.rejected.length && next !== null && held.rows[0]!.id >= oldest
  if (!joins) return { rows: page.rejected, next }
  const rows = new Map(held.rows.map((r) => [r.id, r]))
  for (const r of page.rejected) rows.set(r.id, r)
  return { rows: byNewest(rows), next: held.next }
}

export function withOlder(held: Held, page: SetAsidePage): Held {
  const rows = new Map([...held.rows, ...page.rejected].map((r) => [r.id, r]))
  return { rows: byNewest(rows), next: page.next ?? null }
}
