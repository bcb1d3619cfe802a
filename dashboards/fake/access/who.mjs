// Who asks the fake hub: the demo's key, a person's or a screen's cookie; which rights follow, and which right a route asks. Scopes are
// kept and shown, and narrow nothing here.
import { RIGHTS } from './words.mjs'

export const ALL_RIGHTS = RIGHTS.map(([id]) => id)
export const ROLE_RIGHTS = (role) => RIGHTS.filter(([, , , , , roles]) => roles.includes(role)).map(([id]) => id)
export const EVERYWHERE = [{ themes: 'all', departments: 'all', areas: 'all', camera_groups: 'all' }]
export const DEMO = { kind: 'demo', id: '', name: '演示密钥', user: null, roles: [], rights: ALL_RIGHTS, grants: [], must: [], session: null, layout: null, totp: null }

export const cookieIn = (q, name) => new RegExp(`(?:^|;\\s*)${name}=([^;]*)`).exec(q.headers.cookie ?? '')?.[1] ?? ''
export const setCookie = (name, value) => ({ 'set-cookie': `${name}=${value}; HttpOnly; SameSite=Strict; Path=/${value ? '' : '; Max-Age=0'}` })

export function rightsOf(person, now) {
  const inForce = person.grants.filter((g) => (g.from ?? 0) <= now && now < (g.until ?? Infinity)).flatMap((g) => g.roles)
  const held = new Set(['own', ...inForce.flatMap(ROLE_RIGHTS)])
  return { roles: [...new Set(inForce)], rights: ALL_RIGHTS.filter((r) => held.has(r)) }
}

/** The right that a route of the city asks; the first that matches. Accounts' routes say it themselves. */
const ROUTES = [
  [/^\/api\/v1\/(ledger|rejected\/replay)/, 'POST', 'replay'], [/^\/api\/v1\/(ledger|rejected|backups)/, 'GET', 'see_operation'], [/^\/api\/v1\/(unseen|maintenance|commands)/, 'GET', 'see_work'],
  [/^\/api\/v1\/export\/(devices|readings)/, 'GET', 'export'], [/^\/api\/v1\/import/, 'POST', 'edit_register'], [/^\/api\/v1\/frames/, 'POST', 'try_frames'],
  [/^\/api\/v1\/commands\/[^/]+\/approve/, 'POST', 'approve_command'], [/^\/api\/v1\/(commands|devices\/[^/]+\/commands)/, 'POST', 'command'], [/^\/api\/v1\/devices\/[^/]+\/messages/, 'GET', 'see_raw'],
  [/^\/api\/v1\/devices\/[^/]+\/photos/, 'POST', 'add_photo'], [/^\/api\/v1\/devices/, 'PUT', 'edit_register'], [/^\/api\/v1\/devices/, 'DELETE', 'edit_register'],
  [/^\/api\/v1\/(stream|themes|kpis|alarms|devices|links|readings|hours|parts|status)/, 'GET', 'see_city'],
]
export const rightFor = (method, path) => ROUTES.find(([pattern, m]) => m === method && pattern.test(path))?.[2] ?? null
export const ROUTE_LIST = ROUTES.map(([pattern, method, right]) => ({ method, path: String(pattern).slice(2, -1).replaceAll('\\/', '/').replaceAll('[^/]+', '{id}'), right }))

export const denied = (right) => [403, { code: 'forbidden', detail: `needs the right ${right}`, params: { right } }]
export const lacks = (who, right) => (who.rights.includes(right) ? null : denied(right))
