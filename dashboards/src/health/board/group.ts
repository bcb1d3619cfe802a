// Sorts what cannot be seen into groups: database, links, then devices by theme. Keeps the hub's order within each,
// which is the worst and the oldest first. Pure.
import type { Unseen, UnseenKind } from '../../api/types'

export interface Group { key: string; kind: UnseenKind; theme: string | null; rows: Unseen[] }

const ORDER: readonly UnseenKind[] = ['database', 'link', 'device']

export function groupUnseen(items: readonly Unseen[]): Group[] {
  const groups = new Map<string, Group>()
  for (const u of items) {
    const key = u.kind === 'device' ? `device/${u.theme ?? ''}` : u.kind
    const group = groups.get(key) ?? { key, kind: u.kind, theme: u.theme ?? null, rows: [] }
    group.rows.push(u)
    groups.set(key, group)
  }
  return [...groups.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

/** By id, name or gateway, whatever the case. */
export function matches(u: Unseen, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return !wanted || [u.id, u.name, u.gateway].some((s) => s?.toLowerCase().includes(wanted))
}
