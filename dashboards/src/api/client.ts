// Reads the hub's JSON routes with the bearer key. It keeps nothing, retries nothing and never writes:
// a wall only looks.
import type { Alarm, AlarmPage, Problem, Theme } from './types'

export class ApiError extends Error {
  constructor(readonly status: number, readonly code: string, message: string) {
    super(message)
  }
}

async function get<T>(path: string, key: string, signal?: AbortSignal): Promise<T> {
  const reply = await fetch(path, { headers: { authorization: `Bearer ${key}` }, signal: signal ?? null })
  if (reply.ok) return (await reply.json()) as T
  const problem = (await reply.json().catch(() => null)) as Problem | null
  throw new ApiError(reply.status, problem?.code ?? 'http', problem?.detail ?? problem?.title ?? `HTTP ${reply.status}`)
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
