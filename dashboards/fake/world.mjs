// The fake district: about 200 water devices whose values wander, alarms raised and cleared by the theme's rules, KPIs
// with a day of trend, one link. Deterministic for a seed; the clock is handed in; it opens nothing.
import { history, judge, ORDER, SHOWN, standing } from './alarms.mjs'
import { KINDS, KPIS } from './theme.mjs'
import { placeIn, random } from './places.mjs'

const CODES = { river_level: ['RL', 40], waterlogging: ['WL', 70], rain_gauge: ['RG', 50], reservoir: ['RS', 18], pump_station: ['PS', 26] }
const NAMES = { river_level: '河道站', waterlogging: '积水点', rain_gauge: '雨量站', reservoir: '水库站', pump_station: '泵站' }
const RESTS = { level: 2.9, depth: 4, rain_1h: 4, storage: 42, run: 1, flow: 1.2, flags: 0 }
const SWING = { level: 0.7, depth: 3, rain_1h: 3, storage: 2, run: 0, flow: 0.6, flags: 0 }
/** Devices that start the demonstration in an abnormal state, so that every sign is on the screen. */
const HIGH = { 'W-RL-007': 7.24, 'W-RL-003': 5.82, 'W-WL-011': 38.4, 'W-WL-024': 31.2, 'W-RG-005': 24.6, 'W-WL-040': 18.3 }
const DARK = {
  'W-RL-031': ['offline', 'silent'], 'W-WL-050': ['offline', 'silent', 'GW-1'], 'W-WL-051': ['stale', 'silent', 'GW-1'], 'W-RG-044': ['stale', 'silent'],
  'W-PS-020': ['offline', 'last_will'], 'W-RS-016': ['never', 'never_heard'], 'W-WL-066': ['stale', 'silent'], 'W-RG-012': ['never', 'never_heard'],
}

export class World {
  /** More themes than one share the devices out among them: to see that a full wall still fits. */
  constructor(now, seed = 7, themes = ['water']) {
    this.rand = random(seed)
    this.themes = themes
    this.started = now
    /** What becomes of a device that nobody knows: accepted, or pending. */
    this.policy = 'accepted'
    this.retired = new Set()
    /** Told of each raw message: the tap of the register. */
    this.onRaw = () => {}
    this.devices = new Map()
    this.alarms = new Map()
    this.kpis = new Map()
    this.link = {
      id: 'mqtt:main', kind: 'mqtt', name: 'main', state: 'up', since: now - 5_400_000, reason: null,
      rate_per_s: 20.4, messages: 0, rejected: 3, lag_p95_ms: 140, devices: { live: 0, total: 0 }, last: null,
      listening: [], peers: null, deviations: {},
    }
    this.links = [this.link]
    /** What comes in goes into the spool only. */
    this.spooling = false
    this.changed = { device: new Map(), alarm: [], kpi: new Map(), link: false }
    for (const kind of KINDS) this.build(kind, now)
    this.wait(now)
    for (const a of [...history(this.devices, now, this.rand), ...standing(this.devices, now)]) this.alarms.set(a.id, a)
    for (const d of this.devices.values()) this.check(d, now - Math.floor(this.rand() * 1_500_000))
    this.computeKpis(now)
    this.countLink()
    this.take()
  }

  build(kind, now) {
    const [code, count] = CODES[kind.id]
    for (let i = 1; i <= count; i++) {
      const device = `W-${code}-${String(i).padStart(3, '0')}`
      const [state, reason, gateway] = DARK[device] ?? ['live']
      const habit = i % 10 === 4
      const since = state === 'live' ? now - 7_200_000 : now - Math.floor(40_000 + this.rand() * 9_000_000)
      const heard = state === 'live' ? now : state === 'never' ? null : since
      const metrics = {}
      if (heard !== null)
        for (const m of kind.metrics) {
          const value = HIGH[device] ?? SHOWN[device]?.[m.id] ?? RESTS[m.id] + (this.rand() - 0.5) * SWING[m.id] * 1.6
          metrics[m.id] = { value: +value.toFixed(m.precision), unit: m.unit, at: heard - 120, received: heard, age_s: 0.1, quality: device.endsWith('09') ? ['estimated'] : [] }
        }
      this.devices.set(device, {
        device, theme: this.themes[i % this.themes.length], kind: kind.id, kind_assumed: false, name: `${NAMES[kind.id]} ${String(i).padStart(2, '0')}`,
        state, state_since: since, last_heard: heard, place: i % 41 === 0 ? null : placeIn(this.rand), severity: null, link: 'mqtt:main', metrics,
        reason: reason ?? null, gateway: gateway ?? (state === 'live' && i % 6 === 0 ? `GW-${3 + (i % 4)}` : null), registration: 'accepted', department: null, vendor: null,
        deadline: { stale_after_s: habit ? 95 : kind.stale_after_s, offline_after_s: habit ? 210 : kind.offline_after_s, from: habit ? 'habit' : 'kind' },
      })
    }
  }

