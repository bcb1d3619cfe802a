// Speaks with the routes of receivers: whom the hub tells outside, and what became of it. Like client.ts it keeps nothing and retries
// nothing.
import { ask, get, search } from './client'
import type { components } from './schema'

type Schemas = components['schemas']
export type Channel = Schemas['ChannelWord']
export type EventWord = Schemas['HappeningWord']
export type Receiver = Schemas['ReceiverView']
export type Receivers = Schemas['ReceiverList']
export type Delivery = Omit<Schemas['DeliveryView'], 'state' | 'data'> & { state: 'waiting' | 'delivered' | 'given_up'; data: Record<string, unknown> | null }
export interface DeliveryPage { deliveries: Delivery[]; next?: number | null }
/** What is sent to make or change one; what is left out of a change stays. */
export interface ReceiverOrder {
  name: string
  channel: Channel
  url?: string
  sign?: string
  to?: string
  broker?: string
  lang: 'zh' | 'en'
  events: EventWord[]
  themes: string[]
  enabled: boolean
  new_secret?: boolean
}

export const CHANNELS: readonly Channel[] = ['webhook', 'email', 'wecom', 'dingtalk', 'mqtt']
export const EVENTS: readonly EventWord[] = ['alarm.raised', 'alarm.cleared', 'event', 'device.offline', 'device.online']

const BASE = '/api/v1/receivers'
const send = <T>(method: string, path: string, body: unknown, key: string) => ask<T>(path, key, { method, body: JSON.stringify(body) })

export const fetchReceivers = (key: string, signal?: AbortSignal) => get<Receivers>(BASE, key, signal)
export const createReceiver = (order: ReceiverOrder, key: string) => send<Receiver & { secret?: string | null }>('POST', BASE, order, key)
export const putReceiver = (id: number, order: ReceiverOrder, key: string) => send<Receiver & { secret?: string | null }>('PUT', `${BASE}/${id}`, order, key)
export const deleteReceiver = (id: number, key: string) => ask<null>(`${BASE}/${id}`, key, { method: 'DELETE' })
export const testReceiver = (id: number, key: string) => ask<{ delivery: number }>(`${BASE}/${id}/test`, key, { method: 'POST' })
export const fetchDeliveries = (id: number, query: { state?: string; before?: number | null; limit?: number }, key: string, signal?: AbortSignal) =>
  get<DeliveryPage>(`${BASE}/${id}/deliveries${search(query)}`, key, signal)
/** Without ids: all that were given up. */
export const replayDeliveries = (id: number, ids: number[] | null, key: string) => send<{ deliveries: number }>('POST', `${BASE}/${id}/replay`, ids ? { ids } : {}, key)
