// Steps of the test against the real hub: the desk. A table with three mistakes is refused by line and column, mended and
// imported; a message by MQTT makes one of its devices live on its page, with trend, account, raw bytes and history; who goes
// offline is named on the maintenance board; stations of the field protocols answer; the map finds it; its theme's page opens. axe looks at each page.
// They find the wall in Chinese and leave it so.
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { axe } from './axe.mjs'

const HEAD = '设备编号,专题,类型,名称,责任部门,经度,纬度,安装日期\n'
const BROKEN = `${HEAD}R-1,water,雨量站,试验一号雨量站,气象局,111.95,21.86,2026-11-01\nR-2,water,雨量计,试验二号雨量站,气象局,111.96,21.87,2026-11-01\nR-3,water,雨量站,试验三号雨量站,气象局,111点9,21.86,2026-11-01\nR-4,water,雨量站,试验四号雨量站,气象局,111.97,21.85,11/2026\n`
const MENDED = BROKEN.replace('雨量计', '雨量站').replace('111点9', '111.90').replace('11/2026', '2026-11-02')

export function realDeskSteps({ step, until, hub, page, text, seconds, figure, HANG_MS }) {
  const go = (hash) => page().evaluate((h) => (location.hash = h), hash)
  const file = (name, body) => page().setInputFiles('[data-file]', { name, mimeType: 'text/csv', buffer: Buffer.from(body) })
  const says = (selector, what, why) => until(async () => what.test(await text(selector)), HANG_MS, why)

  step('a table with three mistakes: each is named by line and column, and nothing is written', async () => {
    await page().locator('[data-to-desk]').click()
    await page().waitForSelector('[data-device-row]', { timeout: HANG_MS })
    await axe(page())
    await page().locator('[data-import]').click()
    await file('三处有误.csv', BROKEN)
    await page().waitForSelector('[data-errors]', { timeout: HANG_MS })
    const found = await page().locator('[data-error-line]').evaluateAll((rows) => rows.map((r) => [r.dataset.errorLine, r.cells[1].innerText.trim(), r.cells[2].innerText.trim()]))
    assert.deepEqual(found, [['3', '类型', '雨量计'], ['4', '经度', '111点9'], ['5', '安装日期', '11/2026']])
    assert.equal(await page().locator('[data-go]').isDisabled(), true)
    await axe(page())
    await assert.rejects(hub.get('/api/v1/devices/R-1'), /404/)
  })

  step('mended, it is imported, and its devices stand in the register, never heard', async () => {
    await file('已改正.csv', MENDED)
    await page().waitForSelector('[data-go]:not([disabled])', { timeout: HANG_MS })
    await page().locator('[data-go]').click()
    await page().locator('[data-finish]').click({ timeout: HANG_MS })
    await go('#/desk/devices?q=R-')
    await page().waitForSelector('[data-device-row=R-4]', { timeout: HANG_MS })
    assert.match(await text('[data-device-row=R-1]'), /从未上报[^]*试验一号雨量站[^]*雨量站[^]*气象局/)
    assert.equal((await hub.get('/api/v1/devices?q=R-')).devices.filter((d) => /^R-\d$/.test(d.device)).length, 4)
  })

  step('a value by MQTT makes one live on its page: state, value, trend, account of the day, raw message, history', async () => {
    await go('#/desk/device/R-1')
    await page().waitForSelector('[data-device=R-1]', { timeout: HANG_MS })
    await says('[data-state-line]', /从未上报/, 'it is not said that it was never heard')
    // The tap of raw messages opens when somebody looks.
    await page().waitForSelector('[data-messages]', { timeout: HANG_MS })
    const shown = page().waitForFunction(() => /12\.4/.test(document.querySelector('[data-metric=rain_1h] .now')?.innerText ?? ''), null, { polling: 20, timeout: HANG_MS })
    const at = Date.now()
    await Promise.all([shown, hub.publish('city/water/R-1/telemetry', { rain_1h: 12.4, rain_3h: 13, battery: 3.61 })])
    figure(`live on its page ${Date.now() - at} ms after the publish`)
    await says('[data-state-line]', /在线/, 'not called live')
    await page().waitForSelector('[data-message=taken]', { timeout: HANG_MS })
    assert.match(await text('[data-message=taken] pre'), /"rain_1h": ?12\.4/)
    await hub.publish('city/water/R-1/telemetry', { rain_1h: 13.1, battery: 3.6 })
    await hub.publish('city/water/R-1/telemetry', '{"rain_1h":')
    await page().waitForSelector('[data-message=rejected]', { timeout: HANG_MS })
    await page().waitForSelector('[data-metric=rain_1h] [data-trend] svg .line', { state: 'attached', timeout: HANG_MS })
    await says('[data-history]', /导入/, 'the import is not in its history')
    const at2 = Date.now()
    await page().waitForFunction(() => { const n = document.querySelector('[data-day-ledger]')?.innerText ?? ''; return /[1-9]/.test(n) }, null, { timeout: HANG_MS, polling: 200 })
    figure(`account of the day ${seconds(at2)} later`)
    await axe(page())
  })

  step('one that says good-bye is offline with the reason, and the maintenance board names it', async () => {
    // only a value proves that it lives
    await hub.publish('city/water/R-2/telemetry', { rain_1h: 3.5 })
    await until(async () => (await hub.get('/api/v1/devices/R-2')).state === 'live', HANG_MS, 'R-2 is not live')
    await hub.publish('city/water/R-2/status', { online: false })
    await until(async () => (await hub.get('/api/v1/devices/R-2')).state === 'offline', HANG_MS, 'R-2 is not offline')
    await go('#/desk/device/R-2')
    await says('[data-state-line]', /离线[^]*遗嘱|遗嘱[^]*离线|离线[^]*(断开|下线)/, 'the reason is not said')
    await go('#/desk/maintenance')
    await page().waitForSelector('[data-last-heard]', { timeout: HANG_MS })
    await says('[data-last-heard]', /试验二号雨量站[^]*R-2/, 'R-2 is not on the board')
    await page().waitForSelector('[data-by=kind] [data-key]', { timeout: HANG_MS })
    assert.match(await text('[data-by=kind]'), /雨量站/)
    await axe(page())
  })

  step('a day of a department goes out as a table, with every reading in it and no word that is a formula', async () => {
    await go('#/desk/devices')
    await page().locator('[data-readings]').click({ timeout: HANG_MS })
    const today = await page().evaluate(() => new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10))
    await page().locator('[data-from]').fill(today)
    await page().locator('[data-to]').fill(today)
    await page().locator('[data-export-readings] [data-department] option', { hasText: '气象局' }).first().waitFor({ state: 'attached', timeout: HANG_MS })
    await page().locator('[data-export-readings] [data-department]').selectOption('气象局')
    await axe(page())
    const [download] = await Promise.all([page().waitForEvent('download'), page().locator('[data-format=csv]').click()])
    const lines = readFileSync(await download.path(), 'utf8').replace(/^\uFEFF/, '').trim().split(/\r?\n/)
    assert.equal(lines[0].split(',')[0], 'device')
    const mine = lines.filter((line) => line.startsWith('R-1,'))
    assert.equal(mine.filter((line) => /,rain_1h,mm,.*,1(2\.4|3\.1),/.test(line)).length, 2, mine.join('\n'))
    assert.ok(lines.slice(1).every((line) => line.includes('气象局') && !/(^|,)"?[=+@]/.test(line)))
  })

  step('the label and the page for commissioning stand, and axe finds nothing serious on them', async () => {
    for (const view of ['label', 'commission']) {
      await go(`#/desk/${view}/R-3`)
      await page().waitForSelector(`[data-view=${view}] h1`, { timeout: HANG_MS })
      await page().waitForTimeout(500)
      await axe(page())
    }
  })

  step('stations of three field protocols are live on the page of links, and each answers a question asked on its own page', async () => {
    const { links } = await hub.get('/api/v1/links')
    for (const [protocol, command] of [['sl651', 'read_now'], ['gb26875', 'read_device_state'], ['hj212', 'read_now']]) {
      assert.ok(links.find((link) => link.id === `${protocol}:demo`)?.peers > 0, `nobody speaks ${protocol}`)
      const { devices } = await hub.get('/api/v1/devices?limit=500')
      const device = devices.find((d) => d.link === `${protocol}:demo` && d.state === 'live')?.device
      assert.ok(device, `no device of ${protocol} is live`)
      await go(`#/desk/device/${device}`)
      await page().waitForSelector(`[data-kind=${command}]`, { timeout: HANG_MS })
      await page().locator(`[data-kind=${command}] input`).check()
      await page().fill('[data-ask] [name=person]', '王工')
      const at = Date.now()
      await page().locator('[data-send]').click()
      await page().waitForSelector('[data-command][data-state=confirmed] [data-result]', { timeout: HANG_MS })
      figure(`${device} answered ${command} after ${seconds(at)}`)
      await axe(page())
    }
  })

  step('the search on the map finds it by name', async () => {
    await go('#/')
    await page().waitForSelector('[data-map-search]', { timeout: HANG_MS })
    await page().keyboard.press('/')
    await page().keyboard.type('试验一号')
    await page().waitForSelector('[data-hit=R-1]', { timeout: HANG_MS })
    await page().keyboard.press('Enter')
    assert.match(await text('[role=dialog]'), /试验一号雨量站[^]*R-1[^]*13\.1/)
    await axe(page())
    await page().keyboard.press('Escape')
  })

  step('each theme\'s page opens from the wall with all its figures, and axe finds nothing serious on it', async () => {
    const { themes } = await hub.get('/api/v1/themes')
    assert.ok(themes.length >= 3)
    for (const theme of themes) {
      await page().locator(`[data-to-theme=${theme.id}]`).focus()
      await page().keyboard.press('Enter')
      await page().waitForSelector(`[data-theme-page=${theme.id}] [data-panel=map] canvas`, { timeout: HANG_MS })
      assert.equal(await page().locator('[data-panel=figures] [data-kpi]').count(), theme.kpis.length, theme.id)
      assert.equal(await page().locator('[data-rule]').count(), theme.rules.length, theme.id)
      assert.equal(await page().locator('.broken').count(), 0, theme.id)
      await page().waitForTimeout(500)
      await axe(page())
      await page().locator('.tabs [data-to-wall]').click()
      await page().waitForSelector('[data-page=wall] [data-kpi]', { timeout: HANG_MS })
    }
  })
}
