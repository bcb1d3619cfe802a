// The recording: the wall and the health page while a sensor, a gateway, the database and the broker of a real hub are
// killed and brought back. CHENGSHU_BIN=path npm run record [-- FOLDER] [--dist] writes a picture of each moment into
// FOLDER (shots/recording) and prints when the right word stood in the API and on the wall against when it had to.
// Ends with 1 when a word never came, came early, or later than its deadline and a guard for slow machines.
// Stops everything it started. About four minutes.
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { RealHub } from './hub.mjs'
import { launch, openWall, sleep } from './page.mjs'
import { proxy } from './proxy.mjs'

const binary = process.env.CHENGSHU_BIN
if (!binary) {
  console.error('CHENGSHU_BIN is not set: the path of the chengshu binary')
  process.exit(2)
}
const folder = process.argv.slice(2).find((a) => !a.startsWith('-')) ?? new URL('../shots/recording', import.meta.url).pathname
rmSync(folder, { recursive: true, force: true })
mkdirSync(folder, { recursive: true })

const GUARD_S = 3
/** What the wall may take beyond the API: four deltas a second from the hub, four commits a second on the page. */
const SCREEN_S = 0.5
const SPEAK_MS = 5_000
const LOOK_MS = 150
const KILL_MS = 200
const [STALE_S, OFFLINE_S] = [30, 60] // topics/water, kind river_level
/** Longer than a device may be silent: else nobody sees whether a device that is only spooled is taken for a silent one. */
const AWAY_S = 40
/** The hub starts a part again after a pause of at most 10 s, the link tries again after at most 15 s. */
const BACK_S = 30

const hub = new RealHub(binary, 60)
const started = Date.now()
const since = (at) => (Date.now() - at) / 1000

// ------------------------------------------------------------------------------------------------ devices in the field

class Device {
  constructor(id, status, values) {
    Object.assign(this, { id, status, values })
  }
  async start() {
    await this.say('status', { online: true, ...this.status }, { retain: true })
    await this.speak()
  }
  stop() {
    clearTimeout(this.timer)
    this.dead = true
  }
  say(what, message, options) {
    return hub.publish(`city/water/${this.id}/${what}`, message, options)
  }
  /** Speaks now and every five seconds; what the broker does not take is lost, as with a simple device. */
  async speak() {
    this.dead = false
    clearTimeout(this.timer)
    await this.say('telemetry', { values: this.values() }).catch(() => {})
    if (!this.dead) this.timer = setTimeout(() => void this.speak(), SPEAK_MS)
  }
}
const level = () => ({ level: Number((1.2 + Math.random() / 20).toFixed(3)) })
const gateway = new Device('REC-GW', { name: '录像网关' }, () => ({ battery: 12.4 }))
const child = new Device('REC-K1', { kind: 'river_level', name: '录像水位站', gateway: 'REC-GW', place: { lng: 111.97, lat: 21.86 } }, level)
const sensor = new Device('REC-S1', { kind: 'river_level', name: '录像独立站', place: { lng: 111.95, lat: 21.83 } }, level)
const OURS = [gateway, child, sensor]

/** Kills a part as often as the hub brings it back. */
function keepDead(program) {
  hub.killPart(program)
  const timer = setInterval(() => hub.killPart(program), KILL_MS)
  return () => clearInterval(timer)
}

// ------------------------------------------------------------------------------------ what is said, and since when

/** Everything that the API and the wall said, each with its moment. */
const said = { api: [], wall: [], health: [] }
let looking = true

async function lookAtApi() {
  while (looking) {
    const asked = Date.now()
    try {
      const [status, board] = await Promise.all([hub.get('/api/v1/status'), hub.get('/api/v1/unseen?limit=500')])
      const of = (kind) => Object.fromEntries(board.unseen.filter((u) => u.kind === kind).map((u) => [u.id, u]))
      said.api.push({ at: Date.now(), database: status.database.state, spool: status.spool, devices: of('device'), links: of('link') })
    } catch (e) {
      said.api.push({ at: asked, error: String(e), devices: {}, links: {} })
    }
    await sleep(LOOK_MS)
  }
}

