// The fake hub's people: invented accounts in two departments, one locked, one disabled, one that must renew a password; what they were
// granted, and the routes by which administrators look after them.
import { EVERYWHERE, lacks } from './who.mjs'
import { ROLES } from './words.mjs'

const HOUR = 3_600_000
const DAY = 24 * HOUR
export const PASSWORD = 'Jiang-Cheng.2026!'
const ADMINS = ['system_admin', 'security_admin', 'audit_admin']
const scope = (themes, departments = 'all', areas = 'all') => [{ themes, departments, areas, camera_groups: 'all' }]
const missing = (what) => [404, { code: 'not_found', detail: `there is no ${what}` }]

export class People {
  constructor(now) {
    this.serial = 100
    this.all = []
    const add = (id, user, name, department, roles, more = {}, where = EVERYWHERE) => this.all.push({ ...this.blank(String(id), user, name, department, now), grants: roles.length ? [{ roles, scope: where, from: null, until: null }] : [], last_login: now - id * HOUR, ...more })
    add(1, 'chenwei', '陈卫', '政务服务数据管理局', ['system_admin'], { totp: true, code: '246810' })
    add(2, 'zhoulan', '周岚', '政务服务数据管理局', ['security_admin'], { totp: true, code: '246810' })
    add(3, 'linyue', '林越', '政务服务数据管理局', ['audit_admin'], { totp: true, code: '246810' })
    add(4, 'liangdong', '梁栋', '城市运行中心', ['operator', 'dispatcher'], { phone: '139****2201' })
    add(5, 'hexin', '何欣', '水务局', ['handler'], { phone: '138****1234' }, scope(['water'], ['水务局']))
    add(6, 'taoran', '陶然', '水务局', ['field_worker'], { locked_until: now + 42 * 60_000 }, scope(['water'], ['水务局'], ['闸坡镇']))
    add(7, 'xuning', '徐宁', '城市运行中心', ['maintainer', 'steward'])
    add(8, 'luoqing', '罗青', '城管执法局', ['handler'], { disabled: true, last_login: now - 48 * DAY }, scope('all', ['城管执法局']))
    add(9, 'fangyi', '方毅', '城管执法局', [], { last_login: null, mustPassword: true, oneTime: true })
    add(10, 'guomin', '郭敏', '区政府', ['leader'], { sso: true, linked: { provider: { id: 'gov', name: { zh: '粤政易', en: 'Government ID' } }, issuer: 'https://id.example', subject: 'sub-guomin', name: 'guomin' }, password_set: null, password: null })
    add(11, 'panyu', '潘宇', '城市运行中心', ['operator'], { mustPassword: true, password_set: now - 97 * DAY })
    for (let i = 12; i < 70; i++) add(i, `user${i}`, `${'赵钱孙李周吴郑王'[i % 8]}${'晓建文海明丽志慧'[(i * 5) % 8]}${'东华平安'[i % 4]}`, i % 2 ? '水务局' : '城管执法局', i % 9 ? [['handler', 'field_worker', 'operator'][i % 3]] : [], {}, scope(i % 2 ? ['water'] : 'all', [i % 2 ? '水务局' : '城管执法局']))
    // One whose second role begins later and ends.
    this.all[3].grants.push({ roles: ['maintainer'], scope: scope(['water']), from: now + 10 * DAY, until: now + 40 * DAY })
  }

  blank(id, user, name, department, now) {
    return { id, user, name, department, phone: null, disabled: false, locked_until: null, totp: false, sso: false, linked: null, password_set: now - 20 * DAY, last_login: null, grants: [], version: 1, password: PASSWORD, mustPassword: false, wrong: 0, code: '123456' }
  }

  byUser(user) {
    return this.all.find((p) => p.user === user)
  }

  view(p, hub) {
    const { password: _, mustPassword: _m, wrong: _w, code: _c, oneTime: _o, ...shown } = p
    return { ...shown, locked_until: p.locked_until > Date.now() ? p.locked_until : null, sessions: hub.sessions.of(p.id).length }
  }

  list(asked, hub) {
    const { q = '', role, department, after, limit = '50' } = asked
    const has = (p) => (!q || `${p.user} ${p.name} ${p.phone ?? ''}`.includes(q)) && (!role || p.grants.some((g) => g.roles.includes(role))) && (!department || p.department === department)
    const found = this.all.filter(has)
    const from = +(after ?? 0)
    return { people: found.slice(from, from + +limit).map((p) => this.view(p, hub)), next: from + +limit < found.length ? String(from + +limit) : null }
  }

