// The merged picture of the district: newest value per key, from one snapshot and the deltas after it.
// Plain maps without any framework, so that the worker and every window run exactly the same code. Opens nothing.
import type { Alarm, Beat, Delta, DeviceFull, Kpi, Link, Snapshot, Status } from '../api/types'

export type Outcome = 'applied' | 'gap'

export const kpiKey = (k: { theme: string; kpi: string }) => `${k.theme}/${k.kpi}`

export class LiveState {
  epoch = ''
  seq = -1
  t = 0
  status: Status | null = null
  readonly kpis = new Map<string, Kpi>()
  /** Active alarms only; what ended leaves at once. */
  readonly alarms = new Map<string, Alarm>()
  readonly devices = new Map<string, DeviceFull>()
  /** Heard, and waiting for a person to let them in: no part of what walls count and show. */
  readonly pending = new Map<string, DeviceFull>()
  readonly links = new Map<string, Link>()
  /** Counts up when a device comes, goes or changes what it is counted by; new values alone change nothing of it. */
  standing = 0

  applySnapshot(s: Snapshot): void {
    this.epoch = s.epoch
    this.seq = s.seq
    this.t = s.t
    this.status = s.status
    this.standing++
    refill(this.kpis, s.kpi, kpiKey)
    refill(this.alarms, s.alarm.filter((a) => a.cleared_at == null), (a) => a.id)
    refill(this.devices, s.device.filter((d) => !isPending(d)), (d) => d.device)
    refill(this.pending, s.device.filter(isPending), (d) => d.device)
    refill(this.links, s.link, (l) => l.id)
  }

  /**
   * A delta whose `prev` lies beyond what we hold means that one was lost: the caller must fetch a snapshot.
   * One that we hold already (replayed after a resume, or two topics of one tick) merges again without harm.
   */
  applyDelta(d: Delta): Outcome {
    if (this.seq < 0 || d.prev > this.seq) return 'gap'
    this.seq = Math.max(this.seq, d.seq)
    this.t = d.t
    switch (d.topic) {
      case 'kpi': for (const k of d.items) this.mergeKpi(k); break
      case 'alarm': for (const a of d.items) this.mergeAlarm(a); break
      case 'device': for (const v of d.items) this.mergeDevice(v); break
      case 'link': for (const l of d.items) this.links.set(l.id, l); break
    }
    return 'applied'
  }

  applyBeat(b: Beat): void {
    if (this.seq < 0) return
    this.seq = Math.max(this.seq, b.seq)
    this.t = b.t
    this.status = b.status
  }

  toSnapshot(): Snapshot | null {
    if (!this.status) return null
    const { epoch, seq, t, status } = this
    return {
      epoch, seq, t, status,
      kpi: [...this.kpis.values()], alarm: [...this.alarms.values()],
      device: [...this.devices.values(), ...this.pending.values()], link: [...this.links.values()],
    }
  }

  private mergeKpi(k: Kpi): void {
    const key = kpiKey(k)
    this.kpis.set(key, k.trend ? k : { ...k, trend: this.kpis.get(key)?.trend ?? null })
  }

  private mergeAlarm(a: Alarm): void {
    if (a.cleared_at == null) this.alarms.set(a.id, a)
    else this.alarms.delete(a.id)
  }

  /** A device delta carries only the metrics that changed. */
  private mergeDevice(d: DeviceFull): void {
    if (d.registration === 'retired') {
      this.standing++
      this.devices.delete(d.device)
      this.pending.delete(d.device)
      return
    }
    const [to, from] = isPending(d) ? [this.pending, this.devices] : [this.devices, this.pending]
    const held = to.get(d.device)
    if (!held || !standsAlike(held, d)) this.standing++
    const metrics = (held ?? from.get(d.device))?.metrics
    from.delete(d.device)
    to.set(d.device, metrics ? { ...d, metrics: { ...metrics, ...d.metrics } } : d)
  }
}

const standsAlike = (a: DeviceFull, b: DeviceFull) => a.state === b.state && a.theme === b.theme && a.kind === b.kind && !a.place === !b.place
const isPending = (d: DeviceFull) => d.registration === 'pending'

function refill<T>(map: Map<string, T>, items: T[], key: (item: T) => string): void {
  map.clear()
  for (const item of items) map.set(key(item), item)
}
