// A small fake hub on node's http: exactly the contract's routes, stream and answers, plus the built app under the
// hub's strict Content-Security-Policy. Shared by the tests and for development; it keeps nothing on disk.
import { createServer } from 'node:http'
import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, extname, join, normalize } from 'node:path'
import { fileURLToPath, URL } from 'node:url'
import { Access, DEMO } from './access/index.mjs'
import { Aside } from './aside.mjs'
import { Books } from './books.mjs'
import { Commands } from './commands.mjs'
import { registerReply } from './desk.mjs'
import { framesReply } from './frames.mjs'
import { Photos } from './photos.mjs'
import { Receivers } from './receivers.mjs'
import { Register } from './register.mjs'
import { FakeSpool } from './spool.mjs'
import { StreamHub } from './stream.mjs'
import { Taps } from './tap.mjs'
import { hours } from './hours.mjs'
import { KINDS, themes as themeList } from './theme.mjs'
import { unseen } from './unseen.mjs'
import { World } from './world.mjs'

const DIST = join(dirname(fileURLToPath(import.meta.url)), '../dist')
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; worker-src 'self'; connect-src 'self'; img-src 'self' data: blob:; " +
  "media-src 'self' blob:; font-src 'self'; manifest-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
/** The real document: the page of the API is tried on nothing else. */
const OPENAPI = join(DIST, '../../hub/api/openapi.json')
const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.woff2': 'font/woff2',
  '.woff': 'font/woff', '.geojson': 'application/geo+json', '.md': 'text/markdown; charset=utf-8',
}

export class FakeHub {
  /** @param {{ key?: string, tickMs?: number, beatMs?: number, themes?: number, spool?: object }} options */
  constructor({ key = 'test-key', tickMs = 1000, beatMs = 5000, themes = 1, spool = {} } = {}) {
    this.themes = themeList(themes)
    this.key = key
    this.epoch = '17'
    this.world = new World(Date.now(), 7, this.themes.map((t) => t.id))
    this.database = { state: 'up', since: this.world.started, code: 'ok', reason: null }
    this.spool = new FakeSpool(spool)
    this.books = new Books(this.world)
    this.aside = new Aside(this.world.started)
    this.register = new Register(this.world, KINDS)
    this.taps = new Taps()
    this.photos = new Photos()
    this.commands = new Commands(this.world)
    this.access = new Access(this.world.started)
    this.receivers = new Receivers(this.world.started)
    /** Who asks when there is no request to tell: component tests. */
    this.who = DEMO
    this.world.onRaw = (device, at, message) => this.taps.heard(device, at, message)
    /** @type {import('../src/api/types').Backups} */
    this.backups = {
      configured: true, last: { at: this.world.started - 7_500_000, took_s: 14, bytes: 1_284_000_000 },
      last_check: { at: this.world.started - 93_000_000, ok: true, took_s: 41, rows: { reading: 18_230_411, alarm: 1_204 }, detail: null },
    }
    /** Questions that are answered with a problem, by path.
     * @type {Record<string, { status: number, code: string, title: string, detail: string }>} */
    this.faults = {}
    this.stream = new StreamHub(this, beatMs)
    this.ticker = setInterval(() => this.tick(), tickMs)
    this.server = createServer((q, r) => this.answer(q, r))
    /** Connections that stand now. */
    this.sockets = new Set()
    this.server.on('connection', (socket) => {
      this.sockets.add(socket)
      socket.once('close', () => this.sockets.delete(socket))
    })
  }

  async listen(port = 0) {
    await new Promise((ok, fail) => this.server.once('error', fail).listen(port, '127.0.0.1', ok))
    this.port = this.server.address().port
    return `http://127.0.0.1:${this.port}`
  }

  async stop() {
    clearInterval(this.ticker)
    this.stream.stop()
    this.server.closeAllConnections()
    await new Promise((ok) => this.server.close(ok))
  }

  tick() {
    const before = this.world.link.messages
    this.world.tick(Date.now())
    this.settle(this.world.link.messages - before, Date.now())
    this.stream.flush()
  }

  /** What came in goes into the database, or into the spool while that is away or the spool is not empty yet. */
  settle(readings, now) {
    const away = this.database.state === 'down'
    const spooled = away || this.spool.readings ? this.spool.add(readings, now) : 0
    this.books.took('mqtt:main', away ? 0 : readings - spooled, spooled)
    if (away) return
    this.books.drained('mqtt:main', this.spool.drain(now))
    if (this.world.spooling && !this.spool.readings) this.world.stored()
  }

  /** The database goes away, perhaps a while ago, with so much spooled since. */
  databaseDown(since = Date.now(), spooled = 0, reason = 'connection refused') {
    this.database = { state: 'down', since, code: 'away', reason }
    this.world.spooling = true
    this.spool.draining = false
    this.books.took('mqtt:main', 0, this.spool.add(spooled, since))
    this.stream.beat()
  }

  databaseUp() {
    this.database = { state: 'up', since: Date.now(), code: 'ok', reason: null }
    this.books.drained('mqtt:main', this.spool.drain(Date.now()))
    this.stream.beat()
  }

  /** As if somebody had published one value by hand. */
  push(device, metric, value) {
    this.world.reading(device, metric, value, Date.now())
    this.stream.flush()
  }

  status() {
    return {
      product: 'chengshu', version: '0.1.0', demo: true, district: { code: '441702', name: { zh: '江城区', en: 'Jiangcheng District' } },
      now: Date.now(), started: this.world.started, epoch: this.epoch, database: this.database, spool: this.spool.view(),
      clock: { synchronized: true }, devices: this.world.counts(),
    }
  }