  /** @returns an answer, or null when this is no route of people */
  reply(method, path, asked, body, who, hub, headers = {}) {
    const [, id, part, session] = /^\/api\/v1\/people(?:\/([^/]+)(?:\/((?:totp\/)?\w+)(?:\/([^/]+))?)?)?$/.exec(path) ?? [path.startsWith('/api/v1/people') ? '' : undefined]
    if (!path.startsWith('/api/v1/people')) return null
    if (method === 'GET' && !id) return lacks(who, 'see_accounts') ?? [200, this.list(asked, hub)]
    if (method === 'POST' && !id) return lacks(who, 'manage_accounts') ?? this.create(body, hub)
    const p = this.all.find((x) => x.id === id)
    if (!p) return missing(`person ${id}`)
    if (part === 'sessions') return method === 'GET' ? lacks(who, 'see_accounts') ?? [200, { sessions: hub.sessions.list(p.id) }] : lacks(who, 'manage_accounts') ?? (hub.sessions.end(session), [204, null])
    if (part === 'sso') return lacks(who, 'manage_accounts') ?? this.link(p, method, body, hub)
    if (part === 'grants') return this.grant(p, body, who, hub)
    if (method === 'GET') return lacks(who, 'see_accounts') ?? [200, this.view(p, hub)]
    if (method === 'PUT') return lacks(who, 'manage_accounts') ?? this.change(p, body, headers, hub)
    return this.act(p, part, who, hub)
  }

  create({ user, name, department, phone }, hub) {
    if (!/^[a-z][a-z0-9._-]{1,31}$/.test(user ?? '')) return [400, { code: 'bad_request', detail: `body: user is "${user}"; expected 2 to 32 of a-z 0-9 . _ -, beginning with a letter` }]
    if (this.byUser(user)) return [409, { code: 'user_taken', detail: `there is an account ${user} already` }]
    const p = { ...this.blank(String(this.serial++), user, name, department, Date.now()), phone: masked(phone), mustPassword: true, password: 'R7m-Kq2-Wx9-Ht4' }
    this.all.unshift(p)
    return [200, { person: this.view(p, hub), password: p.password }]
  }

  link(p, method, body, hub) {
    if (method === 'PUT' && this.all.some((x) => x !== p && x.linked?.subject === body.subject)) return [409, { code: 'linked_elsewhere', detail: 'another account is linked with this subject' }]
    const linked = method === 'PUT' ? { provider: hub.sso.find((s) => s.id === body.provider), issuer: 'https://id.example', subject: body.subject, name: null } : null
    Object.assign(p, { linked, sso: linked !== null })
    return method === 'PUT' ? [200, this.view(p, hub)] : [204, null]
  }

  change(p, body, headers, hub) {
    const expected = `"v${p.version}"`
    if (headers['if-match'] && headers['if-match'] !== expected) return [412, { code: 'changed', detail: `the person is at version ${p.version} by now` }]
    Object.assign(p, { name: body.name, department: body.department, ...('phone' in body ? { phone: masked(body.phone) } : {}), version: p.version + 1 })
    return [200, this.view(p, hub)]
  }

  act(p, act, who, hub) {
    const right = act === 'unlock' || act === 'totp/reset' ? 'grant' : 'manage_accounts'
    const no = lacks(who, right)
    if (no) return no
    if (act === 'disable' || act === 'enable') p.disabled = act === 'disable'
    else if (act === 'unlock') Object.assign(p, { locked_until: null, wrong: 0 })
    else if (act === 'totp/reset') p.totp = false
    else if (act !== 'reset') return missing(act)
    p.version++
    if (act === 'disable' || act === 'reset') hub.sessions.endAll(p.id)
    if (act !== 'reset') return [204, null]
    Object.assign(p, { password: 'N3t-Vb8-Qc6-Zy1', mustPassword: true })
    return [200, { password: p.password }]
  }

  grant(p, { grants }, who, hub) {
    const boot = who.rights.includes('manage_accounts') && !this.all.some((x) => x.grants.some((g) => g.roles.includes('security_admin')))
    const roles = grants.flatMap((g) => g.roles)
    if (!(boot && roles.every((r) => r === 'security_admin' || r === 'audit_admin'))) {
      const no = lacks(who, 'grant')
      if (no) return no
    }
    if (who.id === p.id) return [403, { code: 'own_grants', detail: 'nobody grants to themselves' }]
    const admin = roles.find((r) => ADMINS.includes(r))
    const other = admin && roles.find((r) => r !== admin)
    if (other) return [409, { code: 'roles_exclude', detail: `roles ${admin} and ${other} exclude each other`, params: { first: admin, second: other } }]
    if (roles.some((r) => !ROLES.some(([id]) => id === r))) return [400, { code: 'bad_request', detail: 'body: unknown role' }]
    Object.assign(p, { grants, version: p.version + 1 })
    return [200, this.view(p, hub)]
  }
}

const masked = (phone) => (phone ? phone.replace(/^(\d{3})\d+(\d{4})$/, '$1****$2') : null)
