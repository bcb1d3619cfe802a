// Sorts what cannot be seen into groups: database, links, then devices by theme. Within each, what is unseen for
// the longest comes first. Pure.
import type { Millis, Unseen, UnseenKind } from '../../api/types'

export interface Group { key: string; kind: UnseenKind; theme: string | null; rows: Unseen[] }

const ORDER: readonly UnseenKind[] = ['database', 'link', 'device']

/** Since when it cannot be seen: the hub counts an offline device from when it was called so, but it was stale before. */
export function unseenSince(u: Unseen): Millis {
  return u.state === 'offline' && u.last_heard != null && u.deadline_s != null ? Math.min(u.since, u.last_heard + u.deadline_s * 1000) : u.since
}

const byTime = (a: Unseen, b: Unseen) => +(a.state === 'never') - +(b.state === 'never') || unseenSince(a) - unseenSince(b)

export function groupUnseen(items: readonly Unseen[]): Group[] {
  const groups = new Map<string, Group>()
  for (const u of items) {
    const key = u.kind === 'device' ? `device/${u.theme ?? ''}` : u.kind
    const group = groups.get(key) ?? { key, kind: u.kind, theme: u.theme ?? null, rows: [] }
    group.rows.push(u)
    groups.set(key, group)
  }
  for (const group of groups.values()) group.rows.sort(byTime)
  return [...groups.values()].sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind))
}

/** By id, name or gateway, whatever the case. */
export function matches(u: Unseen, text: string): boolean {
  const wanted = text.trim().toLowerCase()
  return !wanted || [u.id, u.name, u.gateway].some((s) => s?.toLowerCase().includes(wanted))
}