  answer(q, r) {
    const url = new URL(q.url, 'http://fake')
    if (url.pathname === '/api/docs') return serveDist('/docs.html', r)
    if (url.pathname === '/api/v1/openapi.json') return r.writeHead(200, { 'content-type': 'application/json' }).end(readFileSync(OPENAPI))
    if (!url.pathname.startsWith('/api/')) return serveDist(url.pathname, r)
    const who = this.access.whoOf(q, this.key)
    if (url.pathname === '/api/v1/stream' && who?.rights.includes('see_city')) return this.stream.open(q, r)
    const parts = []
    q.on('data', (d) => parts.push(d))
    q.on('end', () => {
      const bytes = Buffer.concat(parts)
      const isJson = q.headers['content-type'] === 'application/json'
      if (q.method !== 'GET' && q.headers.cookie && q.headers['x-chengshu-csrf'] !== '1') return problem(r, 403, 'csrf', 'the header X-Chengshu-CSRF is missing')
      const asked = isJson && bytes.length ? JSON.parse(bytes.toString()) : bytes
      const [status, body, type, headers] = this.access.open(q.method, url.pathname, asked, Date.now()) ?? (who ? this.reply(q.method, url, asked, who, q.headers) : trouble(401, 'unauthorized', 'the key is missing or wrong'))
      if (status === 204) return r.writeHead(204, headers).end()
      r.writeHead(status, { 'content-type': type ?? (status < 300 ? 'application/json' : 'application/problem+json'), ...headers }).end(type ? body : JSON.stringify(body))
    })
  }

  /** One question and its answer, without any socket: component tests ask here. */
  reply(method, url, body, who = this.who, headers = {}) {
    const fault = this.faults[url.pathname]
    if (fault) return [fault.status, fault]
    const asked = Object.fromEntries(url.searchParams)
    const desk = this.access.reply(method, url.pathname, asked, body, who, headers) ?? this.receivers.reply(method, url.pathname, asked, body, who) ?? this.commands.reply(method, url.pathname, asked, body, Date.now()) ?? framesReply(method, url.pathname, body) ?? registerReply(this, method, url, body)
    if (desk) return desk[0] < 300 || 'type' in desk[1] ? desk : [desk[0], { ...trouble(desk[0], desk[1].code, desk[1].detail)[1], ...desk[1] }, undefined, desk[3]]
    if (method === 'POST') return url.pathname === '/api/v1/rejected/replay' ? this.replay(body) : trouble(404, 'not_found', url.pathname)
    const answer = this.route(url)
    return answer ? [200, answer] : trouble(404, 'not_found', url.pathname)
  }

  replay(asked) {
    if (!asked.ids && !asked.reason && !asked.device && !asked.link) return trouble(400, 'bad_request', 'body: nothing chosen; expected ids, reason, device or link')
    return [200, this.aside.replay(asked, Date.now())]
  }

  route(url) {
    const asked = Object.fromEntries(url.searchParams)
    const limit = +(asked.limit ?? 500)
    switch (url.pathname) {
      case '/api/v1/status': return this.status()
      case '/api/v1/themes': return { themes: this.themes }
      case '/api/v1/kpis': return { kpis: this.kpis() }
      case '/api/v1/links': return { links: this.world.links }
      case '/api/v1/alarms': return this.alarms(url, limit)
      case '/api/v1/unseen': return unseen(this, { ...asked, limit })
      case '/api/v1/ledger': return { adapters: this.books.adapters() }
      case '/api/v1/ledger/devices': return this.books.days({ ...asked, limit })
      case '/api/v1/rejected': return this.aside.page({ ...asked, before: +(asked.before ?? 0), limit })
      case '/api/v1/backups': return this.backups
      case '/api/v1/hours': return hours(this.world, asked)
      default: return null
    }
  }

  kpis() {
    return [...this.world.kpis.values()]
  }

  /** Newest first; `next` is the position to go on from. */
  alarms(url, limit) {
    const list = [...this.world.alarms.values()].filter((a) => url.searchParams.get('active') !== 'true' || a.cleared_at === null)
    list.sort((a, b) => b.raised_at - a.raised_at)
    const from = +(url.searchParams.get('after') ?? 0)
    return { alarms: list.slice(from, from + limit), next: from + limit < list.length ? String(from + limit) : null }
  }
}

const trouble = (status, code, detail) => [status, { type: 'about:blank', title: code, status, detail, code, params: {} }]

function problem(r, status, code, detail) {
  r.writeHead(status, { 'content-type': 'application/problem+json' }).end(JSON.stringify(trouble(status, code, detail)[1]))
}

/** A file of the built app under the hub's policy; any address without an ending is the app itself. */
export function serveDist(path, r) {
  const headers = { 'content-security-policy': CSP, 'x-content-type-options': 'nosniff' }
  let name = normalize(join(DIST, path))
  if (!name.startsWith(DIST)) return r.writeHead(403, headers).end()
  if (!existsSync(name) || statSync(name).isDirectory()) name = extname(path) ? '' : join(DIST, 'index.html')
  if (!name || !existsSync(name)) return r.writeHead(404, headers).end()
  r.writeHead(200, { ...headers, 'content-type': TYPES[extname(name)] ?? 'application/octet-stream' })
  createReadStream(name).pipe(r)
}
