// The live data of one theme: the same refs as the whole district's, with devices, alarms and KPIs of that theme only. The
// wall's own panels stand on a theme's page because of it, and none of them knows.
import { computed } from 'vue'
import type { Link } from '../api/types'
import { Catalogue } from './catalogue'
import type { Live } from './live'
import type { LiveView } from './use'

/** `theme` is asked again and again: the address may name another one while the page stands. */
export function cutTo(live: Live | LiveView, theme: () => string): LiveView {
  const only = <T extends { theme: string }>(map: ReadonlyMap<string, T>): ReadonlyMap<string, T> => {
    const wanted = theme()
    const kept = new Map<string, T>()
    for (const [key, item] of map) if (item.theme === wanted) kept.set(key, item)
    return kept
  }
  const devices = computed(() => only(live.devices.value))
  const alarms = computed(() => only(live.alarms.value))
  /** Only the links that this theme's devices come by, with those devices alone. */
  const links = computed(() => {
    const by = new Map<string, { live: number; total: number }>()
    for (const d of devices.value.values()) {
      const n = by.get(d.link) ?? { live: 0, total: 0 }
      n.total++
      if (d.state === 'live') n.live++
      by.set(d.link, n)
    }
    const kept = new Map<string, Link>()
    for (const [id, link] of live.links.value) if (by.has(id)) kept.set(id, { ...link, devices: by.get(id)! })
    return kept
  })
  return {
    kpis: computed(() => only(live.kpis.value)),
    alarms,
    devices,
    standing: computed(() => only(live.standing.value)),
    pending: computed(() => only(live.pending.value)),
    links,
    status: live.status,
    catalogue: computed(() => new Catalogue(live.catalogue.value.themes.filter((t) => t.id === theme()))),
    today: computed(() => live.today.value.of(theme())),
    conn: live.conn,
    now: live.now,
    frozenSince: live.frozenSince,
    unstored: live.unstored,
    retry: () => live.retry(),
    clock: () => live.clock(),
    find: (device) => devices.value.get(device) ?? live.pending.value.get(device),
  }
}
