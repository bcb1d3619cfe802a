// A file's way into the register: which format it is, and where it stands between being chosen and being imported. Pure.
import type { FileFormat, ImportError, ImportReport } from '../../api/register-types'

export const MOST_BYTES = 10 * 2 ** 20
const ENDINGS: Record<string, FileFormat> = { csv: 'csv', txt: 'csv', geojson: 'geojson', json: 'geojson', xlsx: 'xlsx' }

export const formatOf = (name: string): FileFormat | null => ENDINGS[name.split('.').at(-1)?.toLowerCase() ?? ''] ?? null

/** Errors in the order of the file. */
export const inOrder = (errors: readonly ImportError[]): ImportError[] => errors.toSorted((a, b) => a.line - b.line || (a.column < b.column ? -1 : 1))

export const isReady = (r: ImportReport | null): boolean => r !== null && r.dry_run && r.errors.length === 0 && r.created + r.changed > 0
export const isNothing = (r: ImportReport | null): boolean => r !== null && r.errors.length === 0 && r.created + r.changed === 0
