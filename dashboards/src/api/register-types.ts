// The wire types of the register, of import and export, of the raw-message tap and of the maintenance board, written by
// hand from the contract. TO BECOME ALIASES onto schema.d.ts (as in types.ts) once the hub's OpenAPI document has these
// routes; nothing else in the app names their fields twice.
import type { DeviceFull, DeviceState, MetricValue, Millis, Place, Problem, Quality } from './types'

/** registered = entered or imported by somebody; accepted = heard and let in by policy; pending = heard, waits for a person. */
export type Registration = 'registered' | 'accepted' | 'pending' | 'retired'

/** What lists and the stream say of a device beside DeviceFull; a hub of before says none of it. */
export interface Registered { registration?: Registration; department?: string | null; vendor?: string | null }
export type RegisteredDevice = Omit<DeviceFull, 'metrics'> & Registered

export type Datum = 'cgcs2000' | 'wgs84' | 'gcj02' | 'bd09'

/** What people say of a device. Texts may be null: nobody said anything. */
export interface Entry {
  name: string | null
  kind: string | null
  department: string | null
  area: string | null
  groups: string[]
  /** Read always in CGCS2000; may be written in another datum, which the hub converts once. */
  place: { lng: number; lat: number; datum: Datum } | null
  gateway: string | null
  vendor: string | null
  model: string | null
  serial: string | null
  installed: string | null
  warranty_until: string | null
  contact: string | null
  tags: string[]
}

export type DeviceDetail = RegisteredDevice & { metrics: Record<string, MetricValue>; entry: Entry; version: number }
export interface DevicePage { devices: RegisteredDevice[]; next: string | null }
export interface EntryOrder { theme: string; version: number; entry: Entry }

export interface FieldError { field: string; read: string; expected: string }
export interface RegisterProblem extends Problem { errors?: FieldError[]; report?: ImportReport }

export interface Change { id: number; at: Millis; caller: string; action: 'created' | 'changed' | 'retired' | 'imported'; changed: { field: string; old: unknown; new: unknown }[] }
export interface ChangePage { changes: Change[]; next: number | null }

export interface RawMessage {
  at: Millis; link: string; source: string; raw: string; raw_encoding: 'utf8' | 'base64'; outcome: 'taken' | 'rejected'; reason: string | null
}
export interface MessageTap { since: Millis; messages: RawMessage[] }

export type FileFormat = 'csv' | 'geojson' | 'xlsx'
export interface ImportError { line: number; column: string; read: string; expected: string }
export interface ImportReport { dry_run: boolean; rows: number; created: number; changed: number; unchanged: number; errors: ImportError[] }

/** An area, group, department or maker that entries name. */
export interface Part { name: string; devices: number; live: number }
export interface Parts { areas: Part[]; groups: Part[]; departments: Part[]; vendors: Part[] }

/** Only rows with something that is not live, worst first. */
export interface SilentRow { key: string; name: string | null; total: number; live: number; stale: number; offline: number; never: number }
export interface Cause { dimension: 'gateway' | 'vendor' | 'area' | 'kind' | 'link'; key: string; name: string | null; silent: number; total: number; since: Millis }
export interface Battery { device: string; name: string | null; state: DeviceState; value: number; unit: string; at: Millis; per_day?: number | null; limit?: number | null; days_left?: number | null }
export interface Maintenance { by_gateway: SilentRow[]; by_vendor: SilentRow[]; by_area: SilentRow[]; by_kind: SilentRow[]; causes: Cause[]; batteries: Battery[] }

/** Query of a list of devices; what is empty is left out. */
export interface DeviceQuery {
  theme?: string; kind?: string; state?: DeviceState | ''; department?: string; area?: string; group?: string; gateway?: string; vendor?: string
  tag?: string; registration?: Registration | ''; q?: string
}

/** `[at, value, quality]`, and the spans across which no line may be drawn: GET /readings, already in the document. */
export interface Readings { series: unknown; points: [at: Millis, value: number, quality: Quality[]][]; gaps: [from: Millis, to: Millis][]; bucket_ms?: number | null; next?: number | null }

export type { Place }
