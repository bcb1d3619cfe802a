// Speaks with the routes that try frames of field protocols by hand: bytes to words and back. The hub keeps none of it.
import { ask } from './client'
import type { components } from './schema'

type Schemas = components['schemas']

/** The field protocols of the hub, as their addresses and links name them. */
export const PROTOCOLS = ['sl651', 'gb26875', 'hj212'] as const
export type Protocol = (typeof PROTOCOLS)[number]

interface Said { at: number | string; device: string }
export interface FrameReading extends Said { metric: string; value: number; unit?: string; quality?: string[] }
export interface FrameEvent extends Said { kind: string; severity?: string | null; key?: string; detail?: unknown }
/** What the document leaves open: one frame as the hub read it, or why it is none. */
export interface GoodFrame {
  ok: true
  offset?: number
  title?: { zh: string; en: string }
  frame: unknown
  readings?: FrameReading[]
  events?: FrameEvent[]
  rejected?: { reason: string; detail?: string }[]
}
export interface BadFrame { ok: false; error: string; detail?: string; offset?: number }
export type Frame = GoodFrame | BadFrame

export const decodeFrames = (what: Schemas['DecodeBody'], key: string): Promise<Frame[]> =>
  ask<{ frames: Frame[] }>('/api/v1/decode', key, { method: 'POST', body: JSON.stringify(what) }).then((reply) => reply.frames)

export const encodeFrame = (what: Schemas['EncodeBody'], key: string) =>
  ask<Schemas['EncodeView']>('/api/v1/encode', key, { method: 'POST', body: JSON.stringify(what) })
