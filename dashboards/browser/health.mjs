// Steps of the browser test: the health page by link, by keyboard and by address; its three parts; narrow and wide. They
// find the wall in English by day and leave it so.
import assert from 'node:assert/strict'
import { openWall } from './page.mjs'

const PARTS = { unseen: 'board', ledger: 'ledger', rejected: 'aside' }

export function healthSteps({ step, text, until, axe, address, browser, hub, page }) {
  const panel = (part) => page().waitForSelector(`[data-panel=${PARTS[part]}]`, { timeout: 15_000 })

  step('the wall leads to the health page, and the tabs are reached by keyboard', async () => {
    await page().locator('[data-to-health]').focus()
    await page().keyboard.press('Enter')
    await panel('unseen')
    assert.equal(new URL(page().url()).hash, '#/health/unseen')
    assert.match(await page().title(), /^Health/)
    await page().locator('[data-to-wall]').focus()
    const focused = () => page().evaluate(() => document.activeElement?.dataset.tab ?? '')
    for (let i = 0; i < 8 && (await focused()) !== 'ledger'; i++) await page().keyboard.press('Tab')
    assert.equal(await focused(), 'ledger', 'the Tab key does not reach the tabs')
    await page().keyboard.press('Enter')
    await panel('ledger')
    await page().keyboard.press('Tab')
    await page().keyboard.press('Enter')
    await panel('rejected')
    await page().goBack()
    await panel('ledger')
    await page().reload()
    await panel('ledger')
  })

  step('what cannot be seen: why, since when, and a device that falls silent appears by itself', async () => {
    await page().locator('[data-tab=unseen]').click()
    await page().waitForSelector('[data-unseen-row=W-WL-050]')
    assert.match(await text(page(), '[data-unseen-row=W-WL-050]'), /Offline[\s\S]*its gateway cannot be seen · GW-1[\s\S]*30 s set by its kind/)
    hub().world.darken('W-RL-012', 'stale', 'silent', Date.now())
    await page().waitForSelector('[data-unseen-row=W-RL-012]', { timeout: 15_000 })
    await page().fill('input[type=search]', 'w-rl-012')
    await until(async () => (await page().locator('[data-unseen-row]').count()) === 1, 10_000, 'the search does not narrow the list')
    hub().push('W-RL-012', 'level', 2.8)
    await until(async () => (await page().locator('[data-unseen-row]').count()) === 0, 15_000, 'a device that is back is still listed')
    await page().fill('input[type=search]', '')
  })

  step('the ledger balances; a miscount shows as an alarm', async () => {
    await page().locator('[data-tab=ledger]').click()
    await page().waitForSelector('[data-equation]')
    assert.match(await text(page(), '[data-equation]'), /received[\s\S]*=[\s\S]*stored[\s\S]*\+[\s\S]*in flight[\s\S]*difference · balanced/)
    hub().books.miscount = 3
    await page().waitForSelector('[data-difference].urgent', { timeout: 15_000 })
    assert.match(await text(page(), '[data-difference]'), /\+3/)
    assert.equal(await page().locator('[data-tab=ledger] b.urgent').count(), 1)
    hub().books.miscount = 0
    await until(async () => (await page().locator('[data-difference].urgent').count()) === 0, 15_000, 'the alarm stays')
    await page().getByRole('button', { name: 'Next' }).click()
    await until(async () => /Page 2/.test(await text(page(), '[data-panel=ledger]')), 10_000, 'no second page')
  })

  step('a reason leads to its messages; one is read as bytes and replayed', async () => {
    await page().locator('[data-reason=time_too_new] a').click()
    await panel('rejected')
    await page().waitForSelector('[data-aside]')
    assert.match(page().url(), /reason=time_too_new/)
    await page().locator('[data-aside] .reason button').first().click()
    assert.match(await text(page(), '[data-detail]'), /time too far ahead[\s\S]*3 years ahead of the hub; expected at most 10 minutes/)
    await page().getByRole('button', { name: 'Hex' }).click()
    assert.match(await text(page(), '[data-raw]'), /^0000 {2}7b 22 74 73/)
    await page().getByRole('button', { name: 'Replay this one' }).click()
    await page().getByRole('button', { name: 'Replay', exact: true }).click()
    await page().waitForSelector('[data-outcome]')
    assert.match(await text(page(), '[data-outcome]'), /1 replayed\s+1 stored/)
    await page().keyboard.press('Escape')
  })

  step('axe finds nothing serious on the three parts, by day and by night', async () => {
    for (const theme of ['Night', 'Day']) {
      for (const part of Object.keys(PARTS)) {
        await page().locator(`[data-tab=${part}]`).click()
        await page().waitForSelector(`[data-panel=${PARTS[part]}] tbody tr`)
        await axe(page())
      }
      await page().getByRole('button', { name: theme, exact: true }).click()
    }
  })

  step('nothing is wider than the screen at 390 and 1920, in both languages; by the address alone', async () => {
    for (const [width, height] of [[390, 844], [1920, 1080]]) {
      for (const lang of ['zh', 'en']) {
        const own = await openWall(browser, address, { width, height, query: `?lang=${lang}`, route: '/health/unseen' })
        for (const [part, kind] of Object.entries(PARTS)) {
          await own.page.locator(`[data-tab=${part}]`).click()
          await own.page.waitForSelector(`[data-panel=${kind}] tbody tr`)
          const over = await own.page.evaluate(() => [document.documentElement, document.querySelector('main')].map((e) => e.scrollWidth - e.clientWidth))
          assert.deepEqual(over, [0, 0], `${part} ${lang} at ${width}`)
        }
        assert.deepEqual(own.errors, [])
        await own.context.close()
      }
    }
  })

  step('the health page too greys when the line falls silent, and the way back leads to the wall', async () => {
    hub().stream.silent = true
    await page().waitForSelector('[data-page=health][data-frozen=true]', { timeout: 75_000 })
    hub().stream.silent = false
    await page().waitForSelector('[data-page=health][data-frozen=false]', { timeout: 75_000 })
    await page().locator('[data-to-wall]').click()
    await page().waitForSelector('[data-page=wall] [data-kpi=river_max]', { timeout: 25_000 })
  })
}
