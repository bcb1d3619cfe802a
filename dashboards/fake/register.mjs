// The fake hub's register: an entry for each device, its changes, who waits for a person, the lists of areas, groups and
// departments. Invented once per world; answers in pairs of status and body, so that component tests can ask without a socket.
import { inDatum } from './datum.mjs'

const DEPARTMENTS = ['水务局', '城市管理局', '应急管理局', '气象局']
const AREAS = ['城南街道', '岗列街道', '城西街道', '中洲街道', '双捷镇', '平冈镇', '埠场镇', '闸坡镇', '海陵镇']
const VENDORS = ['演示仪表甲', '演示仪表乙', '演示仪表丙']
const FIELDS = ['name', 'kind', 'department', 'area', 'groups', 'place', 'gateway', 'vendor', 'model', 'serial', 'installed', 'warranty_until', 'contact', 'tags']
export const EMPTY = { name: null, kind: null, department: null, area: null, groups: [], place: null, gateway: null, vendor: null, model: null, serial: null, installed: null, warranty_until: null, contact: null, tags: [] }
const DAY_MS = 86_400_000
const CALLER = 'key:demo'

export class Register {
  constructor(world, kinds) {
    this.world = world
    this.kinds = kinds
    this.entries = new Map()
    this.serial = 100
    let i = 0
    for (const d of world.devices.values()) this.invent(d, i++)
  }

  invent(d, i) {
    if (d.registration === 'pending') return
    const day = (ago) => new Date(this.world.started - ago * DAY_MS).toISOString().slice(0, 10)
    const entry = {
      ...EMPTY, name: d.name, kind: d.kind, department: DEPARTMENTS[['rain_gauge'].includes(d.kind) ? 3 : d.kind === 'waterlogging' ? 1 : 0], area: AREAS[(i * 7) % AREAS.length],
      groups: i % 5 === 0 ? ['汛期重点'] : [], place: d.place, gateway: d.gateway, vendor: VENDORS[i % 3], model: `DM-${100 + (i % 4) * 10}`, serial: `SN2024${String(1000 + i)}`,
      installed: day(700 - i), warranty_until: day(i % 9 === 2 ? 20 : -400), contact: i % 2 ? '值班 0662-0000001' : null, tags: i % 7 === 0 ? ['双电源'] : [],
    }
    const changes = [{ id: this.serial++, at: this.world.started - (20 - (i % 9)) * DAY_MS, caller: 'import:2026-11-02', action: 'imported', changed: FIELDS.filter((f) => !isBlank(entry[f])).slice(0, 3).map((field) => ({ field, old: null, new: entry[field] })) }]
    if (i % 4 === 2) changes.unshift({ id: this.serial++, at: this.world.started - 2 * DAY_MS, caller: '运维 陈卫', action: 'changed', changed: [{ field: 'contact', old: null, new: entry.contact ?? '值班 0662-0000001' }, { field: 'department', old: '水利所', new: entry.department }] })
    this.entries.set(d.device, { entry, version: changes.length, changes })
    d.registration = 'registered'
    d.department = entry.department
    d.vendor = entry.vendor
  }

  of(device) {
    const d = this.world.devices.get(device)
    return this.entries.get(device) ?? { entry: d ? { ...EMPTY, name: d.name, kind: d.kind, place: d.place, gateway: d.gateway } : EMPTY, version: 0, changes: [] }
  }

  detail(device) {
    const d = this.world.devices.get(device)
    if (!d) return null
    const { entry, version } = this.of(device)
    return { ...d, entry, version }
  }

  /** As the hub shows it: whom to call is masked. */
  shown(device) {
    const detail = this.detail(device)
    return detail && { ...detail, entry: { ...detail.entry, contact: masked(detail.entry.contact) } }
  }

  list(q) {
    const wanted = q.q?.toLowerCase()
    const all = [...this.world.devices.values()].filter((d) => {
      const { entry } = this.of(d.device)
      const same = ['theme', 'kind', 'state', 'registration', 'gateway', 'department', 'vendor'].every((f) => !q[f] || (d[f] ?? entry[f]) === q[f])
      return same && (!q.area || entry.area === q.area) && (!q.group || entry.groups.includes(q.group)) && (!q.tag || entry.tags.includes(q.tag)) &&
        (!wanted || [d.device, d.name, entry.serial].some((s) => s?.toLowerCase().includes(wanted)))
    }).sort((a, b) => (a.device < b.device ? -1 : 1))
    return all
  }

  page(q) {
    const all = this.list(q).filter((d) => !q.after || d.device > q.after)
    const limit = +(q.limit ?? 500)
    const devices = all.slice(0, limit).map((d) => ({ ...d, metrics: undefined }))
    return { devices, next: all.length > limit ? devices.at(-1).device : null }
  }

