// Speaks with the routes of administrators: people and what they were granted, keys of services, screens, the policy, the matrix, the
// audit. Like client.ts it keeps nothing and retries nothing.
import { ask, get, reach, search } from './client'
import type {
  AuditPage, AuditQuery, AuditStanding, Extent, Grant, Matrix, Person, PersonOrder, PersonPage, Policy, Screen, Service, ServiceRights, Session, Verified,
} from './access-types'

const of = (noun: string, id: string) => `/api/v1/${noun}/${encodeURIComponent(id)}`
const send = <T>(method: string, path: string, body: unknown, key: string, headers: Record<string, string> = {}) => ask<T>(path, key, { method, body: JSON.stringify(body), headers })
const drop = (path: string, key: string) => ask<null>(path, key, { method: 'DELETE' })

export const fetchPeople = (query: { q?: string; role?: string; department?: string; after?: string | null; limit?: number }, key: string, signal?: AbortSignal) =>
  get<PersonPage>(`/api/v1/people${search(query)}`, key, signal)
export const createPerson = (order: PersonOrder, key: string) => send<{ person: Person; password: string }>('POST', '/api/v1/people', order, key)
export const fetchPerson = (id: string, key: string, signal?: AbortSignal) => get<Person>(of('people', id), key, signal)
export const putPerson = (id: string, version: number, order: PersonOrder, key: string) => send<Person>('PUT', of('people', id), order, key, { 'if-match': `"v${version}"` })
export type PersonAct = 'disable' | 'enable' | 'reset' | 'unlock' | 'totp/reset'
export const actOnPerson = (id: string, act: PersonAct, key: string) => send<{ password?: string } | null>('POST', `${of('people', id)}/${act}`, {}, key)
export const linkPerson = (id: string, provider: string, subject: string, key: string) => send<Person>('PUT', `${of('people', id)}/sso`, { provider, subject }, key)
export const unlinkPerson = (id: string, key: string) => drop(`${of('people', id)}/sso`, key)
export const putGrants = (id: string, grants: Grant[], key: string) => send<Person | null>('PUT', `${of('people', id)}/grants`, { grants }, key)
export const fetchPersonSessions = (id: string, key: string, signal?: AbortSignal) => get<{ sessions: Session[] }>(`${of('people', id)}/sessions`, key, signal).then((r) => r.sessions)
export const endPersonSession = (id: string, session: string, key: string) => drop(`${of('people', id)}/sessions/${encodeURIComponent(session)}`, key)

export const fetchMatrix = (key: string, signal?: AbortSignal) => get<Matrix>('/api/v1/access/matrix', key, signal)
export const fetchPolicy = (key: string, signal?: AbortSignal) => get<Policy>('/api/v1/access/policy', key, signal)
export const putPolicy = (policy: Policy, key: string) => send<Policy | null>('PUT', '/api/v1/access/policy', policy, key)

export const fetchServices = (query: { after?: string | null; limit?: number }, key: string, signal?: AbortSignal) =>
  get<{ services: Service[]; next: string | null }>(`/api/v1/services${search(query)}`, key, signal)
export const createService = (order: { name: string; department: string | null }, key: string) => send<{ service: Service; key: string }>('POST', '/api/v1/services', order, key)
export const putServiceRights = (id: string, rights: ServiceRights, key: string) => send<Service | null>('PUT', `${of('services', id)}/rights`, rights, key)
export const rotateService = (id: string, key: string) => send<{ key: string }>('POST', `${of('services', id)}/rotate`, {}, key)
export const revokeService = (id: string, key: string) => drop(of('services', id), key)

export const fetchScreens = (query: { after?: string | null; limit?: number }, key: string, signal?: AbortSignal) =>
  get<{ screens: Screen[]; next: string | null }>(`/api/v1/screens${search(query)}`, key, signal)
export const enrolScreen = (order: { code: string; name: string; layout: string; scope: Extent[] }, key: string) => send<Screen>('POST', '/api/v1/screens', order, key)
export const putScreen = (id: string, order: { name: string; layout: string; scope: Extent[] }, key: string) => send<Screen | null>('PUT', of('screens', id), order, key)
export const revokeScreen = (id: string, key: string) => drop(of('screens', id), key)

export const fetchAudit = (query: AuditQuery & { before?: number | string | null; limit?: number }, key: string, signal?: AbortSignal) => get<AuditPage>(`/api/v1/audit${search({ ...query })}`, key, signal)
export const exportAudit = (query: { format: 'csv' | 'ndjson'; from?: number | null; to?: number | null }, key: string) =>
  reach(`/api/v1/export/audit${search(query)}`, key, {}).then((reply) => reply.blob())
export const fetchAuditStanding = (key: string, signal?: AbortSignal) => get<AuditStanding>('/api/v1/audit/standing', key, signal)
export const verifyAudit = (key: string) => send<Verified>('POST', '/api/v1/audit/verify', {}, key)
