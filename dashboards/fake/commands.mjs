// The fake hub's commands to devices: what a link carries, what is refused in the hub's own words, the second person, and a
// device that answers a moment after it was asked. Time passes when somebody looks.
import { KINDS } from './command-kinds.mjs'

const OPEN_MAX = 20
const SENT_MS = 300
const DONE_MS = 900
const OPEN = ['queued', 'approved', 'sent']
const STATES = [...OPEN, 'confirmed', 'failed', 'expired', 'cancelled']
const bad = (detail) => [400, { code: 'bad_request', detail: `body: ${detail}` }]
const missing = (detail) => [404, { code: 'not_found', detail }]
const plain = (text) => text.replace(/\s/g, '').toLowerCase()

export class Commands {
  constructor(world) {
    this.world = world
    /** What the devices of a link can be asked.
     * @type {Record<string, { kinds: object[], free: boolean }>} */
    this.sets = { 'sl651:field': { kinds: KINDS, free: false } }
    /** What a device answers, by the name of the command.
     * @type {Record<string, (device: string) => unknown>} */
    this.answers = ANSWERS
    this.all = []
    this.serial = 1
  }

  /** @returns {[status: number, body: unknown] | null} */
  reply(method, path, asked, body, now) {
    this.advance(now)
    const [, device] = /^\/api\/v1\/devices\/([^/]+)\/commands$/.exec(path) ?? []
    if (device !== undefined) return this.ofDevice(method, decodeURIComponent(device), body, now)
    if (path === '/api/v1/commands') return this.list(asked)
    const [, id, act] = /^\/api\/v1\/commands\/([^/]+)(?:\/(approve|cancel))?$/.exec(path) ?? []
    if (id === undefined) return null
    const found = this.all.find((c) => String(c.id) === id)
    if (!found) return missing(`there is no command ${id}`)
    if (!act) return method === 'GET' ? [200, found] : null
    const by = isName(body?.person)
    if (!by) return bad('person is not a name; expected 1 to 100 characters, none of them control')
    return act === 'approve' ? this.approve(found, by, now) : this.cancel(found, by, now)
  }

  ofDevice(method, id, body, now) {
    const d = this.world.devices.get(id)
    if (!d) return missing(`no device ${id}`)
    const set = this.sets[d.link] ?? { kinds: [], free: false }
    if (method === 'GET') return [200, { link: d.last_heard === null ? null : d.link, ...set }]
    const kind = set.kinds.find((k) => k.name === body.name)
    const wrong = this.judge(set, kind, body)
    if (wrong) return bad(wrong)
    if (body.person != null && !isName(body.person)) return bad('person is not a name; expected 1 to 100 characters, none of them control')
    if (kind?.dangerous && !body.person) return bad('person is missing; a dangerous command needs the name of who wants it, and a second person')
    const expires = body.expires_s ?? 600
    if (!(expires >= 10 && expires <= 604_800)) return bad(`expires_s is ${expires}; expected 10 to 604800`)
    if (this.all.filter((c) => c.device === id && OPEN.includes(c.state)).length >= OPEN_MAX) return [409, { code: 'full', detail: `the device has ${OPEN_MAX} open commands already; wait, or call some off` }]
    return [200, this.add(id, body.name, body.params ?? {}, { dangerous: kind?.dangerous ?? false, person: isName(body.person) || 'key:demo', expires, now })]
  }

  judge(set, kind, body) {
    if (!kind) {
      if (set.free) return /^[a-z0-9_]{1,64}$/.test(body.name) ? null : 'name is no command; expected 1 to 64 of a-z 0-9 _'
      return set.kinds.length ? `name is "${body.name}"; expected one of ${set.kinds.map((k) => k.name).join(', ')}` : 'the device was last heard by a link that carries no commands'
    }
    const unknown = Object.keys(body.params ?? {}).find((name) => !kind.params.some((p) => p.name === name))
    if (unknown) return `params.${unknown} is not known; expected ${kind.params.length ? `only ${kind.params.map((p) => p.name).join(', ')}` : 'no parameters'}`
    for (const p of kind.params) {
      const value = body.params?.[p.name]
      const expected = { text: 'a text', whole: `a whole number from ${p.range?.[0]} to ${p.range?.[1]}`, time: 'a time such as 2026-11-22T16:42:00+08:00' }[p.form]
      if (value == null) {
        if (p.required) return `params.${p.name} is missing; expected ${expected}`
        continue
      }
      const fits = p.form === 'whole' ? Number.isInteger(value) && value >= p.range[0] && value <= p.range[1] : typeof value === 'string' && (p.form === 'text' ? Buffer.byteLength(value) <= 1_000 : !Number.isNaN(Date.parse(value)))
      if (!fits || (p.never && value === p.never)) return `params.${p.name} is ${JSON.stringify(value)}; expected ${expected}`
    }
    return null
  }

