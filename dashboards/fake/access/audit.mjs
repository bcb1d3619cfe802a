// The fake hub's audit: invented lines of three days, newest first, in pages; a chain that is whole unless a test breaks it.
import { lacks } from './who.mjs'
import { ACTS } from './words.mjs'

const CASES = [
  ['person:4', '梁栋', 'person', '10.1.2.3', 'login', null, 'done', null, { factor: 'password' }], ['person:1', '陈卫', 'person', '10.1.2.9', 'account_create', 'person:9', 'done', null, { user: 'fangyi', department: '城管执法局' }],
  ['person:2', '周岚', 'person', '10.1.2.8', 'grant_change', 'person:5', 'done', null, { before: { roles: ['field_worker'], themes: 'all' }, after: { roles: ['handler'], themes: ['water'], departments: ['水务局'] } }],
  ['unknown', null, 'unknown', '203.0.113.77', 'login', null, 'failed', null, { tried: 'adm…' }], ['unknown', null, 'unknown', '203.0.113.77', 'account_lock', 'person:6', 'done', null, { until: '2026-11-22T16:42:00+08:00', wrong: '5' }],
  ['person:5', '何欣', 'person', '10.3.1.20', 'denied', 'GET /api/v1/export/devices', 'denied', null, { right: 'export', method: 'GET' }], ['person:7', '徐宁', 'person', '10.1.4.4', 'command_ask', 'device:W-RL-007', 'done', null, { name: 'read_now' }],
  ['person:4', '梁栋', 'person', '10.1.2.3', 'unmask', 'event:20261122-0417', 'done', '回访诉求人，核对现场位置', { field: 'phone', purpose: 'callback' }], ['service:1', '水务局泵站平台', 'service', '10.8.0.14', 'limited', null, 'denied', null, { quota_per_minute: '600' }],
  ['person:3', '林越', 'person', '10.1.2.7', 'export', 'audit', 'done', '季度检查', { format: 'csv', lines: '18240' }], ['person:7', '徐宁', 'person', '10.1.4.4', 'register_import', 'devices', 'done', null, { created: '14', changed: '3' }],
  ['local', null, 'local', null, 'hub_start', null, 'done', null, { version: '0.1.0' }], ['person:1', '陈卫', 'person', '10.1.2.9', 'screen_enrol', 'screen:2', 'done', null, { name: '水务局值班室', layout: 'theme/water' }],
]

export class Audit {
  constructor(now, count = 180) {
    this.rows = Array.from({ length: count }, (_, i) => {
      const [who, name, kind, from, act, object, outcome, reason, detail] = CASES[(i * 5 + (i >> 4)) % CASES.length]
      return line(count - i, now - Math.round((i + 1) ** 1.25 * 190_000), { who, name, kind, from, act, object, outcome, reason, detail })
    })
    /** Set by tests.
     * @type {null | { batch: number, line: number, what: string }} */
    this.broken = null
    /** How it is kept; tests change it. */
    this.keeping = {
      oldest: now - 100 * 86_400_000, keep_days: 180, protection: 'separate', kept_wrong: null,
      copies: [{ kind: 'file', to: '/mnt/log-host/chengshu-audit.ndjson', waiting: 0, at: now - 4_000, trouble: null }, { kind: 'syslog', to: 'tcp+tls://log.example:6514', waiting: 0, at: now - 3_000, trouble: null }],
    }
    this.verified = null
  }

  write(at, words) {
    this.rows.unshift(line((this.rows[0]?.id ?? 0) + 1, at, words))
  }

  reply(method, path, asked, who) {
    if (!/^\/api\/v1\/(audit|export\/audit)/.test(path)) return null
    const no = lacks(who, 'read_audit')
    if (no) return no
    const batches = Math.ceil(this.rows.length / 7)
    const head = `${batches}:${'9f86d081884c7d65'.repeat(4)}`
    if (path === '/api/v1/audit/verify') return [200, (this.verified = { ok: !this.broken, lines: this.rows.length, batches, head: this.broken ? null : head, at: this.rows[0].at, broken: this.broken, protection: this.keeping.protection })]
    if (path === '/api/v1/audit/standing') return [200, { lines: this.rows.length, batches, head, verified: this.verified, ...this.keeping }]
    const { from, to, who: by, act, outcome, object, before, limit = '100' } = asked
    const found = this.rows.filter((r) => (!from || r.at >= +from) && (!to || r.at < +to) && (!by || `${r.who} ${r.name ?? ''}`.includes(by)) && (!act || r.act === act) && (!outcome || r.outcome === outcome) && (!object || (r.object ?? '').includes(object)) && (!before || r.id < +before))
    if (path === '/api/v1/export/audit') return [200, asked.format === 'csv' ? `﻿id,at,who,act,outcome\n${found.map((r) => [r.id, r.at, r.who, r.act, r.outcome].join(',')).join('\n')}\n` : found.map((r) => JSON.stringify(r)).join('\n'), asked.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/x-ndjson']
    const page = found.slice(0, +limit)
    return [200, { lines: page, next: found.length > +limit ? page.at(-1).id : null }]
  }
}

function line(id, at, words) {
  const [, zh, en] = ACTS.find(([name]) => name === words.act)
  return { id, at, ...words, act_name: { zh, en } }
}
