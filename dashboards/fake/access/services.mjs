// The fake hub's keys of services and its screens: invented ones, one revoked, one expired soon; keys are shown once, walls are enrolled
// by the code that they show.
import { EVERYWHERE, lacks, setCookie } from './who.mjs'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const CODE_MS = 600_000
const water = [{ themes: ['water'], departments: ['水务局'], areas: 'all', camera_groups: 'all' }]
const missing = (what) => [404, { code: 'not_found', detail: `there is no ${what}` }]

export class Services {
  constructor(now) {
    const one = (id, name, department, rights, more = {}) => ({ id, name, department, rights, scope: EVERYWHERE, expires: now + 300 * DAY, quota_per_minute: 600, created: now - 40 * DAY, last_used: now - 20_000, last_from: '10.8.0.14', revoked: false, ...more })
    this.all = [
      one('1', '水务局泵站平台', '水务局', ['ingest'], { scope: water }), one('2', '12345 热线对接', '政务服务数据管理局', ['see_city', 'see_work'], { expires: now + 9 * DAY, last_used: now - 3 * HOUR }),
      one('3', '城管视频汇聚', '城管执法局', [], { last_used: null, last_from: null, created: now - HOUR }), one('4', '旧环保转发', '生态环境局', ['ingest', 'export'], { revoked: true, last_used: now - 90 * DAY }),
    ]
    this.serial = 5
  }

  reply(method, path, body, who) {
    const [is, id, part] = /^\/api\/v1\/services(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(path) ?? []
    if (is === undefined) return null
    if (!id) return method === 'GET' ? lacks(who, 'see_accounts') ?? [200, { services: this.all, next: null }] : lacks(who, 'manage_keys') ?? this.create(body)
    const s = this.all.find((x) => x.id === id)
    if (!s) return missing(`service ${id}`)
    if (part === 'rights') return lacks(who, 'grant') ?? [200, Object.assign(s, body)]
    const no = lacks(who, 'manage_keys')
    if (no) return no
    if (part === 'rotate') return [200, { key: `ck_${id}rotated8Zq4Vn7Lw2Xs9Tb6` }]
    s.revoked = true
    return [204, null]
  }

  create({ name, department }) {
    const s = { id: String(this.serial++), name, department, rights: [], scope: [], expires: Date.now() + 365 * DAY, quota_per_minute: 600, created: Date.now(), last_used: null, last_from: null, revoked: false }
    this.all.unshift(s)
    return [200, { service: s, key: 'ck_5d8Qm3Rk7Zp1Xw6Vt9Nb4Lc2Hs' }]
  }
}

export class Screens {
  constructor(now) {
    const one = (id, name, layout, more = {}) => ({ id, name, layout, scope: EVERYWHERE, enrolled: now - 60 * DAY, renewed: now - 9 * DAY, last_used: now - 8_000, last_from: '10.2.0.21', revoked: false, ...more })
    this.all = [one('1', '指挥大厅主屏', 'wall'), one('2', '水务局值班室', 'theme/water', { scope: water, last_used: now - 6 * HOUR, last_from: '10.3.1.8' }), one('3', '旧会议室屏', 'wall', { revoked: true, last_used: now - 33 * DAY })]
    this.serial = 4
    this.waiting = []
    this.tokens = new Map()
  }

  enrol(now) {
    const n = this.waiting.length
    const w = { code: `${4821 + n}-7035`, secret: `secret-${n}`, until: now + CODE_MS, screen: null }
    this.waiting.push(w)
    return [200, { code: w.code, secret: w.secret, until: w.until }]
  }

  claim({ secret }, now) {
    const w = this.waiting.find((x) => x.secret === secret)
    if (!w || now > w.until) return [410, { code: 'enrol_over', detail: 'the code is over' }]
    if (!w.screen) return [202, {}]
    const token = `cw_fake${w.screen.id}`
    this.tokens.set(token, w.screen)
    return [200, {}, undefined, setCookie('chengshu_screen', token)]
  }

  reply(method, path, body, who) {
    const [is, id] = /^\/api\/v1\/screens(?:\/([^/]+))?$/.exec(path) ?? []
    if (is === undefined) return null
    if (method === 'GET') return lacks(who, 'see_accounts') ?? [200, { screens: this.all, next: null }]
    const no = lacks(who, 'manage_accounts')
    if (no) return no
    if (!id) return this.add(body)
    const s = this.all.find((x) => x.id === id)
    if (!s) return missing(`screen ${id}`)
    if (method === 'PUT') return [200, Object.assign(s, body)]
    s.revoked = true
    return [204, null]
  }

  add({ code, name, layout, scope }) {
    const w = this.waiting.find((x) => x.code === code && x.until > Date.now() && !x.screen)
    if (!w) return [404, { code: 'enrol_code', detail: `no wall shows the code ${code} now` }]
    const now = Date.now()
    w.screen = { id: String(this.serial++), name, layout, scope, enrolled: now, renewed: now, last_used: null, last_from: null, revoked: false }
    this.all.unshift(w.screen)
    return [200, w.screen]
  }
}
