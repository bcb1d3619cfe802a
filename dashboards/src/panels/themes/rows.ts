// Chooses which KPI rows the themes panel shows when not all of them fit: each theme's first, then everything
// abnormal, then the rest in order; the themes' headings go first of all. Pure.
import type { Kpi, KpiDefinition, Theme } from '../../api/types'

export interface Row { definition: KpiDefinition; kpi: Kpi | undefined }
export interface Block { theme: Theme; rows: Row[] }

/** Height of a theme's heading, in rows. */
const HEADING = 0.75

export interface Fitted { blocks: Block[]; hidden: number; headings: boolean }

export function fitBlocks(blocks: Block[], capacity: number): Fitted {
  const all = blocks.flatMap((b) => b.rows)
  if (all.length + blocks.length * HEADING <= capacity) return { blocks, hidden: 0, headings: true }
  const wanted = [
    ...blocks.flatMap((b) => b.rows.slice(0, 1)),
    ...all.filter((r) => r.kpi?.severity),
    ...all,
  ]
  const chosen = new Set<Row>()
  for (const row of wanted) if (chosen.size < capacity) chosen.add(row)
  const kept = blocks.map((b) => ({ ...b, rows: b.rows.filter((r) => chosen.has(r)) }))
  return { blocks: kept.filter((b) => b.rows.length > 0 || b.theme.error), hidden: all.length - chosen.size, headings: false }
}
