// Reads the board of what cannot be seen, page after page: one page to look at, all of them to search in. Stops at a
// limit and says how much there is, so that nobody takes a part for the whole.
import { fetchUnseen } from '../../api/client'
import type { Unseen } from '../../api/types'

export const PAGE = 500
export const MOST_PAGES = 20

export interface Board { items: Unseen[]; total: number; complete: boolean }

export async function readBoard(theme: string, pages: number, key: string, signal: AbortSignal): Promise<Board> {
  // Keyed: something may move between two pages while we read.
  const items = new Map<string, Unseen>()
  let after: string | null = null
  let total = 0
  for (let n = 0; n < pages; n++) {
    const page = await fetchUnseen({ theme, limit: PAGE, after }, key, signal)
    for (const u of page.unseen) items.set(`${u.kind}/${u.id}`, u)
    total = page.counts.database + page.counts.link + page.counts.device
    after = page.next ?? null
    if (after === null) break
  }
  return { items: [...items.values()], total: Math.max(total, items.size), complete: after === null }
}
