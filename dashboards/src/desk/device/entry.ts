// The form of an entry and the entry of a form: which fields there are, what an empty one means, which of them somebody
// else changed meanwhile and how the two are brought together. Pure.
import type { Datum, Entry } from '../../api/register-types'

export const TEXTS = ['name', 'department', 'area', 'gateway', 'vendor', 'model', 'serial', 'contact'] as const
export const DATES = ['installed', 'warranty_until'] as const
export const LISTS = ['groups', 'tags'] as const
export const DATUMS: readonly Datum[] = ['cgcs2000', 'wgs84', 'gcj02', 'bd09']

/** As typed: everything is text; a list has its parts between semicolons. */
export type Form = Record<(typeof TEXTS)[number] | (typeof DATES)[number] | (typeof LISTS)[number] | 'kind' | 'lng' | 'lat', string> & { datum: Datum }
export type FormField = keyof Form
export const FORM_FIELDS: readonly FormField[] = ['name', 'kind', 'department', 'area', 'groups', 'lng', 'lat', 'datum', 'gateway', 'vendor', 'model', 'serial', 'installed', 'warranty_until', 'contact', 'tags']

export const NO_ENTRY: Entry = {
  name: null, kind: null, department: null, area: null, groups: [], place: null, gateway: null, vendor: null, model: null, serial: null,
  installed: null, warranty_until: null, contact: null, tags: [],
}

export function toForm(e: Entry): Form {
  const text = (v: string | null) => v ?? ''
  return {
    ...(Object.fromEntries([...TEXTS, ...DATES, 'kind' as const].map((f) => [f, text(e[f])])) as Omit<Form, 'groups' | 'tags' | 'lng' | 'lat' | 'datum'>),
    groups: e.groups.join('; '), tags: e.tags.join('; '), lng: e.place ? String(e.place.lng) : '', lat: e.place ? String(e.place.lat) : '', datum: e.place?.datum ?? 'cgcs2000',
  }
}

export interface Wrong { field: FormField; code: 'number' | 'both' | 'lng' | 'lat' }

/** What cannot even be sent; the rest is the hub's to judge. */
export function wrongOf(f: Form): Wrong[] {
  const wrong: Wrong[] = []
  const given = (['lng', 'lat'] as const).filter((k) => f[k].trim() !== '')
  if (given.length === 1) wrong.push({ field: given[0] === 'lng' ? 'lat' : 'lng', code: 'both' })
  for (const k of given) {
    const n = Number(f[k])
    if (!Number.isFinite(n)) wrong.push({ field: k, code: 'number' })
    else if (Math.abs(n) > (k === 'lng' ? 180 : 90)) wrong.push({ field: k, code: k })
  }
  return wrong
}

export function toEntry(f: Form): Entry {
  const text = (s: string) => s.trim() || null
  const list = (s: string) => [...new Set(s.split(/[;；]/).map((x) => x.trim()).filter(Boolean))]
  const place = f.lng.trim() && f.lat.trim() ? { lng: Number(f.lng), lat: Number(f.lat), datum: f.datum } : null
  return {
    ...(Object.fromEntries([...TEXTS, ...DATES, 'kind' as const].map((k) => [k, text(f[k])])) as Omit<Entry, 'groups' | 'tags' | 'place'>),
    groups: list(f.groups), tags: list(f.tags), place,
  }
}

/** In which fields two forms differ, as they would be sent: blanks are no difference. */
export function differing(a: Form, b: Form): FormField[] {
  const [x, y] = [toForm(toEntry(a)), toForm(toEntry(b))]
  // Half a place is no place, but it was typed.
  return FORM_FIELDS.filter((f) => (f === 'lng' || f === 'lat' ? a[f].trim() !== b[f].trim() : f === 'datum' ? a[f] !== b[f] && (a.lng + b.lng).trim() !== '' : x[f] !== y[f]))
}

export interface Rebased { form: Form; /** Changed by both: mine stands in the form, theirs is told. */ both: FormField[]; /** Changed by them alone: taken over. */ theirs: FormField[] }

/** Somebody else saved first: what I did not touch becomes theirs, what I changed stays mine. */
export function rebase(base: Form, mine: Form, theirs: Form): Rebased {
  const my = differing(base, mine)
  const their = differing(base, theirs)
  // A place is one thing of three fields.
  const place: FormField[] = ['lng', 'lat', 'datum']
  const touched = new Set(my.some((f) => place.includes(f)) ? [...my, ...place] : my)
  const form = { ...theirs, ...Object.fromEntries([...touched].map((f) => [f, mine[f]])) } as Form
  const same = new Set(differing(mine, theirs))
  return { form, both: their.filter((f) => touched.has(f) && same.has(f)), theirs: their.filter((f) => !touched.has(f)) }
}

/** The form's field for the name that the hub uses: `place.lng`, `entry.groups[1]`, `place`. */
export function fieldOf(name: string): FormField | null {
  const bare = name.replace(/^entry\./, '').replace(/\[.*$/, '').replace(/^place\./, '')
  if (bare === 'place') return 'lng'
  return FORM_FIELDS.find((f) => f === bare) ?? null
}
