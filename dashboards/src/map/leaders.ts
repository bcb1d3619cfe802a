// Places the labels of the top alarms: to the side of the map on which the mark stands, apart from each other,
// inside the frame, each tied to its mark by a leader. Pure geometry in pixels.

export interface Mark { id: string; x: number; y: number }
export interface Placed extends Mark { side: 'left' | 'right'; lx: number; ly: number }
export interface Frame {
  width: number; height: number; labelWidth: number; labelHeight: number; reach: number
  /** Kept free at the top of the left side: something else stands there. */
  topLeft?: number
}

export function placeLeaders(marks: readonly Mark[], frame: Frame): Placed[] {
  const placed = marks.map((m): Placed => {
    const side = m.x < frame.width / 2 ? 'left' : 'right'
    const wish = side === 'left' ? m.x - frame.reach : m.x + frame.reach
    const lx = side === 'left' ? Math.max(frame.labelWidth + 8, wish) : Math.min(frame.width - frame.labelWidth - 8, wish)
    return { ...m, side, lx, ly: m.y - frame.reach * 0.35 }
  })
  for (const side of ['left', 'right'] as const) {
    const column = placed.filter((p) => p.side === side).sort((a, b) => a.ly - b.ly)
    spread(column, frame, side === 'left' ? (frame.topLeft ?? 0) : 0)
  }
  return placed
}

/** Pushes labels apart downwards, then the whole run back up where it would leave the frame. */
function spread(column: Placed[], frame: Frame, kept: number): void {
  const top = frame.labelHeight + kept
  const bottom = frame.height - frame.labelHeight
  let floor = top
  for (const p of column) {
    p.ly = Math.max(p.ly, floor)
    floor = p.ly + frame.labelHeight
  }
  let ceiling = bottom
  for (const p of [...column].reverse()) {
    p.ly = Math.min(p.ly, ceiling)
    ceiling = p.ly - frame.labelHeight
  }
}
