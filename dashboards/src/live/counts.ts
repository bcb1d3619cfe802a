// How many devices are in each state, counted from the devices themselves: every place on the screen that says so says
// the same, at once. (The hub's own count comes with the beat, up to five seconds later.)
import type { DeviceFull, DeviceState, Link } from '../api/types'

export type Counts = Record<DeviceState, number>

export function countStates(devices: Iterable<DeviceFull>): Counts {
  const n: Counts = { live: 0, stale: 0, offline: 0, never: 0 }
  for (const d of devices) n[d.state]++
  return n
}

/** When more than half of the devices cannot be seen, silence is no good news. */
const BLIND_SHARE = 0.5

/** Devices on a link that is not up count as unseen at once: they are called live only until their deadline passes. */
export function mostUnseen(n: Counts, links: Iterable<Link>): boolean {
  let unseen = n.stale + n.offline + n.never
  for (const l of links) if (l.state !== 'up') unseen += l.devices.live
  return unseen > 0 && unseen / (n.live + n.stale + n.offline + n.never) > BLIND_SHARE
}