  /** Devices that were heard and wait for a person. */
  wait(now) {
    for (const [device, kind, metric, value] of [['NB-77810-A', 'waterlogging', 'depth', 3.2], ['NB-77811-C', 'river_level', 'level', 2.14]]) {
      const d = this.stranger(device, now, 'pending', kind)
      const m = KINDS.find((k) => k.id === kind).metrics.find((x) => x.id === metric)
      d.metrics[metric] = { value, unit: m.unit, at: now - 120, received: now, age_s: 0.1, quality: [] }
    }
  }

  active() {
    return [...this.alarms.values()].filter((a) => a.cleared_at === null)
  }

  check(d, now) {
    if (d.registration === 'pending') return false
    const changed = judge(d, this.active(), now)
    for (const a of changed) {
      this.alarms.set(a.id, a)
      this.changed.alarm.push(a)
    }
    const mine = this.active().filter((a) => a.device === d.device).map((a) => a.severity)
    d.severity = ORDER.find((s) => mine.includes(s)) ?? null
    return changed.length > 0
  }

  /** A device that nobody knew: no name, no place, and a kind guessed from what it says. */
  stranger(device, now, registration = this.retired.has(device) ? 'pending' : this.policy, kind = 'river_level') {
    const d = {
      device, theme: this.themes[0], kind, kind_assumed: true, registration, department: null, vendor: null, name: null, state: 'live', state_since: now,
      last_heard: now, place: null, severity: null, link: 'mqtt:main', metrics: {},
      reason: null, gateway: null, deadline: { stale_after_s: 120, offline_after_s: 600, from: 'default' },
    }
    this.devices.set(device, d)
    return d
  }

  /** Entered by somebody before it was ever heard. */
  unheard(device, theme, kind, now) {
    const d = { ...this.stranger(device, now), theme, kind, kind_assumed: false, state: 'never', reason: 'never_heard', last_heard: null }
    this.devices.set(device, d)
    return d
  }

  /** What the stream says of a device whose values have not changed. */
  tell(d) {
    const before = this.changed.device.get(d.device)?.metrics ?? {}
    this.changed.device.set(d.device, { ...d, metrics: before })
  }

  /** One arrival, as if published: everything that follows from it happens at once. */
  reading(device, metric, value, now, at = now - 80) {
    const d = this.devices.get(device) ?? this.stranger(device, now)
    const unit = KINDS.find((k) => k.id === d.kind).metrics.find((m) => m.id === metric)?.unit ?? ''
    d.metrics[metric] = { value, unit, at, received: now, quality: [], age_s: (now - at) / 1000, ...(this.spooling && { spooled: true }) }
    d.last_heard = now
    this.onRaw(device, now, { source: `city/water/${device}/telemetry`, raw: JSON.stringify({ ts: at, [metric]: value }) })
    if (d.state !== 'live') Object.assign(d, { state: 'live', state_since: now, reason: null })
    this.check(d, now)
    const before = this.changed.device.get(device)?.metrics ?? {}
    this.changed.device.set(device, { ...d, metrics: { ...before, [metric]: d.metrics[metric] } })
    this.link.messages++
    this.link.last = { device, device_name: d.name, metric, value, unit, at, received: now }
    this.changed.link = true
  }

  /** A tenth of the devices report, values wander back to rest unless they started high. */
  tick(now) {
    for (const d of this.devices.values()) {
      // A silence grows although nothing is heard.
      if (d.state !== 'live' && this.check(d, now)) this.tell(d)
      // Who waits to be let in speaks when somebody makes it speak.
      if (d.state !== 'live' || d.registration === 'pending' || this.rand() > 0.1) continue
      for (const [id, m] of Object.entries(d.metrics)) {
        const rest = HIGH[d.device] ?? SHOWN[d.device]?.[id] ?? RESTS[id]
        const value = m.value + (rest - m.value) * 0.06 + (this.rand() - 0.5) * SWING[id] * 0.12
        this.reading(d.device, id, +Math.max(0, value).toFixed(2), now)
      }
    }
    this.computeKpis(now)
    this.link.rate_per_s = +(19 + this.rand() * 3).toFixed(1)
    this.link.lag_p95_ms = Math.round(120 + this.rand() * 60)
    this.countLink()
  }

  countLink() {
    const all = [...this.devices.values()].filter((d) => d.registration !== 'pending')
    this.link.devices = { live: all.filter((d) => d.state === 'live').length, total: all.length }
    this.changed.link = true
  }

