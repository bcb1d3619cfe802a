// Steps of the browser test: administration at the desk. An account is made and its password shown once, roles that exclude each other
// cannot be given, acts ask once more, keys are shown once, the audit is verified; axe finds nothing by day and by night, and nothing is
// wider than a phone. They find the wall in English and leave it so.
import assert from 'node:assert/strict'
import { openWall } from './page.mjs'

const VIEWS = ['people', 'person/6', 'matrix', 'services', 'screens', 'audit', 'policy', 'account', 'receivers']

export function adminSteps({ step, text, until, axe, address, browser, hub, page }) {
  const go = async (route) => {
    await page().evaluate((r) => (location.hash = `#/desk/${r}`), route)
    await page().waitForSelector(`[data-view=${route.split('/')[0]}] h1`, { timeout: 25_000 })
  }

  step('an account is made by keyboard; its password is shown once and not lost by Escape', async () => {
    await go('people')
    await page().locator('[data-create]').click()
    await page().fill('[data-create-form] [name=name]', 'Wang Yi')
    await page().fill('[data-create-form] [name=user]', 'wangyi')
    await page().keyboard.press('Enter')
    await page().waitForSelector('[data-once-secret]')
    await axe(page())
    await page().keyboard.press('Escape')
    assert.equal(await text(page(), '[data-once-secret]'), 'R7m-Kq2-Wx9-Ht4')
    await page().locator('[data-once-close]').click()
    await page().waitForSelector('[data-person-row=wangyi] [data-state=fresh]', { timeout: 10_000 })
    assert.equal(await page().locator('[data-once-secret]').count(), 0)
  })

  step('roles that exclude each other cannot be given, and it says why; what is given is named before it holds', async () => {
    await page().locator('[data-person-row=wangyi] a').click()
    await page().locator('[data-edit-grants]').click()
    await page().locator('[data-role=operator]').check()
    assert.equal(await page().locator('[data-role=audit_admin]').isDisabled(), true)
    await page().locator('[data-add-grant]').click()
    assert.match(await text(page(), '[data-grant-form="1"]'), /excluded by “Duty operator”/)
    await page().locator('[data-grant-form="1"] [data-remove-grant]').click()
    await page().locator('[data-part=departments] select').first().selectOption('only')
    await page().locator('[data-part=departments] .names').fill('水务局; 城管执法局')
    await axe(page())
    await page().locator('[data-sure=grants]').click()
    assert.match(await text(page(), '[data-sure-asks]'), /Change the grants of Wang Yi[\s\S]*Added: Duty operator/)
    await page().keyboard.press('Escape')
    assert.equal(hub().access.people.byUser('wangyi').grants.length, 0)
    await page().locator('[data-sure=grants]').click()
    await page().keyboard.press('Enter')
    await page().waitForSelector('[data-grants] [data-told]')
    assert.deepEqual(hub().access.people.byUser('wangyi').grants[0].scope[0], { themes: 'all', departments: ['水务局', '城管执法局'], areas: 'all', camera_groups: 'all' })
  })

  step('a locked account is unlocked, another disabled after one question', async () => {
    await go('person/6')
    await page().locator('[data-unlock]').click()
    await page().waitForSelector('[data-state=active]', { timeout: 10_000 })
    await page().locator('[data-sure=disable]').click()
    assert.match(await text(page(), '[data-sure-asks]'), /sessions end at once/)
    await axe(page())
    await page().keyboard.press('Enter')
    await page().waitForSelector('[data-state=disabled]', { timeout: 10_000 })
    await page().locator('[data-enable]').click()
    await page().waitForSelector('[data-state=active]', { timeout: 10_000 })
  })

  step('a key is rotated and shown once; the audit is verified, and a broken chain stands out', async () => {
    await go('services')
    await page().locator('[data-service="1"] [data-sure=rotate]').click()
    await page().locator('[data-sure-go]').click()
    assert.match(await text(page(), '[data-once-secret]'), /^ck_/)
    await page().locator('[data-once-close]').click()
    await go('audit')
    await page().locator('[data-verify]').click()
    await page().waitForSelector('[data-verified=ok]')
    hub().access.audit.broken = { batch: 12, line: 3, what: 'altered' }
    await page().locator('[data-verify]').click()
    await page().waitForSelector('[data-verified=broken]')
    assert.match(await text(page(), '[data-verified=broken]'), /batch 12, line 3: a line of the batch was changed/)
    await axe(page())
    hub().access.audit.broken = null
    const [file] = await Promise.all([page().waitForEvent('download'), page().locator('[data-audit-tools] [data-export=csv]').click()])
    assert.match(file.suggestedFilename(), /^audit-\d{4}-\d\d-\d\d\.csv$/)
    await page().selectOption('[data-audit-filters] [name=outcome]', 'denied')
    await until(async () => (await page().locator('[data-line]').count()) > 0 && (await page().locator('[data-line]:not([data-outcome=denied])').count()) === 0, 10_000, 'not filtered')
    assert.match(page().url(), /audit\?outcome=denied/)
  })

  step('axe finds nothing on any of these views, by night and by day', async () => {
    for (const theme of ['Night', 'Day']) {
      for (const view of VIEWS) {
        await go(view)
        await until(async () => (await page().locator('.sheet').count()) > 0, 10_000, `${view} shows nothing`)
        await axe(page())
      }
      await page().getByRole('button', { name: theme, exact: true }).click()
    }
  })

  step('nothing is wider than a phone', async () => {
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, locale: 'zh-CN', hasTouch: true, isMobile: true })
    const { page: phone, errors } = await openWall(browser, address, { width: 390, height: 844, context, query: '?lang=zh', route: '/desk/people' })
    for (const view of VIEWS) {
      await phone.evaluate((r) => (location.hash = `#/desk/${r}`), view)
      await phone.waitForSelector(`[data-view=${view.split('/')[0]}] .sheet`, { timeout: 25_000 })
      assert.equal(await phone.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0, view)
    }
    await axe(phone)
    assert.deepEqual(errors, [])
    await context.close()
    await page().evaluate(() => (location.hash = '#/'))
    await page().waitForSelector('[data-page=wall] [data-kpi=river_max]', { timeout: 25_000 })
  })
}
