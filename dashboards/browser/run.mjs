// The browser test: the built app in Chromium under the hub's strict policy, against the fake hub. Proves what unit
// tests cannot: nothing breaks the policy, values move, a push shows, four windows share one stream,
// a dead hub greys the page, a broken panel stays alone, a refused key is said. Prints one line per step; exit 1 on the first failure.
// Times are printed, not asserted (but one: grey within 15 s): every other limit below is only a guard against hanging.
import assert from 'node:assert/strict'
import { FakeHub } from '../fake/server.mjs'
import { accessSteps } from './access.mjs'
import { adminSteps } from './admin.mjs'
import { axe } from './axe.mjs'
import { commandSteps } from './commands.mjs'
import { deskSteps } from './desk.mjs'
import { docsSteps } from './docs.mjs'
import { healthSteps } from './health.mjs'
import { launch, openWall, sleep } from './page.mjs'
import { storageSteps } from './storage.mjs'
import { themeSteps } from './theme.mjs'
import { windowSteps } from './windows.mjs'

const started = Date.now()
const steps = []
const step = (name, run) => steps.push([name, run])
const text = (page, selector) => page.locator(selector).first().innerText()
const until = async (what, ms, why) => {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(25)) if (await what()) return
  assert.fail(why)
}

/** The one time that is asserted: it is the wall's first promise, and the page's own timers keep it. */
const GREY_MS = 15_000
const greyIn = (at) => {
  const took = Date.now() - at
  console.log(`    grey after ${(took / 1000).toFixed(1)} s`)
  assert.ok(took <= GREY_MS, `grey only after ${took} ms`)
}

let hub = new FakeHub({ tickMs: 500 })
const address = await hub.listen()
const browser = await launch()
let wall
/** What the steps in other files work with. */
const tools = { step, text, until, axe, address, browser, hub: () => hub, page: () => wall.page }

step('the key leaves the address bar and the wall stands, without any error', async () => {
  wall = await openWall(browser, address)
  await wall.page.waitForSelector('[data-panel=map] canvas', { timeout: 60_000 })
  await wall.page.waitForSelector('[data-kpi=river_max]')
  assert.equal(new URL(wall.page.url()).hash, '')
  for (const panel of ['themes', 'kinds', 'map', 'today', 'links', 'alarms', 'ended', 'unseen']) assert.equal(await wall.page.locator(`[data-panel=${panel}]`).count(), 1, panel)
  assert.equal(await wall.page.title(), '江城区城市运行中心')
  assert.match(await text(wall.page, '[data-panel=map]'), /GS\(2024\)0650号/)
})

step('values move', async () => {
  const before = await text(wall.page, '[data-arrival]')
  await until(async () => (await text(wall.page, '[data-arrival]')) !== before, 20_000, 'the latest arrival stands still')
})

step('a value pushed by hand shows', async () => {
  // The other devices hold still, or the next arrival takes the place of ours.
  hub.tick = () => {}
  const shown = wall.page.waitForFunction(
    () => /河道站 20 · 水位[\s\S]*7\.93/.test(document.querySelector('[data-arrival]')?.innerText ?? '') && document.querySelector('[data-alarm=W-RL-020]'),
    null, { polling: 50, timeout: 10_000 })
  await sleep(200)
  const at = Date.now()
  hub.push('W-RL-020', 'level', 7.93)
  await shown
  console.log(`    arrival and alarm shown after ${Date.now() - at} ms`)
  delete hub.tick
})

step('a device that nobody knew stands among those without a position, and its card opens', async () => {
  // It too would move on before a busy machine reads it.
  hub.tick = () => {}
  const shown = wall.page.waitForSelector('[data-unplaced=MY-1]', { timeout: 10_000 })
  const at = Date.now()
  hub.push('MY-1', 'level', 3.21)
  await shown
  console.log(`    shown after ${Date.now() - at} ms`)
  assert.match(await text(wall.page, '[data-unplaced=MY-1]'), /MY-1 · 水位\s+3\.21 m/)
  await wall.page.locator('[data-unplaced=MY-1] button').click()
  assert.match(await text(wall.page, '[role=dialog]'), /MY-1/)
  await wall.page.keyboard.press('Escape')
  delete hub.tick
})

step('axe finds nothing serious, by night and by day, in both languages', async () => {
  const check = () => axe(wall.page)
  await check()
  await wall.page.getByRole('button', { name: '日间' }).click()
  await wall.page.getByRole('button', { name: 'English' }).click()
  assert.equal(await wall.page.getAttribute('html', 'data-theme'), 'day')
  await until(async () => /Operations Centre/.test(await text(wall.page, 'h1')), 10_000, 'not in English')
  await check()
  await wall.page.reload()
  await wall.page.waitForSelector('[data-kpi=river_max]')
  assert.equal(await wall.page.getAttribute('html', 'data-theme'), 'day', 'theme is not kept')
  assert.equal(await wall.page.getAttribute('html', 'lang'), 'en', 'language is not kept')
})