/** Runs in the page: keeps what stands there whenever it changes. */
function watchPage() {
  let last = ''
  window.said = []
  const text = (e) => e?.textContent.replace(/\s+/g, ' ').trim() ?? null
  const one = (s) => document.querySelector(s)
  const pairs = (s, key, value) => Object.fromEntries([...document.querySelectorAll(s)].map((e) => [key(e), value(e)]))
  setInterval(() => {
    const seen = {
      frozen: one('[data-frozen]')?.dataset.frozen, storage: one('[data-storage]')?.dataset.storage ?? null, banner: text(one('[data-banner=storage]')),
      judge: text(one('.judge')), unseen: Number(one('b[data-unseen]')?.textContent), unstored: document.querySelectorAll('[data-unstored]').length,
      devices: pairs('[data-panel=unseen] li', (e) => e.querySelector('.name').firstChild.textContent.trim(), (e) => text(e.querySelector('.state'))),
      links: pairs('[data-link]', (e) => e.dataset.link, (e) => text(e.querySelector('.state'))),
      card: text(one('.card .state')), why: text(one('.card .why')),
      rows: pairs('[data-unseen-row]', (e) => e.dataset.unseenRow, (e) => `${text(e.querySelector('.state'))} ${text(e.querySelector('.why'))}`),
    }
    const now = JSON.stringify(seen)
    if (now === last) return
    last = now
    window.said.push({ at: Date.now(), ...seen })
  }, 50)
}
const gather = async () => {
  for (const [name, page] of Object.entries(pages)) said[name].push(...(await page.evaluate(() => window.said.splice(0))))
}

// -------------------------------------------------------------------------------------------------- table and pictures

const table = []
let failed = 0, stage = ''
const WHERE = { api: 'API', wall: 'wall', health: 'health page' }

/**
 * Waits until each place says it: `says` has one test for each of api, wall, health. `within` seconds of `from`, for the
 * screen a little more; not before `early`. `from` may be a function, for what is only known afterwards.
 */
async function expect(what, { from, within, early = -Infinity, says, late = 0 }) {
  const begun = typeof from === 'function' ? stageAt : from
  const first = {}
  const limit = within + late + SCREEN_S + GUARD_S
  for (;;) {
    await gather()
    for (const [where, test] of Object.entries(says)) first[where] ??= said[where].find((s) => s.at >= begun && test(s))?.at
    if (Object.keys(says).every((w) => first[w]) || since(begun) > limit + 5) break
    await sleep(100)
  }
  const zero = typeof from === 'function' ? from() : from
  const row = { stage, what, within: `${within}${late ? ` + ${late}` : ''} s` }
  for (const where of Object.keys(says)) {
    const took = first[where] === undefined ? Infinity : (first[where] - zero) / 1000
    const allowed = within + late + (where === 'api' ? 0 : SCREEN_S)
    const verdict = took === Infinity ? 'NEVER' : took < early ? 'EARLY' : took > allowed + GUARD_S ? 'LATE' : took > allowed ? 'slow' : ''
    if (verdict && verdict !== 'slow') failed++
    row[where] = `${took === Infinity ? '–' : took.toFixed(1)} s ${verdict}`.trim()
  }
  note(row)
}

/** Something that must hold, without a time. */
function must(what, good, found) {
  if (!good) failed++
  note({ stage, what, within: '', api: `${found}${good ? '' : ' WRONG'}` })
}
function note(row) {
  table.push(row)
  console.log(`${since(started).toFixed(0).padStart(4)} s  ${row.what}: ${Object.keys(WHERE).flatMap((w) => (row[w] ? `${WHERE[w]} ${row[w]}` : [])).join(', ')}`)
}

