// The words between the one owner of the live stream (a shared worker, or the page itself) and its windows,
// and the times both sides agree on. Types and numbers only.
import type { Beat, Delta, Snapshot } from '../api/types'

export const BEAT_MS = 5_000
/** No byte for two and a half beats: the stream counts as broken. */
export const SILENCE_MS = 2.5 * BEAT_MS
/** Two beats missed: the page calls itself frozen. Promised is 15 s; a slow machine with a busy map needs some of that. */
export const GREY_MS = 2.2 * BEAT_MS

export type ConnState = 'connecting' | 'open' | 'broken' | 'unauthorized'

export interface Conn {
  state: ConnState
  /** Browser time of the last byte; 0 before the first. */
  heardAt: number
  /** Browser time of the next attempt, while broken or unauthorized. */
  retryAt: number | null
  /** Stable code of what went wrong: silence, closed, http-503, network … */
  reason: string | null
}

export type FromStream =
  | { kind: 'snapshot'; data: Snapshot; arrived: number }
  | { kind: 'delta'; data: Delta; arrived: number }
  | { kind: 'beat'; data: Beat; arrived: number }
  | { kind: 'conn'; conn: Conn }

export type ToStream = { kind: 'hello'; key: string } | { kind: 'bye' } | { kind: 'retry' }
