// What people typed into a command's form, as the hub takes it, or what is wrong with it, field by field. The hub judges the
// same again. Times are the district's. Pure.
import type { Param } from '../../api/commands'

export type Typed = Record<string, string>
export type Wrong = 'missing' | 'whole' | 'range' | 'time' | 'long' | 'name' | 'json'
export interface Read { params: Record<string, unknown>; wrong: Record<string, Wrong> }

const TEXT_BYTES = 1_000
const bytes = (text: string) => new TextEncoder().encode(text).length

export function readParams(params: readonly Param[], typed: Typed): Read {
  const out: Read = { params: {}, wrong: {} }
  for (const p of params) {
    const text = (typed[p.name] ?? '').trim()
    if (!text) {
      if (p.required) out.wrong[p.name] = 'missing'
      continue
    }
    const read = one(p, text)
    if (typeof read === 'object') out.wrong[p.name] = read.wrong
    else out.params[p.name] = read
  }
  return out
}

function one(p: Param, text: string): string | number | { wrong: Wrong } {
  if (p.form === 'time') return districtTime(text) ?? { wrong: 'time' }
  if (p.form === 'text') return bytes(text) > TEXT_BYTES ? { wrong: 'long' } : text
  const n = Number(text)
  if (!/^[-+]?\d+$/.test(text) || !Number.isSafeInteger(n)) return { wrong: 'whole' }
  return p.range && (n < p.range[0] || n > p.range[1]) ? { wrong: 'range' } : n
}

/** Of a field for date and time, as RFC 3339 in the district's zone. */
export function districtTime(text: string): string | null {
  const found = /^(\d{4}-\d\d-\d\dT\d\d:\d\d)(:\d\d)?(\.\d+)?$/.exec(text)
  const said = found && `${found[1]}${found[2] ?? ':00'}+08:00`
  return said && !Number.isNaN(Date.parse(said)) ? said : null
}

/** Of a link that takes anything: a name, and parameters as JSON. */
export function readFree(name: string, json: string): Read & { name: string } {
  const wrong: Record<string, Wrong> = /^[a-z0-9_]{1,64}$/.test(name.trim()) ? {} : { name: 'name' }
  let params: unknown = {}
  try {
    params = json.trim() ? JSON.parse(json) : {}
  } catch {
    params = null
  }
  if (params === null || typeof params !== 'object' || Array.isArray(params)) wrong.json = 'json'
  return { name: name.trim(), params: wrong.json ? {} : (params as Record<string, unknown>), wrong }
}
