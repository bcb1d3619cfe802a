// Which page this window shows, read from the address: the wall, one theme (#/theme/water), one part of the health page with
// its filters (#/health/rejected?reason=undecodable), one view of the desk (#/desk/device/W-RL-007), or a way in (#/login, #/setup,
// #/enrol). In the fragment, because the hub serves one document and knows no page.
import { shallowRef } from 'vue'

export const PARTS = ['unseen', 'ledger', 'rejected'] as const
export type Part = (typeof PARTS)[number]

export const VIEWS = ['devices', 'device', 'maintenance', 'frames', 'receivers', 'label', 'commission', 'account', 'people', 'person', 'matrix', 'services', 'screens', 'audit', 'policy'] as const
export type View = (typeof VIEWS)[number]
/** These are about one device, whose identity follows in the address. */
const OF_ONE: readonly View[] = ['device', 'label', 'commission']
const WAYS_IN = ['login', 'setup', 'enrol'] as const

export interface Route {
  page: 'wall' | 'theme' | 'health' | 'desk' | (typeof WAYS_IN)[number]
  part: Part
  /** Of a theme's page only. */
  theme?: string
  /** Of the desk only. */
  view?: View
  device?: string
  person?: string
  query: Readonly<Record<string, string>>
}

const WALL: Route = { page: 'wall', part: 'unseen', query: {} }

/** Null for a fragment that names no page (a skip link's target): the page then stays what it is. */
export function parseRoute(hash: string): Route | null {
  if (hash === '' || hash === '#') return WALL
  if (!hash.startsWith('#/')) return null
  const [path, query = ''] = hash.slice(2).split('?')
  const [page, part, of] = path!.split(/[/&]/)
  if (page === 'desk') return deskRoute(part, of, Object.fromEntries(new URLSearchParams(query)))
  if (page === 'theme' && part) return { page, part: 'unseen', theme: decode(part), query: {} }
  const way = WAYS_IN.find((w) => w === page)
  if (way) return { page: way, part: 'unseen', query: Object.fromEntries(new URLSearchParams(query)) }
  if (page !== 'health') return WALL
  const known = PARTS.find((p) => p === part) ?? 'unseen'
  return { page, part: known, query: Object.fromEntries(new URLSearchParams(query)) }
}

function deskRoute(named: string | undefined, of: string | undefined, query: Record<string, string>): Route {
  const view = VIEWS.find((v) => v === named) ?? 'devices'
  if (view === 'person') return of ? { page: 'desk', part: 'unseen', view, person: decode(of), query } : { page: 'desk', part: 'unseen', view: 'people', query }
  if (!OF_ONE.includes(view)) return { page: 'desk', part: 'unseen', view, query }
  // About nobody: the list, to choose from.
  return of ? { page: 'desk', part: 'unseen', view, device: decode(of), query } : { page: 'desk', part: 'unseen', view: 'devices', query }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export const WALL_HREF = '#/'
export const themeHref = (theme: string) => `#/theme/${encodeURIComponent(theme)}`

const withQuery = (path: string, query: Record<string, string | null | undefined>) => {
  const given = Object.entries(query).filter((e): e is [string, string] => Boolean(e[1]))
  return `${path}${given.length ? `?${new URLSearchParams(given)}` : ''}`
}

export function healthHref(part: Part, query: Record<string, string | null | undefined> = {}): string {
  return withQuery(`#/health/${part}`, query)
}

/** Views that are about nothing in particular. */
export type ListView = Exclude<View, 'device' | 'label' | 'commission' | 'person'>
export const deskHref = (view: ListView, query: Record<string, string | null | undefined> = {}) => withQuery(`#/desk/${view}`, query)
export const deviceHref = (device: string, view: 'device' | 'label' | 'commission' = 'device') => `#/desk/${view}/${encodeURIComponent(device)}`

export const personHref = (id: string) => `#/desk/person/${encodeURIComponent(id)}`
export const LOGIN_HREF = '#/login'
export const ENROL_HREF = '#/enrol'

export const route = shallowRef<Route>(parseRoute(location.hash) ?? WALL)
addEventListener('hashchange', () => (route.value = parseRoute(location.hash) ?? route.value))

/** Writes filters into the address without a step in the browser's history: so that they survive a reload and can be sent. */
export const keepQuery = (part: Part, query: Record<string, string>): void => keep(healthHref(part, query))
export const keepDeskQuery = (query: Record<string, string>, view: ListView = 'devices'): void => keep(deskHref(view, query))
/** Shows another page in place of this one: the browser's back does not lead here. */
export const goTo = (href: string): void => keep(href)

function keep(href: string): void {
  if (href === location.hash) return
  history.replaceState(null, '', href)
  route.value = parseRoute(href)!
}