  /** The spool is empty: what was shown as spooled is in the database now, and told anew. */
  stored() {
    this.spooling = false
    for (const d of this.devices.values())
      for (const [id, m] of Object.entries(d.metrics)) {
        if (!m.spooled) continue
        delete m.spooled
        const before = this.changed.device.get(d.device)?.metrics ?? {}
        this.changed.device.set(d.device, { ...d, metrics: { ...before, [id]: m } })
      }
  }

  /** A device falls silent, as the hub would judge it. */
  darken(device, state, reason, since, gateway = /** @type {string | null} */ (null)) {
    const d = Object.assign(this.devices.get(device), { state, reason, gateway, state_since: since, last_heard: since - 60_000 })
    this.changed.device.set(device, { ...d, metrics: {} })
  }

  /** A second way in that does not get through. */
  addDeadLink(now) {
    this.links.push({
      ...this.link, id: 'mqtt:west', name: 'west', state: 'down', since: now - 1_260_000, reason: { code: 'connection_lost', text: 'connection refused (10.8.0.31:1883)' },
      rate_per_s: 0, messages: 0, rejected: 0, lag_p95_ms: null, devices: { live: 0, total: 0 }, last: null,
    })
    this.changed.link = true
  }

  /** River stations come by a field line that carries commands; the lowest numbers, so that abnormal ones are among them. */
  addFieldLink(now, most = 24) {
    const moved = [...this.devices.values()].filter((d) => d.kind === 'river_level').slice(0, most)
    for (const d of moved) {
      d.link = 'sl651:field'
      this.changed.device.set(d.device, { ...d, metrics: {} })
    }
    this.links.push({
      ...this.link, id: 'sl651:field', kind: 'sl651', name: 'field', since: now - 5_400_000, rate_per_s: 0.4, messages: 18_204, rejected: 4, lag_p95_ms: 2_300,
      devices: { live: moved.filter((d) => d.state === 'live').length, total: moved.length }, last: null,
      listening: ['tcp 0.0.0.0:5651', 'udp 0.0.0.0:5652'], peers: moved.length - 1, deviations: { crc: 3, silent: 12, address_changed: 2, end_mark: 41, odd_thing: 1 },
    })
    this.changed.link = true
  }

  counts() {
    const n = { live: 0, stale: 0, offline: 0, never: 0 }
    for (const d of this.devices.values()) if (d.registration !== 'pending') n[d.state]++
    return n
  }

  computeKpis(now) {
    for (const theme of this.themes) for (const k of KPIS) this.computeKpi(theme, k, now)
  }

  computeKpi(theme, k, now) {
    const [kind, metric, how] = k.of
    const key = `${theme}/${k.id}`
    const all = [...this.devices.values()].filter((d) => d.theme === theme && d.kind === kind && d.registration !== 'pending')
    const fresh = all.filter((d) => d.state === 'live' && d.metrics[metric])
    const values = fresh.map((d) => d.metrics[metric].value)
    const sum = values.reduce((a, b) => a + b, 0)
    const value = !fresh.length ? null : how === 'max' ? Math.max(...values) : how === 'avg' ? sum / values.length : sum
    const held = this.kpis.get(key)
    const trend = held?.trend ?? (value === null ? [] : this.pastTrend(k, value, now))
    const grows = held && trend.length > 0 && value !== null && now - trend.at(-1)[0] > 900_000
    const item = {
      theme, kpi: k.id, at: now, value: value === null ? null : +value.toFixed(3), severity: ORDER.find((s) => all.some((d) => d.severity === s)) ?? null,
      devices: fresh.length, stale: all.length - fresh.length, device: how === 'max' && fresh.length ? fresh[values.indexOf(value)].device : null,
      trend: grows ? [...trend.slice(-95), [now, value]] : trend,
    }
    this.kpis.set(key, item)
    this.changed.kpi.set(key, grows ? item : { ...item, trend: null })
  }

  /** A day of history that swings inside the band, has one gap, and ends at the present value. */
  pastTrend(k, value, now) {
    const [lo, hi] = k.band
    let y = 0
    const day = Array.from({ length: 96 }, (_, i) => {
      y = y * 0.85 + (this.rand() - 0.5) * 0.5
      const base = lo + (hi - lo) * (0.45 + 0.22 * Math.sin((i / 96) * 6.28 - 1) + 0.12 * y)
      const pull = Math.max(0, (i - 78) / 17) ** 2
      return [now - (95 - i) * 900_000, +(base + (value - base) * pull).toFixed(3)]
    })
    return day.filter((_, i) => i < 40 || i > 43)
  }

  /** What changed since the last call, by topic. */
  take() {
    const { device, alarm, kpi, link } = this.changed
    this.changed = { device: new Map(), alarm: [], kpi: new Map(), link: false }
    return { device: [...device.values()], alarm, kpi: [...kpi.values()], link: link ? [...this.links] : [] }
  }
}
