// What stands beside a KPI's name, on the wall and on its theme's page alike: its value, whether that is still current, the
// device that gives it. An old value has no severity: its colour would be that of a moment that is over.
import { computed } from 'vue'
import type { Kpi, KpiDefinition } from '../api/types'
import { pick } from '../i18n'
import { useLive } from '../live/use'

/** The hub computes KPIs every few seconds; a minute without a new one is not current. */
const STALE_MS = 60_000

export function useFigure(row: () => { definition: KpiDefinition; kpi: Kpi | undefined }) {
  const live = useLive()
  const kpi = computed(() => row().kpi)
  const value = computed(() => kpi.value?.value ?? null)
  const old = computed(() => !kpi.value || live.now.value - kpi.value.at > STALE_MS)
  const severity = computed(() => (old.value ? null : (kpi.value?.severity ?? null)))
  const name = computed(() => pick(row().definition.name) ?? row().definition.id)
  const device = computed(() => {
    const id = kpi.value?.device
    return id ? (live.devices.value.get(id)?.name ?? id) : null
  })
  const ageMs = computed(() => (kpi.value && value.value !== null ? live.now.value - kpi.value.at : null))
  return { kpi, value, old, severity, name, device, ageMs }
}
