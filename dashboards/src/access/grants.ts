// What people are granted, as it is edited: which roles exclude each other, whether two grants meet in time, how far one reaches, and
// whether it is in force. As hub/access decides it; the hub judges. Pure.
import type { Extent, Grant, Part, RoleId } from '../api/access-types'
import { ADMINISTRATORS } from './rights'

export const EVERYWHERE: Extent = { themes: 'all', departments: 'all', areas: 'all', camera_groups: 'all' }
export const PARTS = ['themes', 'departments', 'areas', 'camera_groups'] as const
export type PartName = (typeof PARTS)[number]
export const NEW_GRANT: Grant = { roles: [], scope: [EVERYWHERE], from: null, until: null }

/** Three administrators who exclude each other and everybody else. */
export const goTogether = (one: RoleId, two: RoleId): boolean => one === two || !(ADMINISTRATORS.includes(one) || ADMINISTRATORS.includes(two))

const meets = (a: Grant, b: Grant) => (a.from ?? -Infinity) < (b.until ?? Infinity) && (b.from ?? -Infinity) < (a.until ?? Infinity)

/** Two roles of one person that may not act at the same time; null when all is well. */
export function clashOf(grants: readonly Grant[]): [RoleId, RoleId] | null {
  for (const [i, a] of grants.entries()) {
    for (const b of grants.slice(i)) {
      if (a !== b && !meets(a, b)) continue
      for (const one of a.roles) for (const two of b.roles) if (!goTogether(one, two)) return [one, two]
    }
  }
  return null
}

/** Which role among those chosen stands in the way of this one, at any time that they share. */
export function obstacle(role: RoleId, at: number, grants: readonly Grant[]): RoleId | null {
  const here = grants[at]!
  const others = grants.flatMap((g, i) => (i === at || meets(here, g) ? g.roles : []))
  return others.find((other) => !goTogether(role, other)) ?? null
}

export type Wrong = 'roles' | 'empty' | 'times'
/** What cannot be sent: no role, a part that names nothing, an end before the beginning. */
export function wrongOf(g: Grant): Wrong | null {
  if (!g.roles.length) return 'roles'
  if (!g.scope.length || g.scope.some((e) => PARTS.some((p) => e[p] !== 'all' && !(e[p] as string[]).length))) return 'empty'
  return g.from !== null && g.until !== null && g.until <= g.from ? 'times' : null
}

export type Standing = 'now' | 'later' | 'over'
export const standing = (g: Grant, now: number): Standing => (g.until !== null && g.until <= now ? 'over' : g.from !== null && g.from > now ? 'later' : 'now')
export const isEverywhere = (e: Extent): boolean => PARTS.every((p) => e[p] === 'all')
/** Names between semicolons; what surrounds them does not count. */
export const toNames = (text: string): string[] => [...new Set(text.split(/[;；,，、]/).map((n) => n.trim()).filter(Boolean))]
export const fromNames = (part: Part): string => (part === 'all' ? '' : part.join('; '))

/** A moment as a field for date and time shows it, in the district's time; and back. */
const ZONE_MS = 8 * 3_600_000
export const toField = (at: number | null): string => (at === null ? '' : new Date(at + ZONE_MS).toISOString().slice(0, 16))
export const fromField = (text: string): number | null => (text ? Date.parse(`${text.length === 10 ? `${text}T00:00` : text}+08:00`) : null)
