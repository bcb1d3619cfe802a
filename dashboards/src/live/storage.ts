// What the database and the spool before it amount to, in one word, and from when on what is shown has not been stored
// yet. Pure; a hub that tells nothing of its spool is taken at its word about the database alone.
import type { Millis, Spool, Status } from '../api/types'

/** away: nothing is stored but everything is kept · full, failing: nothing more is taken · draining: being written after. */
export type StorageState = 'ok' | 'away' | 'spooling' | 'draining' | 'full' | 'failing'

export interface Storage {
  state: StorageState
  /** Nothing more is acknowledged: somebody must act. */
  alarm: boolean
  /** Since when the database is away, and in which way; null while it is there. */
  since: Millis | null
  code: 'away' | 'starting' | 'disk_full' | null
  reason: string | null
  spool: Spool | null
  /** How full the spool is, 0 to 1. */
  fill: number | null
}

const CODES = ['starting', 'disk_full'] as const

export function storageOf(status: Pick<Status, 'database' | 'spool'>): Storage {
  const { database } = status
  const spool = status.spool ?? null
  const away = database.state === 'down'
  const state: StorageState =
    spool?.state === 'full' || spool?.state === 'failing' ? spool.state : away ? 'away' : (spool?.state ?? 'empty') === 'empty' ? 'ok' : (spool!.state as StorageState)
  return {
    state, alarm: state === 'full' || state === 'failing', since: away ? database.since : null,
    code: away ? (CODES.find((c) => c === database.code) ?? 'away') : null,
    reason: (state === 'failing' ? spool?.reason : away ? database.reason : null) ?? null,
    spool, fill: spool && spool.bytes_max > 0 ? Math.min(1, spool.bytes / spool.bytes_max) : null,
  }
}

/** What the hub received from this moment on is in no database yet; Infinity when everything is. */
export function unstoredSince(status: Pick<Status, 'database' | 'spool'> | null): Millis {
  if (!status) return Infinity
  const held = status.spool && status.spool.state !== 'empty' ? (status.spool.oldest ?? Infinity) : Infinity
  return Math.min(held, status.database.state === 'down' ? status.database.since : Infinity)
}
