// Speaks with the register's routes: lists, entries, history, the raw-message tap, import, export, maintenance. Like
// client.ts it keeps nothing and retries nothing; whoever asks shows the refusal in its own place.
import { ask, get, reach, search } from './client'
import type {
  ChangePage, DeviceDetail, DevicePage, DeviceQuery, EntryOrder, FileFormat, ImportReport, Maintenance, MessageTap, Parts, Readings,
} from './register-types'
import type { DeviceDay } from './types'

export const PURPOSES = ['repair', 'emergency', 'handle_case', 'call_back'] as const
export type Purpose = (typeof PURPOSES)[number]

const at = (device: string) => `/api/v1/devices/${encodeURIComponent(device)}`

export const fetchDevices = (query: DeviceQuery & { limit?: number; after?: string | null }, key: string, signal?: AbortSignal) =>
  get<DevicePage>(`/api/v1/devices${search({ ...query })}`, key, signal)

export const fetchDevice = (device: string, key: string, signal?: AbortSignal) => get<DeviceDetail>(at(device), key, signal)

export const putDevice = (device: string, order: EntryOrder, key: string) => ask<DeviceDetail>(at(device), key, { method: 'PUT', body: JSON.stringify(order) })

export const retireDevice = (device: string, key: string) => ask<null>(at(device), key, { method: 'DELETE' })

/** Whom to call, in clear: for a purpose and with a reason, which the audit keeps. */
export const revealContact = (device: string, why: { purpose: Purpose; reason: string }, key: string) =>
  ask<{ contact: string | null }>(`${at(device)}/contact`, key, { method: 'POST', body: JSON.stringify(why) }).then((reply) => reply.contact)

export const fetchHistory = (device: string, query: { limit?: number; before?: number | null }, key: string, signal?: AbortSignal) =>
  get<ChangePage>(`${at(device)}/history${search(query)}`, key, signal)

export const fetchMessages = (device: string, key: string, signal?: AbortSignal) => get<MessageTap>(`${at(device)}/messages`, key, signal)

export const fetchReadings = (query: { device: string; metric: string; from: number; to: number; max_points: number }, key: string, signal?: AbortSignal) =>
  get<Readings>(`/api/v1/readings${search(query)}`, key, signal)

export const fetchParts = (key: string, signal?: AbortSignal) => get<Parts>('/api/v1/parts', key, signal)
export const fetchMaintenance = (key: string, signal?: AbortSignal) => get<Maintenance>('/api/v1/maintenance', key, signal)

export const FILE_TYPES: Record<FileFormat, string> = {
  csv: 'text/csv', geojson: 'application/geo+json', xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
}

/** Bytes, not a File: what was checked is what is imported, even when the file on the disk changes meanwhile. */
export const importDevices = (bytes: ArrayBuffer, how: { format: FileFormat; dry_run: boolean; theme?: string }, key: string, signal?: AbortSignal) =>
  ask<ImportReport>(`/api/v1/import/devices${search({ ...how, dry_run: String(how.dry_run) })}`, key, { method: 'POST', body: bytes, signal: signal ?? null, headers: { 'content-type': FILE_TYPES[how.format] } })

export const exportDevices = (query: DeviceQuery & { format: FileFormat }, key: string) =>
  reach(`/api/v1/export/devices${search({ ...query })}`, key, {}).then((reply) => reply.blob())

export type ReadingsFormat = 'csv' | 'ndjson' | 'xlsx'
/** Readings as a file; from and to in ms. Too large, nothing found, broken off: an error, never half a file. */
export const exportReadings = (query: { format: ReadingsFormat; from: number; to: number } & Partial<Record<'theme' | 'kind' | 'department' | 'area' | 'group', string>>, key: string) =>
  reach(`/api/v1/export/readings${search({ ...query })}`, key, {}).then((reply) => reply.blob())

/** The lines of one device in a day's ledger, one for each link that it came by. */
export const fetchDeviceDay = (device: string, day: string, key: string, signal?: AbortSignal): Promise<DeviceDay[]> =>
  get<{ devices: DeviceDay[] }>(`/api/v1/ledger/devices${search({ day, device })}`, key, signal).then((reply) => reply.devices)
