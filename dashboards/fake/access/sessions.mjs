// The fake hub's sessions and the way in: password, second factor, lock-out by count, the first administrator. One clock: the machine's.
import { setCookie } from './who.mjs'

const HOUR = 3_600_000
const WRONG_MOST = 5
const LOCK_MS = 900_000
const POLICY = { min_length: 12, max_length: 128, classes: 3, history: 5, max_age_days: 90 }
const failed = [401, { code: 'login_failed', detail: 'user or password is not right' }]

export class Sessions {
  constructor(now) {
    this.serial = 1
    this.all = new Map()
    this.tickets = new Map()
    /** Set by tests: nobody may sign in any more from this address, until then. */
    this.limitedUntil = 0
    for (const [person, agent, hours] of [['4', 'Mozilla/5.0 (Windows NT 10.0) Chrome/131', 3], ['4', 'Mozilla/5.0 (Android 14) Chrome/130 Mobile', 20], ['7', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/132', 1]]) this.open(person, now - hours * HOUR, agent, '10.1.2.3')
  }

  open(person, now, agent = 'Mozilla/5.0', from = '127.0.0.1') {
    const s = { id: `s${this.serial}`, token: `cs_fake${this.serial++}`, person, began: now, used: now, from, agent }
    this.all.set(s.token, s)
    return s
  }

  of = (person) => [...this.all.values()].filter((s) => s.person === person)
  list = (person, current) => this.of(person).map(({ id, began, used, from, agent, token }) => ({ id, began, used, from, agent, current: token === current }))
  end = (id) => [...this.all.values()].filter((s) => s.id === id).forEach((s) => this.all.delete(s.token))
  endAll = (person, but = '') => this.of(person).filter((s) => s.token !== but).forEach((s) => this.all.delete(s.token))

  begin(p, now) {
    Object.assign(p, { wrong: 0, last_login: now })
    return [200, { state: 'done' }, undefined, setCookie('chengshu_session', this.open(p.id, now).token)]
  }

  login({ user, password }, people, now) {
    if (now < this.limitedUntil) return [429, { code: 'too_many_tries', detail: 'too many tries from this address' }, undefined, { 'retry-after': String(Math.ceil((this.limitedUntil - now) / 1000)) }]
    // Names that are nobody's are counted like the others.
    const p = people.byUser(user) ?? (this.ghosts[user] ??= { wrong: 0, locked_until: null, password: null })
    if (p.locked_until > now) return [423, { code: 'account_locked', detail: 'the account is locked' }, undefined, { 'retry-after': String(Math.ceil((p.locked_until - now) / 1000)) }]
    if (p.disabled || !p.password || p.password !== password) {
      if (++p.wrong >= WRONG_MOST) Object.assign(p, { wrong: 0, locked_until: now + LOCK_MS })
      return failed
    }
    if (!p.totp) return this.begin(p, now)
    const ticket = `t${this.serial++}`
    this.tickets.set(ticket, p)
    return [200, { state: 'totp', ticket }]
  }
  ghosts = {}

  totp({ ticket, code }, now) {
    const p = this.tickets.get(ticket)
    this.tickets.delete(ticket)
    return p && code === p.code ? this.begin(p, now) : failed
  }

  policyOf = () => POLICY
}

/** What is wrong with a new password, as the hub says it. */
export function faultsOf(text, p, policy = POLICY) {
  const classes = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((c) => c.test(text)).length
  const faults = []
  if (text.length < policy.min_length) faults.push({ code: 'too_short', params: { least: policy.min_length } })
  if (classes < policy.classes) faults.push({ code: 'few_classes', params: { needed: policy.classes, got: classes } })
  if (p && text.toLowerCase().includes(p.user)) faults.push({ code: 'has_name', params: {} })
  if (/^password|^qwerty|chengshu/i.test(text)) faults.push({ code: 'common', params: {} })
  if (p && text === p.password) faults.push({ code: 'used_before', params: { history: policy.history } })
  return faults
}
export const refusedPassword = (faults) => [400, { code: 'password_refused', detail: 'the password is not good', faults }]
