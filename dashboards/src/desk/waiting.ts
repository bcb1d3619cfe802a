// The devices that wait for a person, for the navigation and the register alike: read again and again, and at once when
// the stream tells of another. Asked of the hub, because a list of them is what the register has to be complete about.
import { inject, provide, watch, type InjectionKey } from 'vue'
import { can, me } from '../access/me'
import { fetchDevices } from '../api/register'
import type { DevicePage } from '../api/register-types'
import { useLive } from '../live/use'
import { usePolled, type Polled } from '../poll/polled'

export const MOST_WAITING = 200
const EVERY_MS = 15_000
const NONE: DevicePage = { devices: [], next: null }
const WAITING: InjectionKey<Polled<DevicePage>> = Symbol('waiting')

export function provideWaiting(): Polled<DevicePage> {
  const live = useLive()
  const waiting = usePolled(EVERY_MS, (key, signal) => (me.value && !can('see_city') ? Promise.resolve(NONE) : fetchDevices({ registration: 'pending', limit: MOST_WAITING }, key, signal)))
  watch(() => live.pending.value.size, () => waiting.nudge())
  provide(WAITING, waiting)
  return waiting
}

export function useWaiting(): Polled<DevicePage> {
  const waiting = inject(WAITING)
  if (!waiting) throw new Error('useWaiting() outside of the desk')
  return waiting
}
