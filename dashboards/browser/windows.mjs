// Steps of the browser test: four windows of one browser, each another page, all live at once. With a shared worker they use
// one stream; without one each has its own, and even then there is a connection left of the six that HTTP/1.1 allows.
import assert from 'node:assert/strict'
import { openWall } from './page.mjs'

/** A browser opens no more than this many connections to one host over HTTP/1.1, for all its windows. */
const CONNECTIONS = 6
const PAGES = ['', '/theme/water', '/desk/device/W-PS-005', '/desk/device/W-RG-008']
const READY = ['[data-kpi=river_max]', '[data-page=theme] [data-kpi=river_max]', '[data-metric=flow] .now', '[data-metric=rain_1h] .now']

export function windowSteps({ step, until, address, browser, hub, page, text }) {
  /** Something new for each of the four pages, and only this: the other devices hold still. */
  async function allMove(windows, level) {
    hub().tick = () => {}
    const said = (w, selector, what) => until(async () => what.test(await text(w, selector)), 15_000, `${selector} does not say ${what} on ${w.url()}`)
    const at = Date.now()
    hub().push('W-PS-005', 'flow', level)
    hub().push('W-RG-008', 'rain_1h', level)
    hub().world.reading('W-RL-007', 'level', level, Date.now())
    hub().world.computeKpis(Date.now())
    hub().stream.flush()
    const shown = new RegExp(level.toFixed(1).replace('.', '\\.'))
    await Promise.all([said(windows[0], '[data-kpi=river_max]', shown), said(windows[1], '[data-kpi=river_max]', shown), said(windows[2], '[data-metric=flow] .now', shown), said(windows[3], '[data-metric=rain_1h] .now', shown)])
    console.log(`    all four after ${Date.now() - at} ms`)
    delete hub().tick
  }
  /** Every window can still ask the hub something: no connection is missing. */
  const allAsk = (windows) => Promise.all(windows.map((w) => w.evaluate(async () => {
    const reply = await fetch('/api/v1/status', { signal: AbortSignal.timeout(10_000) })
    return reply.status
  }))).then((got) => assert.deepEqual(got, windows.map(() => 401)))

  async function four(context, first, key) {
    const windows = first ? [first] : []
    for (let i = windows.length; i < 4; i++) {
      const own = await openWall(browser, address, { key: windows.length ? '' : key, context, width: 1280, height: 800, route: PAGES[i], query: '?lang=en' })
      await own.page.waitForSelector(READY[i], { timeout: 30_000 })
      windows.push(own.page)
    }
    return windows
  }

  step('four windows of one browser, four pages, are live at once on one stream', async () => {
    const opened = hub().stream.opened
    const windows = await four(page().context(), page())
    await allMove(windows, 8.4)
    await allAsk(windows)
    assert.equal(hub().stream.opened, opened, 'another stream was opened')
    assert.equal(hub().stream.clients.size, 1)
    assert.ok(hub().sockets.size <= CONNECTIONS, `${hub().sockets.size} connections`)
    console.log(`    ${hub().stream.clients.size} stream, ${hub().sockets.size} connections`)
    // The window that came first may go: the others stay live.
    await windows[1].close()
    hub().tick = () => {}
    hub().push('W-PS-005', 'flow', 9.3)
    await until(async () => /9\.3/.test(await text(windows[2], '[data-metric=flow] .now')), 15_000, 'stands still after a window was closed')
    delete hub().tick
    for (const w of windows.slice(2)) await w.close()
  })

  step('without shared workers each of four windows has its own stream, and connections are left', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' })
    await context.addInitScript(() => delete globalThis.SharedWorker)
    const before = hub().stream.clients.size
    const windows = await four(context, null, 'test-key')
    await allMove(windows, 8.6)
    await allAsk(windows)
    assert.equal(hub().stream.clients.size, before + 4)
    await context.close()
    await until(() => hub().stream.clients.size === before, 15_000, 'a closed window keeps its stream')
  })
}
