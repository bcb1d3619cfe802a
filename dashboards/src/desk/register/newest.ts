// The value that stands for a device in a list: the first metric of its kind that has one. Pure.
import type { DeviceFull, MetricValue } from '../../api/types'
import type { Catalogue } from '../../live/catalogue'

export function newestOf(d: DeviceFull | undefined, catalogue: Catalogue): { metric: string; value: MetricValue } | null {
  if (!d) return null
  const order = catalogue.kind(d.theme, d.kind)?.metrics.map((m) => m.id) ?? []
  const metric = [...order, ...Object.keys(d.metrics)].find((m) => d.metrics[m])
  return metric === undefined ? null : { metric, value: d.metrics[metric]! }
}
