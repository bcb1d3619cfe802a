// One value of an answer of JSON in words: nothing is a dash, a moment in milliseconds is a time where its name says so.
import { stamp } from '../format'
import { t } from '../i18n'
import { isScalar, type Cell } from './tabular'

/** The year 2001 in ms: what is called a time and is no smaller is one. */
const MOMENT = 1e12

export function sayCell(v: Cell | undefined, name = ''): string {
  if (v == null || v === '') return '–'
  if (!isScalar(v)) return v.length ? v.map((x) => sayCell(x)).join(', ') : '–'
  if (typeof v === 'boolean') return t(v ? 'orders.yes' : 'orders.no')
  if (typeof v === 'number' && v > MOMENT && /^(at|from|to)$|time$/.test(name)) return stamp(v)
  return typeof v === 'number' ? String(v).replace(/^-/, '−') : v
}
