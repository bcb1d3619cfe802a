// Chooses which KPIs of which themes stand on the wall: every theme gets the same number of rows, as many as there is room
// for, and fills them with what tells most. The rest is on the theme's page. Pure.
import { rank } from '../../format/severity'
import type { Kpi, KpiDefinition, Severity, Theme } from '../../api/types'

export interface Row { definition: KpiDefinition; kpi: Kpi | undefined }
export interface Block {
  theme: Theme
  rows: Row[]
  /** KPIs of the theme that have no row here. */
  more: number
}

export interface Fitted { blocks: Block[]; hidden: number }

/** A row is never lower than this, in rem: two lines of label and the value. */
export const ROW_REM = 3.625
/** What a row likes to have: what a theme may take of a second or third row only where there is plenty. */
export const EASY_ROW_REM = 4.25

export interface Choice { theme: Theme; rows: Row[] }

/** `rem` is the height that there is; `more` is what the line about hidden themes needs of it. */
export function fitThemes(themes: readonly Choice[], rem: number, more = 2.25): Fitted {
  if (!themes.length) return { blocks: [], hidden: 0 }
  const most = Math.floor(rem / ROW_REM + 0.01)
  const shown = themes.length <= most ? themes : themes.slice(0, Math.max(1, Math.floor((rem - more) / ROW_REM + 0.01)))
  const rows = sharedRows(shown, Math.floor(rem / EASY_ROW_REM + 0.01))
  const blocks = shown.map(({ theme, rows: all }, i) => {
    const kept = telling(all, rows[i]!)
    return { theme, rows: kept, more: theme.kpis.length - kept.length }
  })
  return { blocks, hidden: themes.length - shown.length }
}

/** Whole rounds only, so that no theme looks more important than another; what a theme with few KPIs leaves goes to the others. */
function sharedRows(themes: readonly Choice[], total: number): number[] {
  const rows = themes.map(() => 1)
  for (let used = rows.length; ; ) {
    const wanting = themes.flatMap((t, i) => (t.rows.length > rows[i]! ? [i] : []))
    if (!wanting.length || used + wanting.length > total) return rows
    for (const i of wanting) rows[i]!++
    used += wanting.length
  }
}

/** The abnormal ones first, then what lies outside its band, then in the order of the screen; shown in that order too. */
export function telling(rows: readonly Row[], count: number): Row[] {
  const chosen = [...rows].map((row, i) => ({ row, i, weight: weightOf(row) })).sort((a, b) => a.weight - b.weight || a.i - b.i).slice(0, count)
  return chosen.sort((a, b) => a.i - b.i).map((c) => c.row)
}

const OUTSIDE = 10
const USUAL = 11
function weightOf({ kpi, definition: { band } }: Row): number {
  if (kpi?.severity) return rank(kpi.severity)
  const value = kpi?.value
  return value != null && band && (value < band[0] || value > band[1]) ? OUTSIDE : USUAL
}

/** The gravest alarm of a theme whose sign stands in none of its rows. */
export const unshown = (gravest: Severity | undefined, rows: readonly Row[]): Severity | null =>
  gravest && !rows.some((r) => r.kpi?.severity && rank(r.kpi.severity) <= rank(gravest)) ? gravest : null
