// The chart's frame: graticule ticks every tenth of a degree and a scale bar of a round length.
// Pure; works with any function from coordinates to pixels.

export type Project = (at: [number, number]) => { x: number; y: number }
export interface View { width: number; height: number; west: number; east: number; south: number; north: number; project: Project }
export interface Tick { text: string; at: number }

const tenths = (from: number, to: number) => {
  const out: number[] = []
  for (let i = Math.ceil(from * 10); i <= Math.floor(to * 10); i++) out.push(i / 10)
  return out
}

export const meridians = (v: View): Tick[] =>
  tenths(v.west, v.east).map((lng) => ({ text: `${lng.toFixed(1)}°E`, at: v.project([lng, v.south]).x }))

export const parallels = (v: View): Tick[] =>
  tenths(v.south, v.north).map((lat) => ({ text: `${lat.toFixed(1)}°N`, at: v.project([v.west, lat]).y }))

const KM_PER_DEGREE = 111.195
const ROUND_KM = [0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50]

/** The longest round distance that fits into `maxPx`. */
export function scaleBar(v: View, maxPx: number): { km: number; px: number } {
  const lat = (v.south + v.north) / 2
  const degree = v.project([v.west + 1, lat]).x - v.project([v.west, lat]).x
  const perKm = degree / (KM_PER_DEGREE * Math.cos((lat * Math.PI) / 180))
  const km = ROUND_KM.filter((k) => k * perKm <= maxPx).at(-1) ?? ROUND_KM[0]!
  return { km, px: km * perKm }
}
