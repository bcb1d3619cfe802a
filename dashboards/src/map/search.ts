// Finds devices by what people remember of them: the beginning of an id or name before anything inside it, whatever the
// case. Pure.
import type { DeviceFull } from '../api/types'

type Named = Pick<DeviceFull, 'device' | 'name'>

export function findDevices<T extends Named>(devices: Iterable<T>, text: string, most: number): { found: T[]; total: number } {
  const wanted = text.trim().toLowerCase()
  if (!wanted) return { found: [], total: 0 }
  const ranked: [rank: number, T][] = []
  for (const d of devices) {
    const [id, name] = [d.device.toLowerCase(), d.name?.toLowerCase() ?? '']
    const rank = id === wanted || name === wanted ? 0 : id.startsWith(wanted) || name.startsWith(wanted) ? 1 : id.includes(wanted) || name.includes(wanted) ? 2 : 3
    if (rank < 3) ranked.push([rank, d])
  }
  ranked.sort(([a, x], [b, y]) => a - b || (x.device < y.device ? -1 : 1))
  return { found: ranked.slice(0, most).map(([, d]) => d), total: ranked.length }
}
