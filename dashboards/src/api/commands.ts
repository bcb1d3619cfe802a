// Speaks with the routes of commands to devices: what a device can be asked, asking, agreeing, calling off, and how it went.
// Like client.ts it keeps nothing and retries nothing: a command that was asked for twice would be done twice.
import { ask, get, search } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
type Named<T, Words> = Omit<T, keyof Words> & Words

export type CommandState = Schemas['CommandState']
export type Param = Named<Schemas['ParamView'], { form: 'text' | 'whole' | 'time'; range?: [low: number, high: number] | null }>
export type CommandKind = Named<Schemas['CommandKindView'], { params: Param[] }>
/** What a device can be asked, and by which link; `free`: anything else too. */
export type CommandKinds = Named<Schemas['CommandKinds'], { kinds: CommandKind[] }>
export type Command = Named<Schemas['CommandView'], { state: CommandState }>
export type CommandPage = Named<Schemas['CommandPage'], { commands: Command[] }>
export type Step = Schemas['CommandDetail']['journal'][number]
export type CommandDetail = Command & { journal: Step[] }
export type CommandOrder = Schemas['CommandBody']

const ofDevice = (device: string) => `/api/v1/devices/${encodeURIComponent(device)}/commands`
const post = (path: string, body: unknown, key: string) => ask<CommandDetail>(path, key, { method: 'POST', body: JSON.stringify(body) })

export const fetchCommandKinds = (device: string, key: string, signal?: AbortSignal) => get<CommandKinds>(ofDevice(device), key, signal)

export const askDevice = (device: string, order: CommandOrder, key: string) => post(ofDevice(device), order, key)

/** Newest first. */
export const fetchCommands = (query: { device?: string; state?: CommandState; limit?: number; before?: number | null }, key: string, signal?: AbortSignal) =>
  get<CommandPage>(`/api/v1/commands${search(query)}`, key, signal)

export const fetchCommand = (id: number, key: string, signal?: AbortSignal) => get<CommandDetail>(`/api/v1/commands/${id}`, key, signal)

export const approveCommand = (id: number, person: string, key: string) => post(`/api/v1/commands/${id}/approve`, { person }, key)
export const cancelCommand = (id: number, person: string, key: string) => post(`/api/v1/commands/${id}/cancel`, { person }, key)