step('a click on an alarm opens its device, with the source of the rule', async () => {
  await wall.page.locator('[data-alarm=W-RL-007] button').first().click()
  assert.match(await text(wall.page, '[role=dialog]'), /W-RL-007[\s\S]*Level[\s\S]*\d\.\d\d m[\s\S]*Source[\s\S]*certainty B/)
  await wall.page.keyboard.press('Escape')
  assert.equal(await wall.page.locator('[role=dialog]').count(), 0)
})

step('a broken panel shows its error in its own place', async () => {
  hub.stream.garble.link = (l) => ({ ...l, devices: null })
  await wall.page.waitForSelector('[data-panel=links] .broken', { timeout: 15_000 })
  const before = await text(wall.page, '[data-panel=themes]')
  await until(async () => (await text(wall.page, '[data-panel=themes]')) !== before, 20_000, 'another panel stopped')
  hub.stream.garble = {}
})

storageSteps(tools)

step('the broken panel is tried again and stands', async () => {
  await wall.page.waitForSelector('[data-arrival]', { timeout: 60_000 })
})

healthSteps(tools)

themeSteps(tools)

windowSteps(tools)

deskSteps(tools)

commandSteps(tools)

accessSteps(tools)

adminSteps(tools)

step('a refused key keeps the last picture and says so', async () => {
  hub.key = 'another'
  hub.stream.dropAll()
  await wall.page.waitForSelector('[data-banner=unauthorized]', { timeout: 25_000 })
  assert.ok((await wall.page.locator('[data-kpi]').count()) > 0)
  hub.key = 'test-key'
  await until(async () => (await wall.page.locator('[data-banner]').count()) === 0, 60_000, 'did not come back by itself')
})

step('nothing was blocked by the policy, nothing failed', () => {
  // The browser itself logs each refused request; those were ours.
  assert.deepEqual(wall.errors.filter((e) => !/status of (400|401|404|409|501|503)/.test(e)), [])
})

step('a line that falls silent greys the page within 15 s, and one that speaks again clears it', async () => {
  hub.stream.silent = true
  const at = Date.now()
  await wall.page.waitForSelector('[data-frozen=true]', { timeout: 75_000 })
  greyIn(at)
  assert.match(await wall.page.evaluate(() => getComputedStyle(document.querySelector('main')).filter), /grayscale\(1\)/)
  hub.stream.silent = false
  await wall.page.waitForSelector('[data-frozen=false]', { timeout: 75_000 })
})

step('a dead hub greys the page within 15 s', async () => {
  const port = hub.port
  await hub.stop()
  const at = Date.now()
  await wall.page.waitForSelector('[data-frozen=true]', { timeout: 75_000 })
  greyIn(at)
  assert.match(await text(wall.page, '[data-banner=frozen]'), /Data stream interrupted \d\d:\d\d/)
  hub = new FakeHub()
  await hub.listen(port)
})

step('and "try now" brings it back at once', async () => {
  await wall.page.getByRole('button', { name: 'Try now' }).click()
  await wall.page.waitForSelector('[data-frozen=false]', { timeout: 25_000 })
})

docsSteps(tools)

step('the sign-in offers a form for a key, and a wrong key is refused', async () => {
  const { page, context } = await openWall(browser, address, { key: '' })
  await page.locator('[data-use-key]').click()
  await page.fill('#key', 'wrong')
  await page.keyboard.press('Enter')
  await page.waitForSelector('[role=alert]', { timeout: 25_000 })
  await page.fill('#key', `${address}/#key=test-key`)
  await page.keyboard.press('Enter')
  await page.waitForSelector('[data-kpi=river_max]', { timeout: 25_000 })
  await context.close()
})

let failed = null
for (const [name, run] of steps) {
  const at = Date.now()
  try {
    await run()
    console.log(`ok  ${name} (${Date.now() - at} ms)`)
  } catch (e) {
    failed = e
    console.error(`FAILED  ${name}\n${e.stack}\npage errors: ${JSON.stringify(wall?.errors)}`)
    break
  }
}
await browser.close()
await hub.stop().catch(() => {})
console.log(failed ? 'browser test failed' : `browser test: ${steps.length} steps passed in ${((Date.now() - started) / 1000).toFixed(0)} s`)
process.exit(failed ? 1 : 0)
