// Steps of the browser test: a theme's page. From the wall by keyboard; all its figures, limits with their origin, kinds by
// state, hours; the map and the alarms cut to it; a panel that does not exist says so alone; nothing is wider than the
// screen with one, three or eleven themes. They find the wall in English by day and leave it so.
import assert from 'node:assert/strict'
import { FakeHub } from '../fake/server.mjs'
import { openWall } from './page.mjs'

const SIZES = [[1920, 1080], [3840, 2160], [3840, 1080], [1366, 768], [390, 844]]

export function themeSteps({ step, text, until, axe, browser, hub, page }) {
  step('the theme\'s name on the wall leads to its page by keyboard', async () => {
    await page().locator('[data-to-theme=water]').focus()
    await page().keyboard.press('Enter')
    await page().waitForSelector('[data-page=theme][data-theme-page=water] [data-panel=map] canvas', { timeout: 30_000 })
    assert.match(await page().title(), /^Water · Jiangcheng/)
    assert.equal(await page().locator('[data-kpi]').count(), hub().themes[0].kpis.length)
    for (const panel of ['figures', 'map', 'hours', 'kindstates', 'alarms', 'unseen', 'limits']) assert.equal(await page().locator(`[data-panel=${panel}]`).count(), 1, panel)
  })

  step('its figures say band, source and limits with certainty; its limits where each comes from', async () => {
    assert.match(await text(page(), '[data-kpi=waterlog_max]'), /Deepest road flooding[\s\S]*cm[\s\S]*Normal[\s\S]*0\.0 – 12\.0[\s\S]*近 30 日[\s\S]*Limits[\s\S]*≥ 15\.0 cm[\s\S]*certainty A/)
    assert.equal(await page().locator('[data-rule]').count(), hub().themes[0].rules.length)
    assert.match(await text(page(), '[data-rule="water.waterlog_urgent"]'), /Deep road flooding[\s\S]*Urgent[\s\S]*≥\s27\.0\scm[\s\S]*over at ≤\s22\.0\scm[\s\S]*GB 51222[\s\S]*A/)
  })

  step('its kinds are counted by state, as the hub counts them', async () => {
    const devices = [...hub().world.devices.values()].filter((d) => d.kind === 'waterlogging' && d.registration !== 'pending')
    for (const state of ['live', 'stale', 'offline', 'never']) {
      const n = devices.filter((d) => d.state === state).length
      await until(async () => (await text(page(), `[data-kind=waterlogging] [data-state=${state}]`)) === String(n), 10_000, `${state} is not ${n}`)
    }
  })

  step('the hours of its first figure stand device by device, and another figure can be chosen', async () => {
    await page().waitForSelector('[data-strip]', { timeout: 20_000 })
    assert.ok((await page().locator('[data-strip] rect').count()) > 24)
    await page().locator('[data-hours=rain_max]').click()
    await page().waitForSelector('[data-strip^=W-RG]', { timeout: 20_000 })
    hub().faults['/api/v1/hours'] = { status: 503, code: 'database', title: 'database', detail: 'the database does not answer' }
    await page().locator('[data-hours=waterlog_max]').click()
    await page().waitForSelector('[data-panel=hours] [data-failed]', { timeout: 20_000 })
    hub().faults = {}
  })

  step('axe finds nothing serious on it, by day and by night; the tabs lead back', async () => {
    await axe(page())
    await page().getByRole('button', { name: 'Night', exact: true }).click()
    await axe(page())
    await page().getByRole('button', { name: 'Day', exact: true }).click()
    await page().locator('.tabs [data-to-wall]').click()
    await page().waitForSelector('[data-page=wall] [data-kpi=river_max]', { timeout: 25_000 })
  })

  step('with 1, 3 and 11 themes nothing is clipped, wall and theme page, on every size, in both languages', async () => {
    const bad = []
    for (const n of [1, 3, 11]) {
      const many = new FakeHub({ themes: n, tickMs: 500 })
      const address = await many.listen()
      const own = await openWall(browser, address, { width: 1920, height: 1080, query: '?lang=zh' })
      await own.page.waitForSelector('[data-kpi]', { timeout: 30_000 })
      for (const lang of ['zh', 'en']) {
        if (lang === 'en') await own.page.getByRole('button', { name: 'English' }).click()
        for (const [width, height] of SIZES) {
          await own.page.setViewportSize({ width, height })
          for (const route of ['#/', `#/theme/${many.themes.at(-1).id}`]) {
            await own.page.evaluate((h) => (location.hash = h), route)
            await own.page.waitForSelector(route === '#/' ? '[data-page=wall] [data-kpi]' : '[data-page=theme] [data-kpi]', { timeout: 30_000 })
            await own.page.waitForTimeout(700)
            const where = `${n} themes, ${lang}, ${width}×${height}, ${route}`
            for (const what of await own.page.evaluate(clipped, n)) bad.push(`${where}: ${what}`)
            if (route === '#/') assert.equal(await own.page.locator('[data-theme-block]').count(), n, where)
          }
        }
      }
      assert.deepEqual(own.errors, [])
      await own.context.close()
      await many.stop()
    }
    assert.deepEqual(bad, [])
  })

  step('a theme\'s screen says what stands on its page; a panel that does not exist says so in its own place', async () => {
    const odd = new FakeHub({ themes: 3 })
    odd.themes[1] = { ...odd.themes[1], screen: { kpis: odd.themes[1].screen.kpis, page: ['figures', 'weather', 'kinds'] } }
    odd.themes[2] = { ...odd.themes[2], error: 'topics/housing/topic.toml:7: stale_after_s is 90', kinds: [], rules: [], kpis: [], screen: null }
    const address = await odd.listen()
    const own = await openWall(browser, address, { query: '?lang=en', route: `/theme/${odd.themes[1].id}` })
    await own.page.waitForSelector('[data-panel=theme] .broken', { timeout: 30_000 })
    assert.match(await text(own.page, '[data-panel=theme]'), /weather.*known are figures, map/)
    assert.deepEqual(await own.page.locator('[data-panel]').evaluateAll((all) => all.map((p) => p.dataset.panel)), ['figures', 'theme', 'kindstates'])
    await own.page.locator(`[data-tab=${odd.themes[2].id}]`).click()
    await until(async () => /topic\.toml:7/.test(await text(own.page, 'main')), 10_000, 'the error of the theme is not said')
    await own.page.evaluate(() => (location.hash = '#/theme/nobody'))
    await own.page.waitForSelector('[data-unknown-theme]')
    odd.stream.silent = true
    await own.page.waitForSelector('[data-page=theme][data-frozen=true]', { timeout: 75_000 })
    await own.context.close()
    await odd.stop()
  })
}

