// The wall against the real hub: CHENGSHU_BIN=path npm run test:real. Starts the demo with 20 devices on free ports in a
// temporary folder, opens the page that the binary carries, publishes by hand, kills the hub and starts it again.
// With --dist the page comes from dist/ instead, for a binary whose own page is older. Needs chromium and mosquitto_pub.
// Times are printed, not asserted; the limits are guards against hanging. Stops everything it started.
import assert from 'node:assert/strict'
import { RealHub } from './hub.mjs'
import { launch, openWall, sleep } from './page.mjs'
import { proxy } from './proxy.mjs'
import { realAccessSteps } from './real-access.mjs'
import { realDeskSteps } from './real-desk.mjs'
import { startProvider } from './real-sso.mjs'
import { realXssSteps } from './real-xss.mjs'

const SHOWN_MS = 5_000
const HANG_MS = 60_000
const binary = process.env.CHENGSHU_BIN
if (!binary) {
  console.error('CHENGSHU_BIN is not set: the path of the chengshu binary')
  process.exit(2)
}

const hub = new RealHub(binary, 20)
let browser, front, wall, provider
const started = Date.now()
const steps = []
const step = (name, run) => steps.push([name, run])
const text = (selector) => wall.page.locator(selector).first().innerText()
const figure = (what) => console.log(`    ${what}`)
const seconds = (since) => `${((Date.now() - since) / 1000).toFixed(1)} s`
const until = async (what, ms, why) => {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) if (await what()) return
  assert.fail(why)
}
const moves = async () => {
  const before = await text('[data-arrival]')
  await until(async () => (await text('[data-arrival]')) !== before, HANG_MS, 'the latest arrival stands still')
}
/** Publishes and waits until the element shows the text; says how long it took from the command to the screen. */
const publishAndSee = async (topic, message, selector, wanted) => {
  const shown = wall.page.waitForFunction(
    ([s, w]) => new RegExp(w).test(document.querySelector(s)?.innerText ?? ''), [selector, wanted.source], { polling: 20, timeout: SHOWN_MS + 1_000 })
  const at = Date.now()
  await Promise.all([shown, hub.publish(topic, message)])
  figure(`on the screen ${Date.now() - at} ms after the publish`)
}

step('the hub starts', async () => {
  provider = await startProvider(hub)
  await hub.start()
  figure(`ready after ${seconds(started)}`)
})

step('the wall stands, with the key gone from the address bar', async () => {
  if (process.argv.includes('--dist')) front = await proxy(hub.ready.http)
  browser = await launch()
  wall = await openWall(browser, front?.address ?? hub.ready.http, { key: hub.ready.admin_key, query: '?lang=zh' })
  await wall.page.waitForSelector('[data-panel=map] canvas', { timeout: HANG_MS })
  await wall.page.waitForSelector('[data-theme-block=water] [data-kpi]', { timeout: HANG_MS })
  assert.equal(new URL(wall.page.url()).hash, '')
  for (const panel of ['themes', 'kinds', 'map', 'today', 'links', 'alarms', 'unseen']) {
    await wall.page.waitForSelector(`[data-panel=${panel}]`, { timeout: HANG_MS })
  }
})

step('values move', moves)

step('a value of a device that nobody knew shows, and stays', async () => {
  await publishAndSee('city/water/MY-1/telemetry', { level: 3.21 }, '[data-unplaced=MY-1]', /MY-1 · 水位\s+3\.21 m/)
  await moves()
  assert.match(await text('[data-unplaced=MY-1]'), /3\.21 m/)
})

