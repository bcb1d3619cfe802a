// The wire types of the register, of import and export, of the raw-message tap and of the maintenance board under the names
// that the desk uses: aliases onto schema.d.ts as in types.ts. By hand stands only what the document leaves open: closed sets
// of words, and what a form holds.
import type { components, operations } from './schema'
import type { DeviceFull, DeviceState, MetricValue, Place, Quality } from './types'

type Schemas = components['schemas']
type Named<T, Words> = Omit<T, keyof Words> & Words

/** registered = entered or imported by somebody; accepted = heard and let in by policy; pending = heard, waits for a person. */
export type Registration = 'registered' | 'accepted' | 'pending' | 'retired'

/** What lists and the stream say of a device beside its state; a hub of before says none of it. */
export type Registered = Partial<Named<Pick<Schemas['DeviceView'], 'department' | 'vendor' | 'registration'>, { registration: Registration }>>
export type RegisteredDevice = Omit<DeviceFull, 'metrics'> & Registered

export type Datum = 'cgcs2000' | 'wgs84' | 'gcj02' | 'bd09'

/** What people say of a device. Read always in CGCS2000; may be written in another datum, which the hub converts once. */
export type Entry = Named<Schemas['EntryBody'], { place: Named<Schemas['PlaceBody'], { datum: Datum }> | null }>

export type DeviceDetail = RegisteredDevice & Named<Pick<Schemas['DeviceDetail'], 'metrics' | 'entry' | 'version'>, { metrics: Record<string, MetricValue>; entry: Entry }>
export type DevicePage = Named<Schemas['DevicePage'], { devices: RegisteredDevice[] }>
export type EntryOrder = Named<Schemas['EntryPut'], { entry: Entry }>

export type FieldError = Schemas['FieldError']
export type RegisterProblem = Schemas['Problem']

export type Change = Named<Schemas['ChangeView'], { action: 'created' | 'changed' | 'retired' | 'imported' }>
export type ChangePage = Named<Schemas['ChangePage'], { changes: Change[] }>

export type RawMessage = Named<Schemas['MessageView'], { raw_encoding: 'utf8' | 'base64'; outcome: 'taken' | 'rejected' }>
export type MessageTap = Named<Schemas['MessageList'], { messages: RawMessage[] }>

export type FileFormat = 'csv' | 'geojson' | 'xlsx'
export type ImportError = Schemas['TableError']
export type ImportReport = Schemas['ImportReport']

/** An area, group, department or maker that entries name. */
export type Part = Schemas['PartView']
export type Parts = Schemas['PartList']

/** Only rows with something that is not live, worst first. */
export type SilentRow = Schemas['ShareView']
export type Cause = Named<Schemas['CauseView'], { dimension: 'gateway' | 'vendor' | 'area' | 'kind' | 'link' }>
export type Battery = Named<Schemas['BatteryView'], { state: DeviceState }>
export type Maintenance = Named<Schemas['MaintenanceView'], { causes: Cause[]; batteries: Battery[] }>

/** Query of a list of devices; what is empty is left out. */
type Asked = { [K in keyof Omit<NonNullable<operations['get_devices']['parameters']['query']>, 'after' | 'limit' | 'format' | 'state' | 'registration'>]?: string }
export type DeviceQuery = Asked & { state?: DeviceState | ''; registration?: Registration | '' }

/** `[at, value, quality]`, and the spans across which no line may be drawn; of which series is known to whoever asked. */
export type Readings = Named<Omit<Schemas['ReadingPage'], 'series'>, { points: [at: number, value: number, quality: Quality[]][]; gaps: [from: number, to: number][] }>

export type { Place }
