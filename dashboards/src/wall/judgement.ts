// The one sentence above everything: what the active alarms, and what cannot be seen, amount to. Pure, and
// deliberately plain: it counts and names, it does not weigh.
import type { Alarm, Link, Severity } from '../api/types'
import { SEVERITIES } from '../format/severity'
import { mostUnseen, type Counts } from '../live/counts'
import type { StorageState } from '../live/storage'

export type Verdict = 'calm' | 'controlled' | 'watch' | 'act' | 'blind'

export interface Judgement {
  verdict: Verdict
  counts: { severity: Severity; n: number }[]
  unseen: number
  /** Links that are not up. */
  cut: number
}

export function judge(alarms: Iterable<Alarm>, d: Counts, frozen: boolean, storage: StorageState = 'ok', links: readonly Link[] = []): Judgement {
  const by: Record<Severity, number> = { critical: 0, urgent: 0, important: 0, general: 0 }
  for (const a of alarms) by[a.severity]++
  const counts = SEVERITIES.filter((s) => by[s] > 0).map((severity) => ({ severity, n: by[severity] }))
  const unseen = d.stale + d.offline + d.never
  // Rules run with the storing of a reading: what is not stored has raised no alarm yet, and the quiet proves nothing.
  const blind = frozen || storage !== 'ok' || mostUnseen(d, links)
  const refused = storage === 'full' || storage === 'failing'
  const verdict: Verdict = by.critical || refused ? 'act' : blind ? 'blind' : by.urgent ? 'watch' : counts.length ? 'controlled' : 'calm'
  return { verdict: frozen ? 'blind' : verdict, counts, unseen, cut: links.filter((l) => l.state !== 'up').length }
}
