// What one window shows: the merged picture, exposed as shallow refs that change at most four times a second
// (newest wins). Live data stays outside the framework; panels only read. It opens no connection itself.
import { shallowRef, triggerRef, type ShallowRef } from 'vue'
import type { Alarm, DeviceFull, Kpi, Link, Status } from '../api/types'
import { Catalogue } from './catalogue'
import { GREY_MS, type Conn, type FromStream } from './protocol'
import { LiveState } from './state'
import { unstoredSince } from './storage'
import { Today } from './today'

export const COMMIT_MS = 250

export class Live {
  private state = new LiveState()
  private dirty = new Set<ShallowRef<unknown>>()
  private timer: ReturnType<typeof setInterval> | null = null
  private heardAt = 0
  private offset = 0

  readonly kpis = shallowRef<ReadonlyMap<string, Kpi>>(this.state.kpis)
  readonly alarms = shallowRef<ReadonlyMap<string, Alarm>>(this.state.alarms)
  readonly devices = shallowRef<ReadonlyMap<string, DeviceFull>>(this.state.devices)
  /** The same devices for whoever only counts them by theme, kind, state and place: silent while nothing but values change. */
  readonly standing = shallowRef<ReadonlyMap<string, DeviceFull>>(this.state.devices)
  /** Heard, and waiting for a person to let them in: for the desk only. */
  readonly pending = shallowRef<ReadonlyMap<string, DeviceFull>>(this.state.pending)
  readonly links = shallowRef<ReadonlyMap<string, Link>>(this.state.links)
  readonly status = shallowRef<Status | null>(null)
  readonly catalogue = shallowRef(new Catalogue([]))
  readonly today = shallowRef(new Today())
  readonly conn = shallowRef<Conn>({ state: 'connecting', heardAt: 0, retryAt: null, reason: null })
  /** The hub's clock, whole seconds matter only: ages are computed against it, never the browser's alone. */
  readonly now = shallowRef(Date.now())
  /** Hub time of the last byte, once the stream has been silent for too long: then nothing on the page is current. */
  readonly frozenSince = shallowRef<number | null>(null)
  /** What the hub received from this moment on is not stored yet: Infinity in good times. */
  readonly unstored = shallowRef(Infinity)
  /** Called after each snapshot: time to refetch what the stream does not carry. */
  onSnapshot: () => void = () => {}
  /** Tries at once instead of waiting out the back-off; the session puts it here. */
  retry: () => void = () => {}

  start(): () => void {
    this.timer = setInterval(() => this.commit(), COMMIT_MS)
    return () => clearInterval(this.timer ?? undefined)
  }

  take(message: FromStream): void {
    if (message.kind === 'conn') {
      this.conn.value = message.conn
      return
    }
    this.heardAt = message.arrived
    this.offset = message.data.t - message.arrived
    if (message.kind === 'snapshot') {
      this.state.applySnapshot(message.data)
      for (const a of message.data.alarm) this.today.value.add(a)
      this.touch(this.kpis, this.alarms, this.devices, this.standing, this.pending, this.links, this.today)
      this.onSnapshot()
    } else if (message.kind === 'delta') this.delta(message.data)
    else this.state.applyBeat(message.data)
  }

  /** One frame: publish what changed since the last one. */
  commit(wall = Date.now()): void {
    if (this.status.value !== this.state.status) {
      this.status.value = this.state.status
      this.unstored.value = unstoredSince(this.status.value)
    }
    for (const ref of this.dirty) triggerRef(ref)
    this.dirty.clear()
    const second = Math.floor((wall + this.offset) / 1000) * 1000
    if (second !== this.now.value) this.now.value = second
    // A browser clock that was set back must not make the last byte look new until it has caught up.
    const quiet = Math.abs(wall - this.heardAt)
    const silent = this.heardAt > 0 && quiet > GREY_MS
    const since = silent ? this.heardAt + this.offset : null
    if (since !== this.frozenSince.value) this.frozenSince.value = since
  }

  /** The hub's clock to the millisecond, where `now` is too coarse: what came before and what after. */
  clock = (): number => Date.now() + this.offset

  /** A device of the stream, let in or not. */
  find(device: string): DeviceFull | undefined {
    return this.devices.value.get(device) ?? this.pending.value.get(device)
  }

  touch(...refs: ShallowRef<unknown>[]): void {
    for (const ref of refs) this.dirty.add(ref)
  }

  private delta(d: (FromStream & { kind: 'delta' })['data']): void {
    // The owner of the stream has checked for gaps already; should one slip through, its next snapshot mends it.
    const standing = this.state.standing
    this.state.applyDelta(d)
    if (this.state.standing !== standing) this.touch(this.standing)
    if (d.topic === 'kpi') this.touch(this.kpis)
    else if (d.topic === 'device') this.touch(this.devices, this.pending)
    else if (d.topic === 'link') this.touch(this.links)
    else {
      for (const a of d.items) this.today.value.add(a)
      this.touch(this.alarms, this.today)
    }
  }
}
