// The hub's wire types under the names that the app uses: aliases onto schema.d.ts, which `npm run types` makes from the
// hub's OpenAPI document. What may be null there may also be absent; ask with `== null`.
import type { Registered, Registration } from './register-types'
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
export type Direction = 'above' | 'below'
export type Certainty = 'A' | 'B' | 'C'
type Aggregate = 'max' | 'min' | 'avg' | 'sum'

export type Text = Schemas['LabelView']
export type Place = Schemas['PlaceView']
export type Problem = Schemas['Problem']
/** What waits in the fsynced spool while the database is away or behind; a hub of before had none. */
export type Spool = Named<Schemas['SpoolView'], { state: 'empty' | 'spooling' | 'draining' | 'full' | 'failing' }>
export type Status = Named<Schemas['StatusView'], { database: Named<Schemas['DatabaseView'], { state: 'up' | 'down' }>; spool?: Spool | null }>

export type Metric = Schemas['MetricView']
export type Kind = Schemas['KindView']
/** What a name in an expression stands for: a metric of the device itself, or of another one, now or over a window. */
export interface RuleInput { metric: string; device?: string; over_s: number; how: Aggregate }
/** The number that a rule looks at, as hub/core's `Signal` writes it. */
export type Signal =
  | { what: 'value'; metric: string }
  | { what: 'change'; metric: string; over_s: number }
  | { what: 'stuck'; metric: string; tolerance: number }
  | { what: 'spike'; metric: string; of: number }
  | { what: 'silence' }
  | { what: 'state'; metric: string; states: number[] }
  | { what: 'bits'; metric: string; mask: number }
  | { what: 'against'; metric: string; others: 'all' | 'gateway' | 'area'; over_s: number }
  | { what: 'expression'; cel: string; inputs: Record<string, RuleInput> }
/** Hours of the day in China Standard Time, over midnight where `to` lies before `from`; days on which the span begins, 1 = Monday. */
export interface RuleHours { from: string; to: string; days?: number[] }
export type Step = Named<Schemas['RuleView']['steps'][number], { severity: Severity; hours?: RuleHours | null }>
export type Rule = Named<Schemas['RuleView'], { signal: Signal; direction: Direction; steps: Step[]; certainty: Certainty }>
export type KpiDefinition = Named<Schemas['KpiDefinition'], { band?: [low: number, high: number] | null }>
/** What a theme's files say about screens: key figures in order, the panels of its page, texts by language. */
export interface Screen { kpis?: string[]; page?: string[]; texts?: Partial<Record<'zh-CN' | 'en', Record<string, string>>> }
export type Theme = Named<Schemas['ThemeView'], { rules: Rule[]; kpis: KpiDefinition[]; screen: Screen | null }>

export type Hours = Schemas['HoursView']
export type Kpi = Named<Schemas['KpiView'], { severity?: Severity | null }>
export type TrendPoint = NonNullable<Kpi['trend']>[number]
export type MetricValue = Named<Schemas['ValueView'], { quality: Quality[] }>
export type DeviceFull = Named<Schemas['DeviceFull'], { state: DeviceState; registration?: Registration; severity?: Severity | null; metrics: Record<string, MetricValue> }> & Registered
export type Alarm = Named<Schemas['AlarmView'], { severity: Severity; worst: Severity; signal?: Signal['what'] | null; direction?: Direction | null; certainty?: Certainty | null }>
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

export type UnseenKind = 'device' | 'link' | 'database'
export type Unseen = Named<Schemas['UnseenView'], { kind: UnseenKind; state: 'stale' | 'offline' | 'never' | 'down' | 'connecting' }>
export type UnseenPage = Named<Schemas['UnseenPage'], { unseen: Unseen[] }>

/** What became of what came in, in items. */
export type Outcomes = Pick<Schemas['DeviceLedger'], 'received' | 'stored' | 'duplicate' | 'conflict' | 'rejected'>
export type AdapterBook = Schemas['AdapterLedger']
export type DeviceDay = Schemas['DeviceLedger']
export type DeviceDayPage = Schemas['LedgerDevicePage']
export type Photo = Schemas['PhotoView']
export type PhotoList = Schemas['PhotoList']

export type SetAside = Named<Schemas['RejectedView'], { raw_encoding: 'utf8' | 'base64' }>
export type SetAsidePage = Named<Schemas['RejectedPage'], { rejected: SetAside[] }>
export type ReplayRequest = Schemas['ReplayOrder']
export type ReplayOutcome = Schemas['ReplayView']
export type Backups = Schemas['BackupsView']