  /** What is wrong with an entry, field by field: all of it at once. */
  judge(entry, theme) {
    const errors = []
    const wrong = (field, read, expected) => errors.push({ field, read: String(read), expected })
    if (entry.kind && !this.kinds.some((k) => k.id === entry.kind)) wrong('kind', entry.kind, `主题 ${theme} 的类型之一：${this.kinds.map((k) => k.id).join('、')}`)
    for (const f of ['installed', 'warranty_until']) if (entry[f] && !/^\d{4}-\d\d-\d\d$/.test(entry[f])) wrong(f, entry[f], '日期，如 2026-11-22')
    if (entry.place && !(entry.place.lng > 73 && entry.place.lng < 136)) wrong('place.lng', entry.place.lng, '73 到 136 之间的经度')
    if (entry.place && !(entry.place.lat > 3 && entry.place.lat < 54)) wrong('place.lat', entry.place.lat, '3 到 54 之间的纬度')
    if (entry.name && entry.name.length > 64) wrong('name', `${entry.name.length} 个字`, '至多 64 个字')
    return errors
  }

  put(device, { theme, version, entry }, now, caller = CALLER, action) {
    const held = this.of(device)
    if (version !== held.version) {
      const last = held.changes[0]
      return [409, { code: 'changed', detail: last ? `changed by ${last.caller} at ${new Date(last.at).toISOString()}; version is ${held.version}, read ${version}` : `version is ${held.version}, read ${version}` }]
    }
    // A contact that comes back as it was shown stays what it is.
    if (entry.contact && entry.contact === masked(held.entry.contact)) entry = { ...entry, contact: held.entry.contact }
    const errors = this.judge(entry, theme)
    if (errors.length) return [400, { code: 'bad_request', detail: errors.map((e) => `${e.field}: read ${e.read}; expected ${e.expected}`).join('; '), errors }]
    this.write(device, theme, entry, now, caller, action)
    return [200, this.shown(device)]
  }

  write(device, theme, asked, now, caller = CALLER, action) {
    const held = this.of(device)
    const entry = { ...EMPTY, ...asked, place: asked.place && inDatum(asked.place) }
    const changed = FIELDS.filter((f) => JSON.stringify(entry[f]) !== JSON.stringify(held.version ? held.entry[f] : EMPTY[f])).map((field) => ({ field, old: held.version ? held.entry[field] : null, new: entry[field] }))
    const change = { id: this.serial++, at: now, caller, action: action ?? (held.version ? 'changed' : 'created'), changed }
    this.entries.set(device, { entry, version: held.version + 1, changes: [change, ...held.changes] })
    const d = this.world.devices.get(device) ?? this.world.unheard(device, theme, entry.kind, now)
    Object.assign(d, { name: entry.name, kind: entry.kind ?? d.kind, kind_assumed: entry.kind ? false : d.kind_assumed, place: entry.place, gateway: entry.gateway, registration: 'registered', department: entry.department, vendor: entry.vendor })
    this.world.tell(d)
  }

  /** It leaves lists and walls; heard again, it waits. */
  retire(device, now) {
    const held = this.of(device)
    if (!this.world.devices.has(device)) return false
    this.entries.set(device, { entry: EMPTY, version: held.version, changes: [{ id: this.serial++, at: now, caller: CALLER, action: 'retired', changed: [] }, ...held.changes] })
    this.world.devices.delete(device)
    this.world.retired.add(device)
    return true
  }

  history(device, { limit = 100, before }) {
    const all = this.of(device).changes.filter((c) => !before || c.id < +before)
    const hide = (f) => (f.field === 'contact' ? { ...f, old: masked(f.old), new: masked(f.new) } : f)
    const changes = all.slice(0, +limit).map((c) => ({ ...c, changed: c.changed.map(hide) }))
    return { changes, next: all.length > changes.length ? changes.at(-1).id : null }
  }

  parts() {
    return {
      areas: this.count((e) => (e.area ? [e.area] : [])), groups: this.count((e) => e.groups),
      departments: this.count((e) => (e.department ? [e.department] : [])), vendors: this.count((e) => (e.vendor ? [e.vendor] : [])),
    }
  }

  count(keys) {
    const found = new Map()
    for (const [device, { entry }] of this.entries) {
      const d = this.world.devices.get(device)
      if (!d) continue
      for (const key of keys(entry)) {
        const n = found.get(key) ?? { name: key, devices: 0, live: 0 }
        n.devices++
        n.live += +(d.state === 'live')
        found.set(key, n)
      }
    }
    return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
  }
}

const isBlank = (v) => v === null || (Array.isArray(v) && !v.length)

const masked = (contact) => contact && contact.replace(/(\p{L})\p{L}*/gu, '$1**').replace(/(\d{3})[\d-]{4,}(\d{4})/g, '$1****$2')
