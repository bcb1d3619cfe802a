// Speaks with the hub's JSON routes: with the bearer key that people gave, else with the browser's cookie. It keeps nothing and
// retries nothing. The one thing here that asks the hub to do something is a replay of what was set aside; a wall only looks, and the
// desk's routes are in register.ts, access.ts and admin.ts.
import { backgroundOf } from './background'
import { isCookie, proof } from './credential'
import { forbidden } from './forbidden'
import type {
  AdapterBook, Alarm, AlarmPage, Backups, DeviceDayPage, Hours, Problem, ReplayOutcome, ReplayRequest, SetAsidePage, Theme, UnseenPage,
} from './types'

export class ApiError extends Error {
  /** @param retryAfterS in how many seconds another try makes sense, where the hub said so. */
  constructor(readonly status: number, readonly code: string, message: string, readonly problem: Problem | null = null, readonly retryAfterS: number | null = null) {
    super(message)
  }
}

/** Told when a cookie that was good is no longer; whoever keeps the identity listens. */
export const onSessionLost = { call: () => {} }

/** A simple form of another site cannot send it. */
const UNFORGED = { 'x-chengshu-csrf': '1' }

/** Seconds, or a date. */
function retryAfter(reply: Response): number | null {
  const said = reply.headers?.get('retry-after')
  if (!said) return null
  const s = /^\d+$/.test(said) ? Number(said) : (Date.parse(said) - Date.now()) / 1000
  return Number.isFinite(s) ? Math.max(0, Math.ceil(s)) : null
}

export const get = <T>(path: string, key: string, signal?: AbortSignal) => ask<T>(path, key, { signal: signal ?? null })

/** A JSON answer; null where the hub says that there is nothing to say (204). */
export async function ask<T>(path: string, key: string, init: RequestInit): Promise<T> {
  const reply = await reach(path, key, init)
  return (reply.status === 204 ? null : await reply.json()) as T
}

/** An answer of any kind; a refusal is thrown with the problem that the hub names. */
export async function reach(path: string, key: string, init: RequestInit): Promise<Response> {
  const headers = { ...(init.body ? { 'content-type': 'application/json' } : {}), ...(init.headers as Record<string, string>), ...proof(key), ...backgroundOf(init.signal), ...((init.method ?? 'GET') === 'GET' ? {} : UNFORGED) }
  const reply = await fetch(path, { ...init, credentials: 'same-origin', headers })
  if (reply.ok) return reply
  const problem = (await reply.json().catch(() => null)) as Problem | null
  if (reply.status === 401 && isCookie(key)) onSessionLost.call()
  const words = (reply.status === 403 && forbidden(problem)) || problem?.detail || problem?.title || `HTTP ${reply.status}`
  throw new ApiError(reply.status, problem?.code ?? 'http', words, problem, retryAfter(reply))
}

export const fetchThemes = (key: string, signal?: AbortSignal) =>
  get<{ themes: Theme[] }>('/api/v1/themes', key, signal).then((r) => r.themes)

const PAGE = 500
const MAX_PAGES = 20

/** Alarms raised since `from`, ended ones included. Pages until the list ends or a whole page is older. */
export async function fetchAlarmsSince(from: number, key: string, signal?: AbortSignal): Promise<Alarm[]> {
  const found: Alarm[] = []
  let after: string | null | undefined
  for (let page = 0; page < MAX_PAGES; page++) {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after ? { after } : {}) })
    const reply: AlarmPage = await get(`/api/v1/alarms?${query}`, key, signal)
    const fresh = reply.alarms.filter((a) => a.raised_at >= from)
    found.push(...fresh)
    after = reply.next
    if (!after || (reply.alarms.length > 0 && fresh.length === 0)) break
  }
  return found
}

/** A query string of what is given; what is empty is left out. */
export function search(params: Record<string, string | number | null | undefined>): string {
  const given = Object.entries(params).flatMap(([k, v]) => (v == null || v === '' ? [] : [[k, String(v)]]))
  return given.length ? `?${new URLSearchParams(given)}` : ''
}

export const fetchUnseen = (params: { theme?: string; limit?: number; after?: string | null }, key: string, signal?: AbortSignal) =>
  get<UnseenPage>(`/api/v1/unseen${search(params)}`, key, signal)

export const fetchLedger = (key: string, signal?: AbortSignal) =>
  get<{ adapters: AdapterBook[] }>('/api/v1/ledger', key, signal).then((r) => r.adapters)

export const fetchDeviceDays = (params: { day: string; link?: string; limit?: number; after?: string | null }, key: string, signal?: AbortSignal) =>
  get<DeviceDayPage>(`/api/v1/ledger/devices${search(params)}`, key, signal)

export const fetchSetAside = (
  params: { reason?: string; device?: string; link?: string; before?: number | null; limit?: number }, key: string, signal?: AbortSignal,
) => get<SetAsidePage>(`/api/v1/rejected${search(params)}`, key, signal)

export const replay = (what: ReplayRequest, key: string) =>
  ask<ReplayOutcome>('/api/v1/rejected/replay', key, { method: 'POST', body: JSON.stringify(what) })

/** Values of each hour of all devices of a theme that measure this metric. */
export const fetchHours = (params: { theme: string; metric: string; from: number; to: number; agg: 'avg' | 'min' | 'max' }, key: string, signal?: AbortSignal) =>
  get<Hours>(`/api/v1/hours${search(params)}`, key, signal)

export const fetchBackups = (key: string, signal?: AbortSignal) => get<Backups>('/api/v1/backups', key, signal)
