// Every type of the hub's HTTP and SSE contract, written by hand until they are generated from the OpenAPI document
// (npm run types). Nothing else in the app declares a wire shape, so the switch touches this file alone.

/** Integer milliseconds since the epoch, UTC. */
export type Millis = number
export type Severity = 'critical' | 'urgent' | 'important' | 'general'
export type DeviceState = 'live' | 'stale' | 'offline' | 'never'
export type Quality =
  | 'out_of_range' | 'late' | 'future' | 'suspect' | 'estimated' | 'derived' | 'maintenance' | 'corrected'
export type Topic = 'device' | 'kpi' | 'alarm' | 'link'

/** Text from theme data, in both languages. */
export interface Text { zh: string; en: string }

export interface Problem {
  type: string
  title: string
  status: number
  detail?: string
  code: string
  params?: Record<string, unknown>
}

export interface Status {
  product: string
  version: string
  demo: boolean
  district: { code: string; name: Text }
  now: Millis
  started: Millis
  epoch: string
  database: { state: 'up' | 'down'; since: Millis; reason: string | null }
  clock: { synchronized: boolean | null; source: string | null }
  devices: Record<DeviceState, number>
}

export interface Metric {
  id: string
  name: Text
  unit: string
  precision: number
  min: number | null
  max: number | null
  /** A state metric: small integer → word. Empty for a measured value. */
  states: Record<string, Text>
}

export interface Kind {
  id: string
  name: Text
  expected_interval_s: number
  stale_after_s: number
  offline_after_s: number
  metrics: Metric[]
}

export interface Rule {
  id: string
  version: number
  name: Text
  kind: string
  metric: string
  severity: Severity
  direction: 'above' | 'below'
  raise: number
  clear: number
  source: string
  certainty: 'A' | 'B' | 'C'
}

export interface KpiDefinition {
  id: string
  name: Text
  unit: string
  precision: number
  band: [number, number] | null
  band_source: string | null
}

export interface Theme {
  id: string
  name: Text
  version: string
  error: string | null
  kinds: Kind[]
  rules: Rule[]
  kpis: KpiDefinition[]
  screen: { kpis?: string[] } | null
}

export type TrendPoint = [at: Millis, value: number | null]

export interface Kpi {
  theme: string
  kpi: string
  at: Millis
  value: number | null
  severity: Severity | null
  devices: number
  stale: number
  device: string | null
  /** null in a delta: no new point since the last one. */
  trend: TrendPoint[] | null
}

export interface Place { lng: number; lat: number; datum: string }

export interface MetricValue {
  value: number
  unit: string
  at: Millis
  received: Millis
  quality: Quality[]
  age_s?: number
}

export interface Device {
  device: string
  theme: string
  kind: string | null
  kind_assumed: boolean
  name: string | null
  state: DeviceState
  state_since: Millis
  last_heard: Millis | null
  place: Place | null
  severity: Severity | null
  link: string | null
}

export interface DeviceFull extends Device { metrics: Record<string, MetricValue> }

export interface Alarm {
  id: string
  rule: string
  rule_version: number
  /** null, like what else comes from the rule, once the rule is no longer there. */
  rule_name: Text | null
  theme: string
  device: string
  device_name: string | null
  place: Place | null
  metric: string
  metric_name: Text | null
  unit: string
  severity: Severity
  direction: 'above' | 'below' | null
  limit: number
  clear: number
  value: number
  raised_at: Millis
  raised_received: Millis
  cleared_at: Millis | null
  cleared_value: number | null
  source: string | null
  certainty: 'A' | 'B' | 'C' | null
}

export interface Arrival {
  device: string
  device_name: string | null
  metric: string
  value: number
  unit: string
  at: Millis
  received: Millis
}

export interface Link {
  id: string
  kind: string
  name: string
  state: 'up' | 'connecting' | 'down'
  since: Millis
  reason: { code: string; text: string } | null
  rate_per_s: number
  messages: number
  rejected: number
  lag_p95_ms: number | null
  devices: { live: number; total: number }
  last: Arrival | null
}

export interface Snapshot {
  epoch: string
  seq: number
  t: Millis
  kpi: Kpi[]
  alarm: Alarm[]
  device: DeviceFull[]
  link: Link[]
  status: Status
}

export type Delta = { seq: number; prev: number; t: Millis } & (
  | { topic: 'device'; items: DeviceFull[] }
  | { topic: 'kpi'; items: Kpi[] }
  | { topic: 'alarm'; items: Alarm[] }
  | { topic: 'link'; items: Link[] }
)

export interface Beat { seq: number; t: Millis; status: Status }