step('a value above the waterlogging limit raises its alarm on the screen', async () => {
  const { devices } = await hub.get('/api/v1/devices?limit=1000')
  const device = devices.find((d) => d.kind === 'waterlogging' && d.state === 'live' && !d.severity)?.device
  assert.ok(device, 'no waterlogging device without an alarm')
  const { themes } = await hub.get('/api/v1/themes')
  const about = (r) => r.signal.what === 'value' && r.metric === 'depth' && (!r.kinds.length || r.kinds.includes('waterlogging'))
  const limit = Math.max(...themes.flatMap((t) => t.rules).filter(about).flatMap((r) => r.steps.map((s) => s.raise)))
  // Just after the simulated one has spoken, so that it does not take our value back at once.
  const heard = async () => (await hub.get(`/api/v1/devices/${device}/latest`)).metrics.depth?.received
  const before = await heard()
  await until(async () => (await heard()) !== before, HANG_MS, `${device} does not speak`)
  await publishAndSee(`city/water/${device}/telemetry`, { depth: limit + 1.5 }, `[data-alarm="${device}"]`, new RegExp(`特急[^]*${(limit + 1.5).toFixed(1)} cm`))
})

step('a message that cannot be read stands on the health page with its bytes, and the ledger balances', async () => {
  const { page } = wall
  await page.locator('[data-to-health]').click()
  await page.waitForSelector('[data-panel=board]', { timeout: HANG_MS })
  await hub.publish('city/water/BAD-1/telemetry', '{"level":')
  await page.locator('[data-tab=rejected]').click()
  await page.waitForSelector('[data-aside]', { timeout: HANG_MS })
  await page.locator('[data-aside] .reason button').first().click()
  assert.match(await text('[data-detail]'), /解不开[^]*BAD-1[^]*\{"level":/)
  await page.locator('[data-tab=ledger]').click()
  await until(async () => /账平/.test(await text('[data-difference]')), HANG_MS, 'the ledger does not balance')
  await page.locator('[data-to-wall]').click()
  await page.waitForSelector('[data-theme-block=water] [data-kpi]', { timeout: HANG_MS })
})

realDeskSteps({ step, until, hub, page: () => wall.page, text, seconds, figure, HANG_MS })

const enrolled = realAccessSteps({ step, until, hub, browser: () => browser, address: () => front?.address ?? hub.ready.http, HANG_MS })

step('nothing was blocked by the policy, nothing failed', () => {
  // The browser itself logs each refused request: a table with mistakes, and a device whose page was opened before it existed.
  assert.deepEqual(wall.errors.filter((e) => !/status of (400|404|422)/.test(e)), [])
})

step('a killed hub greys the page', async () => {
  await hub.kill()
  const at = Date.now()
  await wall.page.waitForSelector('[data-frozen=true]', { timeout: HANG_MS })
  figure(`grey after ${seconds(at)}`)
  await wall.page.waitForSelector('[data-banner=frozen]', { timeout: HANG_MS })
})

step('started again on the same data, the page heals without a person, and so does the enrolled wall', async () => {
  const at = Date.now()
  await hub.start()
  figure(`ready after ${seconds(at)}`)
  await wall.page.waitForSelector('[data-frozen=false]', { timeout: HANG_MS })
  figure(`healed ${seconds(at)} after the start`)
  await until(async () => (await wall.page.locator('[data-banner]').count()) === 0, HANG_MS, 'the banner stays')
  await moves()
  assert.match(await text('[data-unplaced=MY-1]'), /3\.21 m/, 'the hub has forgotten the value')
  await enrolled.heals()
  // The browser itself logs each request to the dead hub; those are ours.
  assert.deepEqual(wall.errors.filter((e) => !/net::ERR_|status of 50/.test(e)), [])
})

realXssSteps({ step, hub, browser: () => browser, address: () => front?.address ?? hub.ready.http, HANG_MS })

let passed = 0, failed = 0
const lastWord = () => hub.clear()
process.once('exit', lastWord)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
for (const [name, run] of steps) {
  const at = Date.now()
  try {
    await run()
    passed++
    console.log(`ok  ${name} (${Date.now() - at} ms)`)
  } catch (e) {
    failed++
    console.error(`FAILED  ${name}\n${e.stack}\npage errors: ${JSON.stringify(wall?.errors)}\nhub: ${hub.said}`)
    break
  }
}
await browser?.close().catch(() => {})
front?.close()
await hub.stop()
await provider?.close()
process.off('exit', lastWord)
console.log(`${seconds(started)}\n${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
