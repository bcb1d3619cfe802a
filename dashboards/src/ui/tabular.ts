// What shape an answer of JSON has, so that people get a table where one can be made: rows of scalars, facts of scalars, or
// just one scalar; all else stays JSON. Pure.

export type Scalar = string | number | boolean | null
export type Shape =
  | { kind: 'rows'; columns: string[]; rows: Record<string, Scalar>[] }
  | { kind: 'facts'; facts: [name: string, value: Scalar][] }
  | { kind: 'one'; value: Scalar }
  | { kind: 'none' }
  | { kind: 'raw' }

/** These come first, in this order, whatever order they came in. */
const FIRST = ['id', 'name', 'metric', 'value', 'unit']
const MOST_COLUMNS = 12

export const isScalar = (v: unknown): v is Scalar => v === null || ['string', 'number', 'boolean'].includes(typeof v)
export const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isRow = (v: unknown): v is Record<string, Scalar> => isObject(v) && Object.values(v).every(isScalar)

export function shapeOf(v: unknown): Shape {
  if (v == null) return { kind: 'none' }
  if (isScalar(v)) return { kind: 'one', value: v }
  if (isRow(v)) return Object.keys(v).length ? { kind: 'facts', facts: Object.entries(v) } : { kind: 'none' }
  if (!Array.isArray(v)) return { kind: 'raw' }
  if (!v.length) return { kind: 'none' }
  const columns = v.every(isRow) ? columnsOf(v) : []
  return columns.length && columns.length <= MOST_COLUMNS ? { kind: 'rows', columns, rows: v as Record<string, Scalar>[] } : { kind: 'raw' }
}

function columnsOf(rows: Record<string, Scalar>[]): string[] {
  const named = new Set(rows.flatMap((r) => Object.keys(r)))
  return [...FIRST.filter((c) => named.delete(c)), ...named]
}
