// A past for any series of the fake world: a wandering line that ends at the present value, in buckets of about as many
// points as were asked for, with one silence in every day. Deterministic for device, metric and time.
const HOUR_MS = 3_600_000
const STEPS_MS = [10_000, 60_000, 300_000, 900_000, 3_600_000, 6 * HOUR_MS, 24 * HOUR_MS]

const hash = (text) => [...text].reduce((h, c) => (Math.imul(h, 31) + c.charCodeAt(0)) >>> 0, 7)

export function readings(d, metric, kind, { from, to, max_points = 300 }) {
  const m = d.metrics[metric]
  const last = m?.at ?? 0
  const step = STEPS_MS.find((s) => (to - from) / s <= max_points) ?? STEPS_MS.at(-1)
  const seed = hash(`${d.device}/${metric}`) % 1000
  const states = Object.keys(kind?.metrics.find((x) => x.id === metric)?.states ?? {}).length
  const silence = silentSpan(seed, last)
  const points = []
  for (let at = Math.ceil(from / step) * step; m && at < Math.min(to, last); at += step) {
    if (at > silence[0] && at < silence[1]) continue
    const hours = (last - at) / HOUR_MS
    const wave = Math.sin(at / (2.3 * HOUR_MS) + seed) * 0.16 + Math.sin(at / (0.41 * HOUR_MS) + seed) * 0.04 + Math.sin(at / 97_000 + seed) * 0.012
    const calm = Math.min(1, hours / 5)
    points.push([at, states ? (Math.sin(at / (3 * HOUR_MS) + seed) > 0.3 ? 1 : 0) : +Math.max(0, m.value * (1 - 0.42 * calm) + m.value * wave * calm).toFixed(3), at % (step * 40) === 0 ? ['late'] : []])
  }
  if (m && last >= from && last < to) points.push([last, m.value, m.quality])
  const gaps = silence[1] > from && silence[0] < to ? [silence] : []
  return { series: { device: d.device, metric, unit: m?.unit ?? '' }, points, gaps, bucket_ms: step > 10_000 ? step : null, next: null }
}

/** About three quarters of an hour, some hours ago, elsewhere for each series. */
function silentSpan(seed, last) {
  const end = last - (5 + (seed % 9)) * HOUR_MS
  return [end - 45 * 60_000, end]
}
