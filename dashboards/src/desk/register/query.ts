// The filters of the register as they stand in the address, and as they are asked of the hub. Pure.
import type { DeviceQuery } from '../../api/register-types'

export const FIELDS = ['theme', 'kind', 'department', 'area', 'group', 'gateway', 'vendor', 'tag', 'state', 'registration', 'q'] as const
export type Field = (typeof FIELDS)[number]
export type Filter = Record<Field, string>

export const NO_FILTER: Filter = Object.freeze(Object.fromEntries(FIELDS.map((f) => [f, ''])) as Filter)

export const fromAddress = (query: Readonly<Record<string, string>>): Filter => Object.fromEntries(FIELDS.map((f) => [f, query[f] ?? ''])) as Filter

export const isFiltered = (f: Filter): boolean => FIELDS.some((k) => f[k].trim() !== '')

/** Only what is given, without blanks around it. */
export const toQuery = (f: Filter): DeviceQuery =>
  Object.fromEntries(FIELDS.flatMap((k) => (f[k].trim() ? [[k, f[k].trim()]] : []))) as DeviceQuery

/** A kind belongs to a theme: another theme leaves no kind chosen. */
export const withTheme = (f: Filter, theme: string): Filter => ({ ...f, theme, kind: '' })

/** The address of a kind: themes may use the same word for different things. */
export const kindKey = (theme: string, kind: string): string => `${theme}/${kind}`
export function withKind(f: Filter, key: string): Filter {
  const [theme, kind] = key.split('/')
  return key ? { ...f, theme: theme!, kind: kind! } : { ...f, kind: '' }
}