async function picture(name, ...which) {
  const at = String(Math.round(since(started))).padStart(4, '0')
  for (const page of which.length ? which : ['wall']) {
    await pages[page].screenshot({ path: join(folder, `${at}s-${stage}-${name}-${page}.jpg`), type: 'jpeg', quality: 85 })
  }
}

let stageAt = Date.now()
const stages = []
const step = (name, run) => stages.push([name, run])

// -------------------------------------------------------------------------------------------------------- the stages

const unseen = (device, state, reason) => (s) => s.devices[device.id]?.state === state && (!reason || s.devices[device.id].reason === reason)
const seen = (...devices) => (s) => !s.error && devices.every((d) => !s.devices[d.id])
/** On the wall: in the list of what cannot be seen, with this word; or not in it although all of it is listed. */
const listed = (device, word) => (s) => s.devices[device.status.name] === word
const unlisted = (...devices) => (s) => s.unseen === Object.keys(s.devices).length && devices.every((d) => !(d.status.name in s.devices))
const row = (device, words) => (s) => words.test(s.rows[device.id] ?? '')
const heard = (device) => () => said.api.findLast((s) => s.devices[device.id])?.devices[device.id].last_heard
const linkOf = (s) => Object.values(s.links)
const blind = (s) => s.judge?.startsWith('暂时无法判断')

step('1-well', async () => {
  await expect('three devices of ours are live', { from: stageAt, within: 10, says: { api: seen(...OURS), wall: unlisted(...OURS) } })
  const { devices } = await hub.get('/api/v1/devices?limit=1000')
  must('ours are registered and live', OURS.every((o) => devices.some((d) => d.device === o.id && d.state === 'live')), devices.length + ' devices')
  await sleep(8_000)
  await picture('all', 'wall', 'health')
})

step('2-sensor-killed', async () => {
  sensor.stop()
  const from = heard(sensor)
  await expect('stale (数据陈旧)', { from, within: STALE_S, late: 1, early: STALE_S, says: { api: unseen(sensor, 'stale', 'silent'), wall: listed(sensor, '数据陈旧'), health: row(sensor, /数据陈旧 超过时限没有来报/) } })
  await pages.wall.locator('[data-panel=unseen] li button', { hasText: sensor.status.name }).click()
  await sleep(500)
  await picture('stale', 'wall', 'health')
  await expect('offline (离线)', { from, within: OFFLINE_S, late: 1, early: OFFLINE_S, says: { api: unseen(sensor, 'offline', 'silent'), wall: listed(sensor, '离线'), health: row(sensor, /离线 超过时限没有来报/) } })
  await sleep(500)
  await picture('offline', 'wall', 'health')
})

step('3-sensor-back', async () => {
  await sensor.speak()
  await expect('live (在线)', { from: stageAt, within: 2, says: { api: seen(sensor), wall: (s) => unlisted(sensor)(s) && s.card?.startsWith('在线') } })
  await sleep(1_000)
  await picture('live')
})

step('4-gateway-killed', async () => {
  gateway.stop()
  child.stop()
  await gateway.say('status', { online: false }, { retain: true })
  await expect('gateway offline by its last will', { from: stageAt, within: 1, says: { api: unseen(gateway, 'offline', 'last_will'), wall: listed(gateway, '离线 · 遗嘱'), health: row(gateway, /离线 设备自己掉线（遗嘱消息）/) } })
  await sleep(300)
  await picture('gateway-offline', 'wall', 'health')
  await expect('child stale because of its gateway', { from: heard(child), within: STALE_S, late: 1, early: STALE_S, says: { api: unseen(child, 'stale', 'gateway'), wall: listed(child, '数据陈旧 · 网关'), health: row(child, /数据陈旧 它的网关看不见了 · REC-GW/) } })
  await sleep(500)
  await picture('child-stale', 'wall', 'health')
})

step('5-gateway-back', async () => {
  await Promise.all([gateway.start(), child.start()])
  await expect('gateway and child live', { from: stageAt, within: 2, says: { api: seen(gateway, child), wall: unlisted(gateway, child) } })
  await sleep(1_000)
  await picture('live', 'wall', 'health')
})

