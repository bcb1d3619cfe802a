// The fake hub's maintenance board: silent devices counted by gateway, vendor, area and kind, what most of them share, and
// batteries that lose charge at an invented pace.
const MOST = 50
const DAY_MS = 86_400_000

export function maintenance({ world, register }, now) {
  const all = [...world.devices.values()].filter((d) => d.registration !== 'pending')
  const dark = all.filter((d) => d.state !== 'live')
  const rows = (key) => {
    const by = new Map()
    for (const d of all) {
      const k = key(d) ?? ''
      if (!k) continue
      const r = by.get(k) ?? { key: k, name: k, total: 0, live: 0, stale: 0, offline: 0, never: 0, since: Infinity }
      r.total++
      r[d.state]++
      if (d.state !== 'live') r.since = Math.min(r.since, d.state_since)
      by.set(k, r)
    }
    return [...by.values()].filter((r) => r.live < r.total).sort((a, b) => b.total - b.live - (a.total - a.live))
  }
  const area = (d) => register.of(d.device).entry.area
  const by = { gateway: rows((d) => d.gateway), vendor: rows((d) => d.vendor), area: rows(area), kind: rows((d) => d.kind) }
  const causes = Object.entries(by).filter(([dimension]) => dimension !== 'kind').flatMap(([dimension, list]) =>
    list.filter((r) => r.total - r.live >= 3 && (r.total - r.live) / dark.length >= 0.3 && (r.total - r.live) / r.total >= 0.3).map((r) => ({ dimension, key: r.key, name: r.name, silent: r.total - r.live, total: r.total, since: r.since })))
  const shown = (list) => list.slice(0, MOST).map((r) => ({ ...r, since: undefined }))
  return {
    by_gateway: shown(by.gateway), by_vendor: shown(by.vendor), by_area: shown(by.area), by_kind: shown(by.kind),
    causes: causes.sort((a, b) => b.silent / b.total - a.silent / a.total).slice(0, 5), batteries: all.filter((_, i) => i % 17 === 3).map((d, i) => battery(d, i, now)).sort((a, b) => (a.days_left ?? 1e9) - (b.days_left ?? 1e9)).slice(0, MOST),
  }
}

function battery(d, i, now) {
  const value = +(12.9 - ((i * 37) % 23) / 10).toFixed(2)
  const per_day = i % 6 === 5 ? 0 : -+(0.02 + ((i * 13) % 9) / 60).toFixed(3)
  return { device: d.device, name: d.name, state: d.state, value, unit: 'V', at: now - (i % 8 === 7 ? 3.4 * DAY_MS : 1_800_000 + i * 60_000), per_day, days_left: per_day ? +Math.max(0, (value - 10.5) / -per_day).toFixed(1) : null }
}
