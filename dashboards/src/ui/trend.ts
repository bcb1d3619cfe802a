// Geometry of a small trend: time and value to a fixed box, gaps kept as gaps. Pure; draws nothing.
import type { TrendPoint } from '../api/types'

export const BOX = { width: 160, height: 40 }
const DAY_MS = 86_400_000
const PAD = 3

export interface Drawing {
  /** One path per unbroken stretch, joined. */
  line: string
  band: { y: number; height: number } | null
  last: { x: number; y: number } | null
}

/**
 * The last 24 h end at the right edge; a short history starts where it starts and is not stretched.
 * The scale holds the band and every value, so the line never leaves the box.
 */
export function drawTrend(points: readonly TrendPoint[], band: [number, number] | null, now: number): Drawing {
  const shown = points.filter(([at]) => at >= now - DAY_MS)
  const values = shown.flatMap(([, v]) => (v === null ? [] : [v]))
  let low = Math.min(...values, ...(band ?? []))
  let high = Math.max(...values, ...(band ?? []))
  if (!Number.isFinite(low)) return { line: '', band: null, last: null }
  const margin = (high - low) * 0.12 || Math.abs(high) * 0.1 || 1
  low -= margin
  high += margin
  const x = (at: number) => round(PAD + (1 - (now - at) / DAY_MS) * (BOX.width - 2 * PAD))
  const y = (v: number) => round(PAD + ((high - v) / (high - low)) * (BOX.height - 2 * PAD))
  let line = ''
  let pen = false
  let last: Drawing['last'] = null
  for (const [at, v] of shown) {
    if (v === null) {
      pen = false
      continue
    }
    last = { x: x(at), y: y(v) }
    line += `${pen ? 'L' : 'M'}${last.x} ${last.y}`
    pen = true
  }
  return { line, band: band && { y: y(band[1]), height: round(y(band[0]) - y(band[1])) }, last }
}

const round = (n: number) => Math.round(n * 10) / 10
