// What the filters and the form offer: departments, areas and groups as the register names them, with how many devices
// each has; gateways and vendors as the stream knows them. Read once in a while, because they change when people do.
import { computed } from 'vue'
import { fetchParts } from '../../api/register'
import { useLive } from '../../live/use'
import { usePolled } from '../../poll/polled'

const EVERY_MS = 60_000

export function useChoices() {
  const live = useLive()
  const named = usePolled(EVERY_MS, (key, signal) => fetchParts(key, signal))
  const distinct = (of: 'gateway' | 'vendor') => computed(() => [...new Set([...live.devices.value.values()].flatMap((d) => d[of] ?? []))].sort())
  return { named, gateways: distinct('gateway'), vendors: distinct('vendor') }
}