step('6-database-killed', async () => {
  const revive = keepDead('postgres')
  const away = (s) => s.storage === 'away' && /数据库中断/.test(s.banner)
  const spooling = (s) => away(s) && /已暂存 [1-9]/.test(s.banner)
  await expect('away (数据库中断)', { from: stageAt, within: 5, says: { api: (s) => s.database === 'down', wall: away, health: away } })
  await expect('that it spools (已暂存 n 条)', { from: stageAt, within: 5, says: { api: (s) => s.spool?.readings > 0, wall: spooling, health: spooling } })
  await expect('no longer calm (暂时无法判断)', { from: stageAt, within: 5, says: { wall: blind } })
  await expect('values marked as not stored', { from: stageAt, within: 15, says: { wall: (s) => s.unstored > 0 } })
  await picture('away', 'wall', 'health')
  const before = said.api.at(-1)
  await sleep(AWAY_S * 1000 - (Date.now() - stageAt))
  await gather()
  const during = said.api.filter((s) => s.at > stageAt && !s.error)
  const held = during.map((s) => s.spool.readings)
  must('what is kept grows', held.at(-1) > before.spool.readings, `${before.spool.readings} → ${held.at(-1)} readings`)
  // The simulation lets a few of its own sleep now and then; a hub that took what is only spooled for silence would call all 63 stale.
  const others = new Set(during.flatMap((s) => Object.keys(s.devices)))
  must(`whoever speaks is live for all of ${AWAY_S} s`, OURS.every((d) => during.every(seen(d))) && others.size <= 5, `ours all live; of the simulated unseen: ${[...others].join(', ') || 'none'}`)
  must('the API answers all the while', said.api.filter((s) => s.at > stageAt && s.error).length === 0, said.api.filter((s) => s.at > stageAt && s.error).map((s) => s.error).at(-1) ?? `${during.length} answers`)
  must('the wall shows our sensor live', said.wall.filter((s) => s.at > stageAt + 1000).every((s) => s.card?.startsWith('在线')), said.wall.at(-1).card)
  await picture(`away-${AWAY_S}s`, 'wall', 'health')
  revive()
})

step('6-database-back', async () => {
  await expect('stored again, spool empty', { from: stageAt, within: BACK_S, says: { api: (s) => s.database === 'up' && s.spool.state === 'empty', wall: (s) => s.storage === null && s.unstored === 0, health: (s) => s.storage === null } })
  await sleep(1_000)
  await picture('drained', 'wall', 'health')
})

step('7-broker-killed', async () => {
  const revive = keepDead('mosquitto')
  await expect('link down (已断开)', { from: stageAt, within: 5, says: { api: (s) => linkOf(s).some((l) => l.state === 'down'), wall: (s) => linkOf(s).some((l) => /已断开/.test(l)), health: (s) => Object.values(s.rows).some((r) => /已断开 连接断了/.test(r)) } })
  await expect('no longer calm (1 条接入链路断开)', { from: stageAt, within: 5, says: { wall: (s) => blind(s) && s.judge.includes('1 条接入链路断开') } })
  await picture('link-down', 'wall', 'health')
  await expect('sensor stale because of the link', { from: heard(sensor), within: STALE_S, late: 1, early: STALE_S, says: { api: unseen(sensor, 'stale', 'link'), wall: (s) => s.card?.startsWith('数据陈旧') && s.why === '接入链路断开', health: row(sensor, /数据陈旧 接入链路断开/) } })
  await sleep(Math.max(0, AWAY_S * 1000 - (Date.now() - stageAt)))
  await gather()
  must('the link never looks up while the broker is dead', said.api.filter((s) => s.at > stageAt + 5000).every((s) => linkOf(s).length > 0), JSON.stringify([...new Set(said.wall.filter((s) => s.at > stageAt + 5000).flatMap((s) => linkOf(s).map((l) => l.split(' ')[0])))]))
  await picture('all-stale', 'wall', 'health')
  revive()
})

