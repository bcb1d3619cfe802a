// Geometry of a trend chart: points, silences and limits into a box, with round ticks. Silence is no value: no line crosses
// it, and it is hatched. Pure; draws nothing.
import type { Readings } from '../../api/register-types'

export const SPANS = ['1h', '6h', '24h', '7d', '30d'] as const
export type Span = (typeof SPANS)[number]
const HOUR_MS = 3_600_000
export const SPAN_MS: Record<Span, number> = { '1h': HOUR_MS, '6h': 6 * HOUR_MS, '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS, '30d': 720 * HOUR_MS }

export interface Box { width: number; height: number; left: number; right: number; top: number; bottom: number }
export interface Window { from: number; to: number }
export interface Spot { x: number; y: number; at: number; value: number; quality: readonly string[] }
export interface Chart {
  line: string
  /** The same closed to the ground, stretch by stretch. */
  area: string
  spots: Spot[]
  gaps: { x: number; width: number }[]
  yTicks: { y: number; value: number }[]
  xTicks: { x: number; at: number }[]
  limits: { y: number; index: number }[]
  decimals: number
}

const round = (n: number) => Math.round(n * 10) / 10

/** Steps of 1, 2 or 5 that give about `count` of them. */
export function step(span: number, count: number): number {
  const rough = span / count
  const ten = 10 ** Math.floor(Math.log10(rough))
  return [1, 2, 5, 10].map((m) => m * ten).find((s) => s >= rough * 0.999)!
}

const TIME_STEPS = [5, 10, 15, 30, 60, 120, 180, 360, 720, 1_440, 2_880, 7_200, 10_080].map((m) => m * 60_000)
/** The district's midnight is where its days begin. */
const ZONE_MS = 8 * HOUR_MS

export function timeTicks({ from, to }: Window, count: number): number[] {
  const wanted = TIME_STEPS.find((s) => s >= (to - from) / count) ?? TIME_STEPS.at(-1)!
  const ticks: number[] = []
  for (let at = Math.ceil((from + ZONE_MS) / wanted) * wanted - ZONE_MS; at <= to; at += wanted) ticks.push(at)
  return ticks
}

/** How far the scale may be stretched to hold a limit, in heights of the data. */
const MOST_STRETCH = 3

export function draw(page: Readings, win: Window, limits: readonly number[], box: Box, steps = false): Chart {
  const bucket = page.bucket_ms ?? 0
  const points = page.points.filter(([at]) => at + bucket >= win.from && at <= win.to)
  const values = points.map(([, v]) => v)
  let low = Math.min(...values)
  let high = Math.max(...values)
  if (!points.length) [low, high] = [0, 1]
  const least = Math.max(high - low, Math.abs(high) * 0.1, 1e-6)
  // Nearest first: one that is far away must not flatten what there is to see.
  for (const l of limits.toSorted((a, b) => Math.abs(a - high) - Math.abs(b - high)))
    if (Math.max(high, l) - Math.min(low, l) <= MOST_STRETCH * least) [low, high] = [Math.min(low, l), Math.max(high, l)]
  const margin = (high - low) * 0.08 || Math.abs(high) * 0.05 || 1
  const size = step(high - low + 2 * margin, 4)
  const bottom = low >= 0 && low - margin < 0 ? 0 : Math.floor((low - margin) / size) * size
  const top = Math.ceil((high + margin) / size) * size
  const x = (at: number) => round(box.left + ((at - win.from) / (win.to - win.from)) * (box.width - box.left - box.right))
  const y = (v: number) => round(box.top + ((top - v) / (top - bottom)) * (box.height - box.top - box.bottom))

  const spots = points.map(([at, value, quality]) => ({ x: x(Math.min(at + bucket / 2, win.to)), y: y(value), at, value, quality }))
  const silent = (a: number, b: number) => page.gaps.some(([from, to]) => from < b && to > a)
  let line = ''
  let area = ''
  let begun: Spot | null = null
  const ground = y(bottom)
  spots.forEach((s, i) => {
    const before = spots[i - 1]
    if (!before || silent(before.at + bucket, s.at)) {
      if (before && begun) area += `L${before.x} ${ground}H${begun.x}Z`
      // A point alone is a dot: a line of no length with round ends.
      line += `M${s.x} ${s.y}h0`
      area += `M${s.x} ${s.y}`
      begun = s
    } else {
      const way = steps ? `H${s.x}V${s.y}` : `L${s.x} ${s.y}`
      line += way
      area += way
    }
  })
  if (begun && spots.length) area += `L${spots.at(-1)!.x} ${ground}H${(begun as Spot).x}Z`
  // A filled area tells a share of the whole: only where the scale begins at nothing.
  if (bottom !== 0) area = ''
  const gaps = page.gaps.flatMap(([from, to]) => {
    const [a, b] = [x(Math.max(from, win.from)), x(Math.min(to, win.to))]
    return b - a >= 2 ? [{ x: a, width: round(b - a) }] : []
  })
  const yTicks: Chart['yTicks'] = []
  for (let n = 0; n <= Math.round((top - bottom) / size); n++) yTicks.push({ y: y(bottom + n * size), value: bottom + n * size })
  return {
    line, area, spots, gaps, yTicks, xTicks: timeTicks(win, Math.max(2, Math.floor((box.width - box.left) / 90))).map((at) => ({ x: x(at), at })),
    limits: limits.flatMap((l, index) => (l > bottom && l < top ? [{ y: y(l), index }] : [])),
    decimals: Math.max(0, -Math.floor(Math.log10(size) + 1e-9)),
  }
}

/** The newest value of the stream behind what was read, and a silence behind that: the picture ends now, not when it was asked. */
export function withNow(page: Readings, newest: { at: number; value: number; quality: readonly string[] } | null, now: number, staleMs: number): Readings {
  const points = newest && newest.at > (page.points.at(-1)?.[0] ?? -Infinity) + (page.bucket_ms ?? 0) ? [...page.points, [newest.at, newest.value, [...newest.quality]] as Readings['points'][number]] : page.points
  const last = newest?.at ?? page.points.at(-1)?.[0]
  const told = page.gaps.some(([, to]) => last !== undefined && to > last)
  const gaps = last !== undefined && now - last > staleMs && !told ? [...page.gaps, [last, now] as [number, number]] : page.gaps
  return points === page.points && gaps === page.gaps ? page : { ...page, points, gaps }
}

export function nearest(spots: readonly Spot[], x: number): number {
  let best = -1
  for (let i = 0; i < spots.length; i++) if (best < 0 || Math.abs(spots[i]!.x - x) < Math.abs(spots[best]!.x - x)) best = i
  return best
}
