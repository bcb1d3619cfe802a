// Geometry of a small trend: time and value to a fixed box, gaps kept as gaps. Pure; draws nothing.
import type { TrendPoint } from '../api/types'
import { num } from '../format'
import { t } from '../i18n'

export const BOX = { width: 160, height: 40 }
const PAD = 3
const MINUTE_MS = 60_000
const HALF_HOUR_MS = 30 * MINUTE_MS
const SHORTEST_MS = 10 * MINUTE_MS
const LONGEST_MS = 24 * 60 * MINUTE_MS
/** Samples come at one pace; further apart than this many of them, something was not seen. */
const GAP_STEPS = 3

/** The time axis: its right end, and how far it reaches back. */
export interface Axis { end: number; span: number }

export interface Drawing {
  /** One path per unbroken stretch, joined. */
  line: string
  band: { y: number; height: number } | null
  last: { x: number; y: number } | null
}

/**
 * One axis for all trends of a panel, so that they can be compared: as long as the longest history that is there, from
 * 10 minutes to 24 hours. Whole minutes up to one hour, then half hours: what the caption says is exactly what is drawn.
 */
export function axisOf(trends: Iterable<readonly TrendPoint[]>): Axis {
  let first = Infinity
  let end = -Infinity
  for (const points of trends) {
    if (points.length === 0) continue
    first = Math.min(first, points[0]![0])
    end = Math.max(end, points.at(-1)![0])
  }
  if (end < first) return { end: 0, span: SHORTEST_MS }
  const there = Math.min(Math.max(end - first, SHORTEST_MS), LONGEST_MS)
  const step = there <= 60 * MINUTE_MS ? MINUTE_MS : HALF_HOUR_MS
  return { end, span: Math.ceil(there / step) * step }
}

/** What the axis is called: "24 h". */
export function axisWords({ span }: Axis): string {
  const minutes = span / MINUTE_MS
  return minutes <= 60 ? t('themes.minutes', { n: minutes }) : t('themes.hours', { n: num(minutes / 60, minutes % 60 ? 1 : 0) })
}

/** The axis ends at the right edge. The scale holds the band and every value, so the line never leaves the box. */
export function drawTrend(points: readonly TrendPoint[], band: readonly [number, number] | null | undefined, { end, span }: Axis): Drawing {
  const shown = points.filter(([at]) => at >= end - span && at <= end)
  const values = shown.map(([, v]) => v)
  let low = Math.min(...values, ...(band ?? []))
  let high = Math.max(...values, ...(band ?? []))
  if (!Number.isFinite(low)) return { line: '', band: null, last: null }
  const margin = (high - low) * 0.12 || Math.abs(high) * 0.1 || 1
  low -= margin
  high += margin
  const x = (at: number) => round(PAD + (1 - (end - at) / span) * (BOX.width - 2 * PAD))
  const y = (v: number) => round(PAD + ((high - v) / (high - low)) * (BOX.height - 2 * PAD))
  const gap = GAP_STEPS * pace(shown)
  let line = ''
  let last: Drawing['last'] = null
  let before = -Infinity
  for (const [at, v] of shown) {
    last = { x: x(at), y: y(v) }
    line += `${at - before > gap ? 'M' : 'L'}${last.x} ${last.y}`
    before = at
  }
  return { line, band: band ? { y: y(band[1]), height: round(y(band[0]) - y(band[1])) } : null, last }
}

/** The usual time between two points: the median. */
function pace(points: readonly TrendPoint[]): number {
  const steps = points.slice(1).map(([at], i) => at - points[i]![0]).sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

const round = (n: number) => Math.round(n * 10) / 10
