// One device for all that speaks of it on a page: what the hub's register says (read again and again), under what the live
// stream says now. The stream has no entry and no version; the register has no news.
import { computed, inject, provide, type ComputedRef, type InjectionKey } from 'vue'
import { ApiError } from '../../api/client'
import { fetchDevice } from '../../api/register'
import type { DeviceDetail, Entry, RegisteredDevice } from '../../api/register-types'
import type { MetricValue } from '../../api/types'
import { isAbout, type Limit } from '../../live/catalogue'
import { useLive } from '../../live/use'
import { usePolled, type Polled } from '../../poll/polled'

const EVERY_MS = 5_000
const DEVICE: InjectionKey<OneDevice> = Symbol('device')

export type FullDevice = RegisteredDevice & { metrics: Record<string, MetricValue> }
export interface OneDevice {
  id: string
  detail: Polled<DeviceDetail>
  d: ComputedRef<FullDevice | null>
  entry: ComputedRef<Entry | null>
  /** The hub has answered that it knows no such device. */
  unknown: ComputedRef<boolean>
  /** The limits of one of its metrics that are about this very device. */
  limitsOf(metric: string): Limit[]
}

export function provideDevice(id: string): OneDevice {
  const live = useLive()
  const detail = usePolled(EVERY_MS, (key, signal) => fetchDevice(id, key, signal))
  const unknown = computed(() => detail.error.value instanceof ApiError && detail.error.value.status === 404)
  const d = computed<FullDevice | null>(() => {
    const listed = detail.data.value
    const now = live.find(id)
    if (!listed) return now ?? null
    // Who lets a device in is answered at once; the stream follows a moment later.
    return now ? { ...listed, ...now, registration: listed.registration ?? now.registration ?? 'accepted', metrics: { ...listed.metrics, ...now.metrics } } : listed
  })
  const entry = computed(() => detail.data.value?.entry ?? null)
  const limitsOf = (metric: string) => {
    if (!d.value) return []
    const self = { device: id, area: entry.value?.area ?? null, groups: entry.value?.groups ?? [] }
    return live.catalogue.value.limitsOf(d.value.theme, d.value.kind, metric).filter((l) => isAbout(l, self))
  }
  const one = { id, detail, d, entry, unknown, limitsOf }
  provide(DEVICE, one)
  return one
}

export function useDevice(): OneDevice {
  const one = inject(DEVICE)
  if (!one) throw new Error('useDevice() outside of a device page')
  return one
}