/** What is wider than its place: the page itself, and texts of figures and names. Runs in the page. */
function clipped() {
  const bad = []
  const root = document.documentElement
  if (root.scrollWidth > root.clientWidth) bad.push(`page ${root.scrollWidth} > ${root.clientWidth}`)
  const cut = (e) => e.scrollWidth > e.clientWidth + 1
  for (const e of document.querySelectorAll('[data-kpi] :is(.label, h3, .v), .name h3, .name .count, .head h1, .head .judge, .head .meta, .head, [data-kind] th')) {
    if (e.closest('.sr')) continue
    if (getComputedStyle(e).display !== 'inline' && cut(e)) bad.push(`wide: ${e.className || e.tagName} ${e.textContent.trim().slice(0, 40)} ${e.scrollWidth} > ${e.clientWidth}`)
  }
  // Nothing of a row may lie outside of its block, or of its panel.
  for (const row of document.querySelectorAll('[data-panel] [data-kpi]')) {
    const inside = row.closest('.block, .list, section').getBoundingClientRect()
    for (const e of row.querySelectorAll('.label, h3, .v, .who, .age, .side, .facts')) {
      const r = e.getBoundingClientRect()
      if (r.height && (r.bottom > inside.bottom + 1.5 || r.top < inside.top - 1.5 || r.right > inside.right + 1.5)) bad.push(`outside: ${row.dataset.kpi} ${e.className} ${Math.round(r.top)}–${Math.round(r.bottom)} of ${Math.round(inside.top)}–${Math.round(inside.bottom)}`)
    }
    const own = row.getBoundingClientRect()
    const text = row.querySelector('.text').getBoundingClientRect()
    if (text.bottom > own.bottom + 1.5 || text.top < own.top - 1.5) bad.push(`row: ${row.dataset.kpi} text ${Math.round(text.height)} in ${Math.round(own.height)}`)
  }
  if (innerWidth >= 1200)
    for (const area of document.querySelectorAll('.area')) {
      const place = area.getBoundingClientRect()
      for (const e of area.querySelectorAll('[data-panel] > *')) {
        const r = e.getBoundingClientRect()
        if (r.height && (r.bottom > place.bottom + 2 || r.right > place.right + 2)) bad.push(`panel: ${e.parentElement.dataset.panel} ${e.className || e.tagName} ${Math.round(r.right)},${Math.round(r.bottom)} of ${Math.round(place.right)},${Math.round(place.bottom)}`)
      }
    }
  for (const name of document.querySelectorAll('.block .name')) if (name.scrollHeight > name.clientHeight + 2) bad.push(`name: ${name.textContent.trim()} ${name.scrollHeight} > ${name.clientHeight}`)
  return bad.slice(0, 12)
}
