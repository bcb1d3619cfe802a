// What the strip of hours shows: the devices that matter for a key figure, each hour's place on one common scale, and whether
// it lay beyond a limit. Pure; draws nothing.
import type { Hours } from '../../api/types'
import { holdsAt } from '../../format/hours'
import type { Limit } from '../../live/catalogue'

/** How an hour becomes one value: a highest or lowest figure must not be averaged away. */
export const hourWord = (aggregate: string): 'avg' | 'min' | 'max' => (aggregate === 'max' || aggregate === 'min' ? aggregate : 'avg')

export interface Cell { at: number; value: number; share: number; over: boolean }
export interface Strip { device: string; cells: (Cell | null)[] }
export interface Strips { rows: Strip[]; more: number; low: number; high: number; unit: string; hours: number; from: number }

/** What makes an hour too much; of a device only what is about it. */
export type HourLimit = Pick<Limit, 'direction' | 'raise' | 'hours'>

/** `known` says whether a device belongs to the figure's kind. The most telling devices first: the highest, or for "min" the lowest. */
export function strips(page: Hours, how: 'avg' | 'min' | 'max', limits: (device: string) => readonly HourLimit[], most: number, known: (device: string) => boolean): Strips {
  const sign = how === 'min' ? -1 : 1
  const measured = page.devices.filter((d) => known(d.device) && d.values.some((v) => v !== null))
  const peak = (values: (number | null)[]) => Math.max(...values.flatMap((v) => (v === null ? [] : [v * sign])))
  const ranked = measured.map((d) => ({ d, peak: peak(d.values) })).sort((a, b) => b.peak - a.peak || (a.d.device < b.d.device ? -1 : 1))
  const shown = ranked.slice(0, most).map(({ d }) => d)
  const all = shown.flatMap((d) => d.values.flatMap((v) => (v === null ? [] : [v])))
  const low = Math.min(...all)
  const high = Math.max(...all)
  const share = (v: number) => {
    if (high <= low) return 0.5
    const up = (v - low) / (high - low)
    return how === 'min' ? 1 - up : up
  }
  const over = (v: number, at: number, of: readonly HourLimit[]) => of.some((l) => (l.direction === 'below' ? v <= l.raise : v >= l.raise) && holdsAt(l.hours, at))
  return {
    low: all.length ? low : 0, high: all.length ? high : 0, unit: measured[0]?.unit ?? '', hours: page.hours, from: page.from, more: measured.length - shown.length,
    rows: shown.map((d) => {
      const mine = limits(d.device)
      const cell = (value: number, at: number) => ({ at, value, share: share(value), over: over(value, at, mine) })
      return { device: d.device, cells: d.values.map((value, i) => (value === null ? null : cell(value, page.from + i * 3_600_000))) }
    }),
  }
}
