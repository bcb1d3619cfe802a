// The hub's wire types under the names that the app uses: aliases onto schema.d.ts, which `npm run types` makes from the
// hub's OpenAPI document. What may be null there may also be absent; ask with `== null`.
import type { components } from './schema'

type Schemas = components['schemas']
/** What the document leaves open: closed sets of words that it describes as plain text, pairs, the theme's screen. */
type Named<T, Words> = Omit<T, keyof Words> & Words

/** Integer milliseconds since the epoch, UTC. */
export type Millis = number
export type Severity = 'critical' | 'urgent' | 'important' | 'general'
export type DeviceState = 'live' | 'stale' | 'offline' | 'never'
export type Quality =
  | 'out_of_range' | 'late' | 'future' | 'suspect' | 'estimated' | 'derived' | 'maintenance' | 'corrected'
type Direction = 'above' | 'below'
type Certainty = 'A' | 'B' | 'C'

export type Text = Schemas['LabelView']
export type Place = Schemas['PlaceView']
export type Problem = Schemas['Problem']
export type Status = Named<Schemas['StatusView'], { database: Named<Schemas['DatabaseView'], { state: 'up' | 'down' }>; spool?: Spool | null }>

export type Metric = Schemas['MetricView']
export type Kind = Schemas['KindView']
export type Rule = Named<Schemas['RuleView'], { severity: Severity; direction: Direction; certainty: Certainty }>
export type KpiDefinition = Named<Schemas['KpiDefinition'], { band?: [low: number, high: number] | null }>
export type Theme = Named<Schemas['ThemeView'], { rules: Rule[]; kpis: KpiDefinition[]; screen: { kpis?: string[] } | null }>

export type Kpi = Named<Schemas['KpiView'], { severity?: Severity | null }>
export type TrendPoint = NonNullable<Kpi['trend']>[number]
export type MetricValue = Named<Schemas['ValueView'], { quality: Quality[] }>
export type DeviceFull = Named<Schemas['DeviceFull'], {
  state: DeviceState; severity?: Severity | null; metrics: Record<string, MetricValue>
  reason?: Extract<Why, 'silent' | 'last_will' | 'gateway' | 'never_heard'> | null; deadline?: Deadline | null; gateway?: string | null
}>
export type Alarm = Named<Schemas['AlarmView'], { severity: Severity; direction?: Direction | null; certainty?: Certainty | null }>
export type AlarmPage = Named<Schemas['AlarmPageView'], { alarms: Alarm[] }>
export type Arrival = Schemas['ArrivalView']
export type Link = Named<Schemas['LinkView'], { state: 'up' | 'connecting' | 'down' }>

export type Snapshot = Named<Schemas['Snapshot'], { kpi: Kpi[]; alarm: Alarm[]; device: DeviceFull[]; link: Link[]; status: Status }>
export type Delta =
  | Named<Schemas['Delta'], { topic: 'device'; items: DeviceFull[] }>
  | Named<Schemas['Delta2'], { topic: 'kpi'; items: Kpi[] }>
  | Named<Schemas['Delta3'], { topic: 'alarm'; items: Alarm[] }>
  | Named<Schemas['Delta4'], { topic: 'link'; items: Link[] }>
export type Beat = Named<Schemas['Beat'], { status: Status }>

// ── TO BE REPLACED by aliases onto schema.d.ts once the hub's document has these routes: written by hand until then. ──

/** What waits in the fsynced spool while the database is away or behind. */
export interface Spool {
  state: 'empty' | 'spooling' | 'draining' | 'full' | 'failing'
  records: number; readings: number; bytes: number; bytes_max: number
  oldest: Millis | null
  /** Readings that the spool could not give back. */
  lost: number
  reason: string | null
}

export type Why = 'silent' | 'last_will' | 'gateway' | 'link' | 'never_heard' | 'database' | 'not_connected' | 'clock'
export type DeadlineFrom = 'kind' | 'habit' | 'default'
export interface Deadline { stale_after_s: number; offline_after_s: number; from: DeadlineFrom }

export type UnseenKind = 'device' | 'link' | 'database'
export interface Unseen {
  kind: UnseenKind; id: string; name: string | null; theme: string | null
  state: 'stale' | 'offline' | 'never' | 'down' | 'connecting'
  since: Millis; reason: Why; last_heard: Millis | null
  deadline_s: number | null; deadline_from: DeadlineFrom | null
  gateway: string | null; detail: string | null
}
export interface UnseenPage { unseen: Unseen[]; counts: Record<UnseenKind, number>; next: string | null }

/** What became of what came in: received = stored + duplicate + conflict + rejected (+ spooled + in flight). */
export interface Outcomes { received: number; stored: number; duplicate: number; conflict: number; rejected: Record<string, number> }
export interface AdapterBook extends Outcomes { link: string; name: string; spooled: number; in_flight: number; messages: number; difference: number }
export interface DeviceDay extends Outcomes { device: string | null; link: string }
export interface DeviceDayPage { day: string; devices: DeviceDay[]; next: string | null }

export type SetAside = Schemas['RejectedView'] & {
  raw_encoding: 'utf8' | 'base64'
  replayed: { at: Millis; stored: number; duplicate: number; rejected: number } | null
}
export interface SetAsidePage { rejected: SetAside[]; next?: number | null }
export type ReplayRequest = { ids: number[] } | { reason?: string; device?: string; link?: string; limit: number }
export interface ReplayOutcome { replayed: number; stored: number; duplicate: number; rejected: number; skipped: { id: number; why: string }[] }

export interface Backups {
  configured: boolean
  last: { at: Millis; took_s: number; bytes: number } | null
  last_check: { at: Millis; ok: boolean; took_s: number; rows: Record<string, number>; detail: string | null } | null
}
