// What shape an answer of JSON has, so that people get a table where one can be made of it, and a tree otherwise. Pure.

export type Scalar = string | number | boolean | null
export type Cell = Scalar | Scalar[]
export interface Table { columns: string[]; rows: Record<string, Cell>[] }
export type Shape = { kind: 'rows'; table: Table } | { kind: 'one'; value: Scalar } | { kind: 'tree' } | { kind: 'none' }

/** These come first, in this order, whatever order they came in. */
const FIRST = ['id', 'name', 'metric', 'value', 'unit']
const MOST_COLUMNS = 12
/** Rows that have less in common are no table but holes. */
const FILLED = 0.4

export const isScalar = (v: unknown): v is Scalar => v === null || ['string', 'number', 'boolean'].includes(typeof v)
export const isLine = (v: unknown): v is Scalar[] => Array.isArray(v) && v.every(isScalar)
const isRow = (v: unknown): v is Record<string, Cell> => typeof v === 'object' && v !== null && !Array.isArray(v) && Object.values(v).every((x) => isScalar(x) || isLine(x))

export function tableOf(v: unknown): Table | null {
  if (!Array.isArray(v) || !v.length || !v.every(isRow)) return null
  const named = new Set(v.flatMap((r) => Object.keys(r)))
  const columns = [...FIRST.filter((c) => named.delete(c)), ...named]
  const filled = v.reduce((n, r) => n + Object.keys(r).length, 0)
  return columns.length && columns.length <= MOST_COLUMNS && filled >= FILLED * columns.length * v.length ? { columns, rows: v } : null
}

export function shapeOf(v: unknown): Shape {
  if (v == null || (typeof v === 'object' && !Object.keys(v).length)) return { kind: 'none' }
  if (isScalar(v)) return { kind: 'one', value: v }
  const table = tableOf(v)
  return table ? { kind: 'rows', table } : { kind: 'tree' }
}