  add(device, name, params, { dangerous = false, person = '张工', expires = 600, now = Date.now() } = {}) {
    const c = {
      id: this.serial++, device, name, params, dangerous, state: '', asked: now, person, agreed: null, expires: now + expires * 1000, tries: 0, changed: now, result: null, code: null, words: null, journal: [],
    }
    this.all.unshift(c)
    this.step(c, dangerous ? 'queued' : 'approved', now, { person })
    return c
  }

  /** The next line of its journal. */
  step(c, state, at, { person = /** @type {string | null} */ (null), code = /** @type {string | null} */ (null), words = /** @type {string | null} */ (null) } = {}) {
    Object.assign(c, { state, changed: at, code, words })
    c.journal.push({ at, state, person, code, words })
  }

  list({ device, state, before, limit = '100' }) {
    if (state && !STATES.includes(state)) return [400, { code: 'bad_request', detail: `query: state is ${state}; expected one of ${STATES.join(', ')}` }]
    const found = this.all.filter((c) => (!device || c.device === device) && (!state || c.state === state) && (!before || c.id < +before))
    const page = found.slice(0, +limit)
    return [200, { commands: page.map((c) => ({ ...c, journal: undefined })), next: page.length === +limit ? page.at(-1).id : null }]
  }

  approve(c, by, now) {
    if (plain(by) === plain(c.person)) return bad(`person is ${JSON.stringify(by)}, who asked for it; expected a second person`)
    if (c.state !== 'queued') return [409, { code: 'conflict', detail: `the command is ${c.state}; only a queued one can be agreed to` }]
    this.step(c, 'approved', now, { person: by })
    c.agreed = by
    return [200, c]
  }

  cancel(c, by, now) {
    if (!['queued', 'approved'].includes(c.state)) return [409, { code: 'conflict', detail: `the command is ${c.state}; only one that is not sent yet can be called off` }]
    this.step(c, 'cancelled', now, { person: by })
    return [200, c]
  }

  /** What a dispatcher and the devices would have done by now. */
  advance(now) {
    for (const c of this.all) {
      if (OPEN.includes(c.state) && now >= c.expires) this.step(c, 'expired', c.expires, { code: c.code, words: c.words })
      else if (c.state === 'approved') this.send(c, now)
      if (c.state === 'sent' && now >= c.changed + DONE_MS) this.finish(c)
    }
  }

  send(c, now) {
    if (this.world.devices.get(c.device)?.state !== 'live') {
      if (c.code !== 'not_connected') this.step(c, 'approved', now, { code: 'not_connected', words: 'the device is not connected' })
    } else if (now >= c.changed + SENT_MS) this.step(c, 'sent', c.changed + SENT_MS)
  }

  finish(c) {
    const answer = this.answers[c.name]?.(c.device) ?? null
    if (answer instanceof Error) return this.step(c, 'failed', c.changed + DONE_MS, { code: 'refused', words: answer.message })
    this.step(c, 'confirmed', c.changed + DONE_MS)
    c.result = answer
  }
}

const isName = (text) => (typeof text === 'string' && text.trim() && [...text.trim()].length <= 100 ? text.trim() : '')

/** A report of a station, as the SL 651 adapter puts one. */
const report = (code, elements) => ({ function: code, serial: 812, send_time: '2026-11-22 16:42:06', elements })

const ANSWERS = {
  read_now: () => report('37', [
    { id: '39', name: '瞬时河道水位、潮位', metric: 'level', value: '2.913', unit: 'm' }, { id: '20', name: '当前降水量', metric: 'rain_now', value: '4.0', unit: 'mm' },
    { id: '26', name: '降水量累计值', metric: 'rain_total', value: '416.5', unit: 'mm' }, { id: '38', name: '电源电压', metric: 'battery', value: '12.31', unit: 'V' },
  ]),
  read_period: () => report('38', [{ id: '39', name: '瞬时河道水位、潮位', metric: 'level', value: ['2.90', '2.91', null, '2.93'], unit: 'm' }]),
  read_elements: () => [{ id: '38', name: '电源电压', metric: 'battery', value: 12.31, unit: 'V' }],
  read_clock: () => ({ send_time: '2026-11-22 16:42:04', seconds: -1.8 }),
  read_version: () => ({ version: 'RTU-2.4.1 (2024-03)' }),
  write_run: () => new Error('the station is under local control'),
}
