// How many devices are in each state, counted from the devices themselves: every place on the screen that says so says
// the same, at once. (The hub's own count comes with the beat, up to five seconds later.)
import type { DeviceFull, DeviceState } from '../api/types'

export type Counts = Record<DeviceState, number>

export function countStates(devices: Iterable<DeviceFull>): Counts {
  const n: Counts = { live: 0, stale: 0, offline: 0, never: 0 }
  for (const d of devices) n[d.state]++
  return n
}