step('7-broker-back', async () => {
  await expect('link up', { from: stageAt, within: BACK_S, says: { api: (s) => !s.error && !linkOf(s).length, wall: (s) => linkOf(s).every((l) => l.startsWith('已连接')) } })
  await expect('ours live', { from: stageAt, within: BACK_S + 10, says: { api: seen(...OURS), wall: (s) => unlisted(...OURS)(s) && s.card?.startsWith('在线') } })
  await picture('live', 'wall', 'health')
})

step('8-well-again', async () => {
  await pages.wall.keyboard.press('Escape')
  await pages.wall.locator('.card header button').click({ timeout: 2_000 }).catch(() => {})
  await sleep(15_000)
  const rest = async () => {
    const { adapters } = await hub.get('/api/v1/ledger')
    return adapters.map((a) => `${a.link}: ${a.received} received, difference ${a.difference}, ${a.spooled} spooled, ${a.in_flight} in flight`)
  }
  let books = await rest()
  for (const end = Date.now() + 15_000; Date.now() < end && !books.every((b) => /difference 0, 0 spooled, 0 in/.test(b)); await sleep(100)) books = await rest()
  must('the ledger balances at rest', books.length > 0 && books.every((b) => /difference 0, 0 spooled, 0 in/.test(b)), books.join('; '))
  await gather()
  const last = said.api.at(-1)
  must('all well', last.database === 'up' && last.spool.state === 'empty' && !linkOf(last).length && seen(...OURS)(last), `${Object.keys(last.devices).length} unseen`)
  must('the page was never grey', said.wall.every((s) => s.frozen === 'false'), said.wall.filter((s) => s.frozen === 'true').length)
  await picture('all', 'wall')
  await pages.health.locator('[data-tab=ledger]').click()
  await sleep(1_500)
  await picture('ledger', 'health')
})

// ------------------------------------------------------------------------------------------------------------- the run

const lastWord = () => hub.clear()
process.once('exit', lastWord)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
const pages = {}
let browser, front
try {
  await hub.start()
  browser = await launch()
  if (process.argv.includes('--dist')) front = await proxy(hub.ready.http)
  const open = { width: 1920, height: 1080, query: '?theme=night&lang=zh', key: hub.ready.admin_key }
  const wall = await openWall(browser, front?.address ?? hub.ready.http, open)
  await wall.page.waitForSelector('[data-panel=map] canvas', { timeout: 60_000 })
  const health = await openWall(browser, front?.address ?? hub.ready.http, { ...open, route: '/health/unseen', context: wall.context })
  await health.page.waitForSelector('[data-board]', { timeout: 60_000 })
  Object.assign(pages, { wall: wall.page, health: health.page })
  for (const page of Object.values(pages)) await page.evaluate(watchPage)
  void lookAtApi()
  for (const device of OURS) await device.start()
  for (const [name, run] of stages) {
    stage = name
    stageAt = Date.now()
    console.log(`${since(started).toFixed(0).padStart(4)} s  ${name}`)
    await run()
  }
  console.log(`page errors: ${JSON.stringify([...new Set([...wall.errors, ...health.errors])])}`)
} catch (e) {
  failed++
  console.error(`${e.stack}\nhub: ${hub.said}`)
}
looking = false
for (const device of OURS) device.stop()
await browser?.close().catch(() => {})
front?.close()
await hub.stop()
process.off('exit', lastWord)
console.log(`\n| stage | expected | within | API | wall | health page |\n|---|---|---|---|---|---|`)
for (const r of table) console.log(`| ${r.stage} | ${r.what} | ${r.within} | ${r.api ?? ''} | ${r.wall ?? ''} | ${r.health ?? ''} |`)
console.log(`\nscreen rate ${SCREEN_S} s, guard ${GUARD_S} s; pictures in ${folder}\n${since(started).toFixed(0)} s, ${failed} failed`)
process.exit(failed ? 1 : 0)
