// Why a device is not live: the nearest thing on its way that is known to be broken, else what the hub says of the device
// alone. The same judgement as the hub's own board of what cannot be seen, which the stream does not carry. Pure.
import type { DeviceFull, Link } from '../api/types'

type Seen = Pick<DeviceFull, 'state' | 'reason' | 'gateway' | 'link'>

export function whyUnseen(d: Seen, devices: ReadonlyMap<string, Pick<DeviceFull, 'state'>>, links: ReadonlyMap<string, Pick<Link, 'state'>>): string | null {
  if (d.reason !== 'silent') return d.reason ?? null
  const link = d.link == null ? undefined : links.get(d.link)
  if (link && link.state !== 'up') return 'link'
  const gateway = d.gateway == null ? undefined : devices.get(d.gateway)
  return gateway && gateway.state !== 'live' ? 'gateway' : 'silent'
}
