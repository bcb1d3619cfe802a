// The fake hub's accounts: who asks, the way in, one's own account, and what administrators see. A refusal has its code, its detail, and
// the right that is missing.
import { Audit } from './audit.mjs'
import { People } from './people.mjs'
import { Screens, Services } from './services.mjs'
import { faultsOf, refusedPassword, Sessions } from './sessions.mjs'
import { cookieIn, DEMO, denied, lacks, rightFor, rightsOf, ROUTE_LIST, setCookie } from './who.mjs'
import { RIGHTS, ROLES } from './words.mjs'

/** Nobody is there: a test says what comes back. */
const PROVIDER = '/api/v1/login/sso/gov'
const WRONG = [400, { code: 'password_wrong', detail: 'the password of now is not right' }]
const MATRIX = {
  roles: ROLES.map(([id, zh, en]) => ({ id, name: { zh, en } })),
  rights: RIGHTS.map(([id, zh, en, detail_zh, detail_en, roles]) => ({ id, name: { zh, en }, detail: { zh: detail_zh, en: detail_en }, roles })),
  routes: ROUTE_LIST,
}

export class Access {
  constructor(now) {
    this.people = new People(now)
    this.sessions = new Sessions(now)
    this.services = new Services(now)
    this.screens = new Screens(now)
    this.audit = new Audit(now)
    this.sso = [{ id: 'gov', name: { zh: '粤政易', en: 'Government ID' } }]
    /** Set by tests: where somebody is sent who comes from the provider. */
    this.back = '/#/login?refused=not_linked&sso=gov'
    /** Set by tests: the token that makes the first administrator.
     * @type {string | null} */
    this.setupToken = null
    this.policy = {
      password: this.sessions.policyOf(), lockout: { wrong: 5, window_s: 900, lock_s: 900, longest_lock_s: 3600, forget_s: 86_400, address_wrong: 30, address_accounts: 10 },
      session: { idle_s: 900, absolute_s: 43_200, most: 3, screen_s: 2_592_000 }, totp_required: ['system_admin', 'security_admin', 'audit_admin'],
    }
  }

  /** Who a request is from; null for nobody. */
  whoOf(q, key) {
    const { authorization } = q.headers
    if (authorization !== undefined) return authorization === `Bearer ${key}` ? DEMO : null
    const session = this.sessions.all.get(cookieIn(q, 'chengshu_session'))
    const p = session && this.people.all.find((x) => x.id === session.person && !x.disabled)
    if (p) return this.person(p, session)
    const screen = this.screens.tokens.get(cookieIn(q, 'chengshu_screen'))
    if (!screen || screen.revoked) return null
    return { kind: 'screen', id: screen.id, name: screen.name, user: null, roles: [], rights: ['see_city'], grants: [], must: [], session: null, layout: screen.layout, totp: null }
  }

  person(p, session) {
    const now = Date.now()
    const held = rightsOf(p, now)
    const must = [...(p.mustPassword ? ['password'] : []), ...(!p.totp && held.roles.some((r) => this.policy.totp_required.includes(r)) ? ['totp'] : [])]
    const s = session ?? { id: 's0', began: now, from: '127.0.0.1', token: '' }
    return {
      kind: 'person', id: p.id, name: p.name, user: p.user, roles: held.roles, rights: must.length ? ['own'] : held.rights, grants: p.grants, must, totp: p.totp, layout: null, password: p.password !== null, linked: p.linked,
      session: { id: s.id, began: s.began, until: s.began + this.policy.session.absolute_s * 1000, idle_s: this.policy.session.idle_s, from: s.from }, token: s.token,
    }
  }

  /** What anybody may ask. */
  open(method, path, body, now) {
    if (path === PROVIDER) return [303, null, undefined, { location: this.back }]
    switch (`${method} ${path}`) {
      case 'GET /api/v1/login': return [200, { password: true, sso: this.sso, setup: this.setupToken !== null }]
      case 'POST /api/v1/login': return this.sessions.login(body, this.people, now)
      case 'POST /api/v1/login/totp': return this.sessions.totp(body, now)
      case 'POST /api/v1/setup': return this.setup(body, now)
      case 'POST /api/v1/screens/enrol': return this.screens.enrol(now)
      case 'POST /api/v1/screens/enrol/claim': return this.screens.claim(body, now)
      default: return null
    }
  }

