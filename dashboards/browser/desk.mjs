// Steps of the browser test: the desk. From the wall by search and by link; an import with three mistakes, mended, live on
// the wall; a waiting device let in; two people at one entry; the device page; commissioning on a phone with its place;
// greying. They find the wall in English by day and leave it so.
import assert from 'node:assert/strict'
import { openWall } from './page.mjs'

const HEAD = '设备编号,专题,类型,名称,责任部门,经度,纬度,安装日期\n'
const BROKEN = `${HEAD}T-1,water,雨量站,试验一号,气象局,111.95,21.86,2026-11-01\nT-2,water,雨量计,试验二号,气象局,111.96,21.87,2026-11-01\nT-3,water,雨量站,试验三号,气象局,111点9,21.86,2026-11-01\nT-4,water,雨量站,试验四号,气象局,111.97,21.85,11/2026\n`
const MENDED = BROKEN.replace('雨量计', '雨量站').replace('111点9', '111.90').replace('11/2026', '2026-11-02')
const PHONE = { latitude: 21.8621, longitude: 111.9532, accuracy: 8 }

export function deskSteps({ step, text, until, axe, address, browser, hub, page }) {
  const file = (body) => page().setInputFiles('[data-file]', { name: '试验.csv', mimeType: 'text/csv', buffer: Buffer.from(body) })
  const view = (name) => page().waitForSelector(`[data-view=${name}]`, { timeout: 15_000 })

  step('"/" finds a device on the wall by keyboard; its card leads to the device page', async () => {
    await page().waitForSelector('[data-map-search]', { timeout: 30_000 })
    await page().keyboard.press('/')
    await page().keyboard.type('w-ps-00')
    await page().waitForSelector('[data-hit=W-PS-001][aria-selected=true]')
    await page().keyboard.press('ArrowDown')
    await page().keyboard.press('Enter')
    assert.match(await text(page(), '[role=dialog]'), /W-PS-002/)
    await page().locator('[data-to-device]').click()
    await view('device')
    assert.equal(new URL(page().url()).hash, '#/desk/device/W-PS-002')
    assert.match(await page().title(), /^Desk/)
  })

  step('the device page: state with deadline, values with age, trends with their gap, the day\'s account, raw messages live', async () => {
    await page().waitForSelector('[data-metric=flow] [data-trend] svg .line', { state: 'attached' })
    assert.match(await text(page(), '[data-state-line]'), /Live[\s\S]*last heard[\s\S]*stale after .* offline after/)
    assert.match(await text(page(), '[data-metric=flow] .now'), /\d\.\d\d m³\/s[\s\S]*(ago|now)[\s\S]*good/)
    assert.equal(await page().getAttribute('[data-metric=flow] [data-trend]', 'data-gaps'), '1')
    assert.match(await text(page(), '[data-day-ledger]'), /received[\s\S]*=[\s\S]*stored/)
    assert.match(await text(page(), '[data-history]'), /Imported/)
    await page().waitForSelector('[data-messages]')
    hub().push('W-PS-002', 'flow', 2.22)
    await page().waitForSelector('[data-message=taken]', { timeout: 10_000 })
    assert.match(await text(page(), '[data-message=taken] pre'), /"flow"/)
    hub().taps.heard('W-PS-002', Date.now(), { source: 'city/water/W-PS-002/telemetry', raw: '{"flow":', outcome: 'rejected', reason: 'undecodable' })
    await page().waitForSelector('[data-message=rejected]', { timeout: 10_000 })
    assert.match(await text(page(), '[data-message=rejected]'), /rejected · cannot be decoded/)
  })

  step('two people at one entry: nothing is lost, who and when is said, saving again is one click', async () => {
    await page().locator('[data-edit]').click()
    await page().fill('[data-entry-form] [name=name]', '城南二号泵站')
    await page().fill('[data-entry-form] [name=lng]', '')
    await page().locator('[data-save]').click()
    await page().waitForSelector('[data-wrong=lng]')
    const { entry, version } = hub().register.detail('W-PS-002')
    await page().fill('[data-entry-form] [name=lng]', String(entry.place.lng))
    await page().fill('[data-entry-form] [name=installed]', '2026-11-05')
    hub().register.put('W-PS-002', { theme: 'water', version, entry: { ...entry, contact: '陈工', installed: '2026-11-04' } }, Date.now(), 'ops:chenwei')
    await page().locator('[data-save]').click()
    await page().waitForSelector('[data-clash]')
    assert.match(await text(page(), '[data-clash]'), /ops:chenwei saved first[\s\S]*Contact[\s\S]*Changed by both: Installed/)
    assert.equal(await page().inputValue('[data-entry-form] [name=name]'), '城南二号泵站')
    assert.equal(await page().inputValue('[data-entry-form] [name=contact]'), '陈**')
    await page().locator('[data-save]').click()
    await until(async () => (await page().locator('[data-entry-form]').count()) === 0, 10_000, 'the form stays')
    const now = hub().register.detail('W-PS-002')
    assert.deepEqual([now.entry.name, now.entry.contact, now.entry.installed, now.version], ['城南二号泵站', '陈工', '2026-11-05', version + 2])
    await until(async () => /城南二号泵站/.test(await text(page(), 'h1')), 10_000, 'the new name is not shown')
  })

  step('what the hub refuses stands at its field', async () => {
    await page().locator('[data-edit]').click()
    await page().fill('[data-entry-form] [name=lat]', '60')
    await page().locator('[data-save]').click()
    await page().waitForSelector('[data-wrong=lat]')
    assert.match(await text(page(), '[data-wrong=lat]'), /read “60”; expected/)
    assert.equal(await page().evaluate(() => document.activeElement?.getAttribute('name')), 'lat')
    await page().keyboard.press('Escape')
  })

  step('an import with three mistakes shows all three; mended, its devices are in the register and live when they speak', async () => {
    await page().locator('[data-nav=devices]').click()
    await page().waitForSelector('[data-device-row]')
    await page().locator('[data-import]').click()
    await file(BROKEN)
    await page().waitForSelector('[data-errors]')
    assert.deepEqual(await page().locator('[data-error-line]').evaluateAll((rows) => rows.map((r) => [r.dataset.errorLine, r.cells[1].innerText, r.cells[2].innerText])), [['3', 'Kind', '雨量计'], ['4', 'Longitude', '111点9'], ['5', 'Installed', '11/2026']])
    for (const e of await page().locator('[data-error-line]').all()) assert.ok(await e.isVisible())
    assert.equal(await page().locator('[data-go]').isDisabled(), true)
    await file(MENDED)
    await page().waitForSelector('[data-go]:not([disabled])')
    assert.match(await text(page(), '[data-go]'), /Import 4 devices/)
    assert.equal(hub().register.detail('T-1'), null, 'the dry run wrote')
    await page().locator('[data-go]').click()
    await page().locator('[data-finish]').click()
    await page().keyboard.press('/')
    await page().keyboard.type('t-')
    await page().waitForSelector('[data-device-row=T-3]', { timeout: 15_000 })
    await until(async () => /q=t-/.test(page().url()), 10_000, 'the search is not in the address')
    assert.match(await text(page(), '[data-device-row=T-3]'), /Never heard/)
    hub().push('T-3', 'rain_1h', 1.4)
    await until(async () => /Live[\s\S]*1\.4 mm/.test(await text(page(), '[data-device-row=T-3]')), 10_000, 'not live')
  })

  step('a waiting device is on no wall, stands out in the register, and is let in', async () => {
    await page().locator('[data-clear]').click()
    await page().fill('[data-search]', '')
    await page().locator('[data-seg=pending]').click()
    await page().waitForSelector('[data-device-row=NB-77811-C] [data-accept]')
    assert.equal(await page().locator('[data-device-row]').count(), 2)
    await page().locator('[data-device-row=NB-77811-C] [data-accept]').click()
    await until(async () => (await page().locator('[data-device-row=NB-77811-C]').count()) === 0, 10_000, 'still waits')
    assert.equal(hub().register.detail('NB-77811-C').registration, 'registered')
    await until(async () => (await text(page(), '[data-nav=devices] b')) === '1', 10_000, 'the navigation still counts it')
  })

  step('filters and pages stand in the address; a row opens beside the list and leads on', async () => {
    await page().locator('[data-seg=all]').click()
    await page().selectOption('[name=department]', '气象局')
    await page().waitForSelector('[data-device-row=W-RG-001]')
    await page().reload()
    await page().waitForSelector('[data-device-row=W-RG-001]')
    assert.equal(await page().inputValue('[name=department]'), '气象局')
    await page().locator('[data-next]').click()
    await until(async () => (await page().locator('[data-device-row=W-RG-001]').count()) === 0, 10_000, 'no second page')
    await page().locator('[data-prev]').click()
    await page().waitForSelector('[data-device-row=W-RG-003]')
    await page().locator('[data-device-row=W-RG-003] a').focus()
    await page().keyboard.press('Enter')
    await page().waitForSelector('[data-pane] [data-metric=rain_1h]')
    await page().keyboard.press('Escape')
    assert.equal(await page().locator('[data-pane]').count(), 0)
    assert.equal(await page().evaluate(() => document.activeElement?.closest('tr')?.dataset.deviceRow), 'W-RG-003')
  })

  step('what is listed is exported, and comes in again unchanged', async () => {
    const [download] = await Promise.all([page().waitForEvent('download'), page().locator('[data-export=csv]').click()])
    assert.match(download.suggestedFilename(), /^devices-\d{4}-\d\d-\d\d\.csv$/)
    await page().locator('[data-import]').click()
    await page().setInputFiles('[data-file]', await download.path().then(async (p) => ({ name: 'again.csv', mimeType: 'text/csv', buffer: (await import('node:fs')).readFileSync(p) })))
    await page().waitForSelector('[data-report]')
    assert.match(await text(page(), '[data-report]'), /0\s*to create[\s\S]*0\s*to change[\s\S]*0\s*mistakes[\s\S]*exactly this already/)
    await page().keyboard.press('Escape')
    await page().locator('[data-export=xlsx]').click()
    await page().waitForSelector('.export [role=alert]')
  })

  step('maintenance: what is silent has a common cause in words, and leads to the devices', async () => {
    for (const d of [...hub().world.devices.values()].filter((x) => x.kind === 'waterlogging').slice(20, 34)) hub().world.darken(d.device, 'offline', 'silent', Date.now() - 840_000, 'GW-2')
    await page().locator('[data-nav=maintenance]').click()
    await page().waitForSelector('[data-cause=GW-2]', { timeout: 20_000 })
    assert.match(await text(page(), '[data-cause=GW-2]'), /Of the 14 behind gateway GW-2, 14 went out of sight[\s\S]*look there first/)
    assert.ok((await page().locator('[data-battery]').count()) > 3)
    await page().locator('[data-cause=GW-2] a').click()
    await page().waitForSelector('[data-device-row]')
    assert.match(page().url(), /gateway=GW-2/)
    assert.equal(await page().locator('[data-device-row]').count(), 14)
  })

  step('a phone waits for the test message, sees it, sets the place, keeps a photo; nothing is wider than it', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, geolocation: PHONE, permissions: ['geolocation'], locale: 'zh-CN', hasTouch: true, isMobile: true })
    const own = await openWall(browser, address, { width: 390, height: 844, context, query: '?lang=zh', route: '/desk/commission/NB-77810-A' })
    await own.page.waitForSelector('[data-commission=waiting]')
    hub().push('NB-77810-A', 'depth', 4.7)
    await own.page.waitForSelector('[data-commission=seen]', { timeout: 10_000 })
    await own.page.waitForSelector('[data-message=taken]')
    assert.match(await text(own.page, '[data-step=message]'), /已收到[\s\S]*积水深度[\s\S]*\d\.\d cm/)
    await own.page.locator('[data-place]').click()
    await own.page.locator('[data-place-save]').click()
    await own.page.waitForSelector('[data-place-saved]')
    assert.deepEqual(hub().register.detail('NB-77810-A').entry.place, { lng: PHONE.longitude, lat: PHONE.latitude, datum: 'cgcs2000' })
    const photos = own.page.locator('[data-step=photo]')
    await photos.locator('[data-photo-file]').setInputFiles({ name: 'a.txt', mimeType: 'image/png', buffer: Buffer.from('no picture') })
    await photos.locator('[role=alert]').waitFor()
    await photos.locator('[data-photo-file]').setInputFiles({ name: 'pole.png', mimeType: 'image/png', buffer: await own.page.screenshot() })
    await photos.locator('img').waitFor()
    assert.ok(await photos.locator('img').evaluate((img) => img.decode().then(() => img.naturalWidth > 0)))
    await photos.locator('[data-photo-delete]').click()
    await photos.locator('[data-photo-gone]').click()
    await photos.locator('img').waitFor({ state: 'detached' })
    for (const route of ['devices', 'device/W-RL-007', 'maintenance', 'label/W-RL-007', 'commission/W-RL-007']) {
      await own.page.evaluate((r) => (location.hash = `#/desk/${r}`), route)
      await own.page.waitForSelector(`[data-view=${route.split('/')[0]}] h1`)
      await own.page.waitForTimeout(700)
      assert.equal(await own.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, route)
    }
    assert.deepEqual(own.errors, [])
    await context.close()
  })

  step('axe finds nothing serious on the desk, by day and by night', async () => {
    for (const theme of ['Night', 'Day']) {
      for (const route of ['devices?device=W-RL-007', 'device/W-WL-011', 'maintenance', 'label/W-RL-007', 'commission/W-RL-007']) {
        await page().evaluate((r) => (location.hash = `#/desk/${r}`), route)
        await page().waitForSelector(`[data-view=${route.split(/[/?]/)[0]}] h1`)
        await page().waitForTimeout(900)
        await axe(page())
      }
      await page().evaluate(() => (location.hash = '#/desk/maintenance'))
      await page().getByRole('button', { name: theme, exact: true }).click()
    }
  })

  step('a part that cannot be read says so in its own place; a device that is gone is said; the desk greys and leads back', async () => {
    hub().faults['/api/v1/maintenance'] = { status: 503, code: 'database', title: 'database', detail: 'the database does not answer' }
    await page().waitForSelector('[data-failed]', { timeout: 30_000 })
    assert.match(await text(page(), '[data-failed]'), /Could not be read[\s\S]*the database does not answer/)
    hub().faults = {}
    await page().evaluate(() => (location.hash = '#/desk/device/T-4'))
    await page().locator('[data-retire]').click()
    await page().getByRole('button', { name: 'Retire it' }).click()
    await page().waitForSelector('[data-retired]')
    await page().evaluate(() => (location.hash = '#/desk/device/NOBODY'))
    await page().waitForSelector('[data-unknown]')
    hub().stream.silent = true
    await page().waitForSelector('[data-page=desk][data-frozen=true]', { timeout: 75_000 })
    hub().stream.silent = false
    await page().waitForSelector('[data-page=desk][data-frozen=false]', { timeout: 75_000 })
    await page().locator('[data-to-wall]').click()
    await page().waitForSelector('[data-page=wall] [data-kpi=river_max]', { timeout: 25_000 })
  })
}
