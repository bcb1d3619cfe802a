// Speaks with the routes of one's own account: signing in and out, password, second factor, own sessions; and of a wall that asks to
// be enrolled. What is asked before anybody is known goes without a credential of this page: the browser's cookie alone counts.
import { ask, get, reach } from './client'
import type { EnrolOffer, LoginAnswer, LoginOffer, Me, Session, TotpOffer } from './access-types'

const NOBODY = ''
const post = <T>(path: string, body: unknown, key: string) => ask<T>(path, key, { method: 'POST', body: JSON.stringify(body) })

export const fetchOffer = (signal?: AbortSignal) => get<LoginOffer>('/api/v1/login', NOBODY, signal)
export const login = (user: string, password: string) => post<LoginAnswer>('/api/v1/login', { user, password }, NOBODY)
export const loginTotp = (ticket: string, code: string) => post<LoginAnswer>('/api/v1/login/totp', { ticket, code }, NOBODY)
export const setUp = (order: { token: string; user: string; name: string; password: string }) => post<LoginAnswer>('/api/v1/setup', order, NOBODY)
export const ssoHref = (id: string) => `/api/v1/login/sso/${encodeURIComponent(id)}`
export const logout = (key: string) => post<null>('/api/v1/logout', {}, key)

/** Only the key that people gave counts here; a cookie is sent by the browser. */
export const fetchMe = (key: string, signal?: AbortSignal) => get<Me>('/api/v1/me', key, signal)
export const changePassword = (old: string, next: string, key: string) => post<null>('/api/v1/me/password', { old, new: next }, key)
export const offerTotp = (key: string) => post<TotpOffer>('/api/v1/me/totp', {}, key)
export const confirmTotp = (code: string, key: string) => post<null>('/api/v1/me/totp/confirm', { code }, key)
export const removeTotp = (password: string, key: string) => ask<null>('/api/v1/me/totp', key, { method: 'DELETE', body: JSON.stringify({ password }) })
export const linkSso = (id: string, password: string, key: string) => post<{ url: string }>(`/api/v1/me/sso/${encodeURIComponent(id)}`, { password }, key)
export const unlinkSso = (password: string, key: string) => ask<null>('/api/v1/me/sso', key, { method: 'DELETE', body: JSON.stringify({ password }) })
export const fetchMySessions = (key: string, signal?: AbortSignal) => get<{ sessions: Session[] }>('/api/v1/me/sessions', key, signal).then((r) => r.sessions)
export const endMySession = (id: string, key: string) => ask<null>(`/api/v1/me/sessions/${encodeURIComponent(id)}`, key, { method: 'DELETE' })

export const askEnrolment = () => post<EnrolOffer>('/api/v1/screens/enrol', {}, NOBODY)
/** True when the wall is enrolled and has its cookie; false while it waits. A code that is over is thrown (410). */
export const claimEnrolment = (secret: string): Promise<boolean> =>
  reach('/api/v1/screens/enrol/claim', NOBODY, { method: 'POST', body: JSON.stringify({ secret }) }).then((reply) => reply.status !== 202)