  setup({ token, user, name, password }, now) {
    if (this.setupToken === null) return [410, { code: 'setup_over', detail: 'the first administrator exists' }]
    if (token !== this.setupToken) return [401, { code: 'setup_token', detail: 'the token is not right' }]
    const faults = faultsOf(password, { user })
    if (faults.length) return refusedPassword(faults)
    this.setupToken = null
    const p = { ...this.people.blank('99', user, name, null, now), password, grants: [{ roles: ['system_admin'], scope: [], from: null, until: null }] }
    this.people.all.unshift(p)
    return this.sessions.begin(p, now)
  }

  /** @returns {[status: number, body: unknown, type?: string, headers?: object] | null} */
  reply(method, path, asked, body, who, headers = {}) {
    const needed = rightFor(method, path)
    if (needed && !who.rights.includes(needed)) return denied(needed)
    if (path === '/api/v1/access/matrix') return [200, MATRIX]
    if (path === '/api/v1/access/policy') return lacks(who, 'grant') ?? (method === 'PUT' ? [200, (this.policy = body)] : [200, this.policy])
    return this.own(method, path, body, who) ?? this.people.reply(method, path, asked, body, who, this, headers) ?? this.services.reply(method, path, body, who) ?? this.screens.reply(method, path, body, who) ?? this.audit.reply(method, path, asked, who)
  }

  own(method, path, body, who) {
    if (path === '/api/v1/logout') return this.sessions.all.delete(who.token), [204, null, undefined, setCookie('chengshu_session', '')]
    if (!path.startsWith('/api/v1/me')) return null
    const { token: _, ...shown } = who
    if (path === '/api/v1/me') return [200, shown]
    const p = who.kind === 'person' ? this.people.all.find((x) => x.id === who.id) : null
    if (!p) return denied('own')
    const [, session] = /^\/api\/v1\/me\/sessions\/(.+)$/.exec(path) ?? []
    if (session) return this.sessions.end(session), [204, null]
    switch (`${method} ${path}`) {
      case 'GET /api/v1/me/sessions': return [200, { sessions: this.sessions.list(p.id, who.token) }]
      case 'POST /api/v1/me/password': return this.password(p, body, who)
      case 'POST /api/v1/me/totp': return [200, { secret: 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', uri: `otpauth://totp/Chengshu:${p.user}?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Chengshu&algorithm=SHA1&digits=6&period=30` }]
      case 'POST /api/v1/me/totp/confirm': return body.code === p.code ? ((p.totp = true), [204, null]) : [400, { code: 'totp_wrong', detail: 'not the code of this time' }]
      case 'DELETE /api/v1/me/totp': return this.dropTotp(p, body, who)
      case 'POST /api/v1/me/sso/gov': return body.password === p.password ? [200, { url: `${PROVIDER}?link=${p.id}` }] : WRONG
      case 'DELETE /api/v1/me/sso': return body.password === p.password ? (Object.assign(p, { linked: null, sso: false }), [204, null]) : WRONG
      default: return null
    }
  }

  password(p, body, who) {
    if (body.old !== p.password) return [400, { code: 'password_wrong', detail: 'the old password is not right' }]
    const faults = faultsOf(body.new, p, this.policy.password)
    if (faults.length) return refusedPassword(faults)
    Object.assign(p, { password: body.new, mustPassword: false, password_set: Date.now() })
    this.sessions.endAll(p.id, who.token)
    return [204, null]
  }

  dropTotp(p, body, who) {
    if (who.roles.some((r) => this.policy.totp_required.includes(r))) return [409, { code: 'totp_required', detail: 'the policy demands a second factor' }]
    if (body.password !== p.password) return [400, { code: 'password_wrong', detail: 'the password is not right' }]
    p.totp = false
    return [204, null]
  }
}
export { DEMO }
