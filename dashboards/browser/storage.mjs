// Steps of the browser test: the database goes away, its spool fills, drains and overflows, and the wall says each of it.
import assert from 'node:assert/strict'

export function storageSteps({ step, text, until, axe, hub, page }) {
  const state = (s) => page().waitForSelector(`[data-storage=${s}]`, { timeout: 15_000 })
  const marked = () => page().locator('[data-unstored]').count()

  step('a database that is away is said, with since when and what is kept; new values are marked as not stored', async () => {
    assert.equal(await marked(), 0)
    hub().databaseDown(Date.now() - 65_000, 12_340)
    await state('away')
    assert.match(await text(page(), '[data-banner=storage]'), /Database away for 1 min[\s\S]*12,3\d\d readings spooled[\s\S]*receiving as usual/)
    await until(async () => (await marked()) > 3, 10_000, 'no value is marked')
    assert.match(await text(page(), '.judge strong'), /Act now|Cannot judge/)
    assert.match(await text(page(), '[data-paused]'), /new alarms come late/)
    // Nothing is hidden by it: the strip has its own row above the panels.
    const [strip, main] = await Promise.all(['[data-banner=storage]', 'main'].map((s) => page().locator(s).boundingBox()))
    assert.ok(strip.y + strip.height <= main.y, 'the banner lies over the picture')
  })

  step('a spool that is full is an alarm', async () => {
    const before = hub().spool.bytesMax
    hub().spool.bytesMax = 1_000_000
    hub().stream.beat()
    await state('full')
    assert.match(await text(page(), '[data-banner=storage].alarm'), /Critical[\s\S]*Spool full, no longer acknowledging/)
    await axe(page())
    hub().spool.bytesMax = before
  })

  step('a spool that drains is said until it is empty; then nothing is marked any more', async () => {
    hub().spool.drainPerTick = 1_500
    hub().databaseUp()
    await state('draining')
    assert.match(await text(page(), '[data-banner=storage]'), /Writing what was spooled…[\s\S]*[\d,]+ left/)
    await until(async () => (await page().locator('[data-storage]').count()) === 0, 30_000, 'the banner stays')
    await until(async () => (await marked()) === 0, 10_000, 'values are still marked')
  })
}
