// Which page this window shows, read from the address: the wall, or one part of the health page with its filters
// (#/health/rejected?reason=undecodable). In the fragment, because the hub serves one document and knows no page.
import { shallowRef } from 'vue'

export const PARTS = ['unseen', 'ledger', 'rejected'] as const
export type Part = (typeof PARTS)[number]

export interface Route { page: 'wall' | 'health'; part: Part; query: Readonly<Record<string, string>> }

const WALL: Route = { page: 'wall', part: 'unseen', query: {} }

/** Null for a fragment that names no page (a skip link's target): the page then stays what it is. */
export function parseRoute(hash: string): Route | null {
  if (hash === '' || hash === '#') return WALL
  if (!hash.startsWith('#/')) return null
  const [path, query = ''] = hash.slice(2).split('?')
  const [page, part] = path!.split(/[/&]/)
  if (page !== 'health') return WALL
  const known = PARTS.find((p) => p === part) ?? 'unseen'
  return { page, part: known, query: Object.fromEntries(new URLSearchParams(query)) }
}

export const WALL_HREF = '#/'

export function healthHref(part: Part, query: Record<string, string | null | undefined> = {}): string {
  const given = Object.entries(query).filter((e): e is [string, string] => Boolean(e[1]))
  return `#/health/${part}${given.length ? `?${new URLSearchParams(given)}` : ''}`
}

export const route = shallowRef<Route>(parseRoute(location.hash) ?? WALL)
addEventListener('hashchange', () => (route.value = parseRoute(location.hash) ?? route.value))

/** Writes filters into the address without a step in the browser's history: so that they survive a reload and can be sent. */
export function keepQuery(part: Part, query: Record<string, string>): void {
  const href = healthHref(part, query)
  if (href === location.hash) return
  history.replaceState(null, '', href)
  route.value = parseRoute(href)!
}
