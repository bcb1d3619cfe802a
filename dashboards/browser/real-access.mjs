// Steps of the test against the real hub: people and walls. The demo's accounts sign in and see what their roles allow; an account is
// made, given a role and used; a wall is enrolled by its code; the audit knows all of it. axe looks at each page.
import assert from 'node:assert/strict'
import { axe } from './axe.mjs'
import { openWall } from './page.mjs'
import { realSsoSteps } from './real-sso.mjs'

export function realAccessSteps({ step, until, hub, browser, address, HANG_MS }) {
  /** Somebody at a browser of their own. */
  const open = async (route) => {
    const context = await browser().newContext({ viewport: { width: 1280, height: 800 }, locale: 'zh-CN' })
    return openWall(browser(), address(), { key: '', context, route, query: '?lang=zh' })
  }
  const signIn = async (p, user, password) => {
    await p.waitForSelector('[data-login]', { timeout: HANG_MS })
    await p.fill('[name=user]', user)
    await p.fill('[name=password]', password)
    await p.keyboard.press('Enter')
  }
  const as = async (role, route) => {
    const { user, password } = hub.ready.accounts[role]
    const opened = await open(route)
    await signIn(opened.page, user, password)
    return opened
  }
  let wall
  realSsoSteps({ step, open, axe, HANG_MS })

  step('an operator signs in, sees the city and no accounts, and signs out', async () => {
    const { page: p, errors, context } = await open('/desk/maintenance')
    await signIn(p, 'operator', 'wrong')
    await p.waitForSelector('[data-login-wrong]', { timeout: HANG_MS })
    await axe(p)
    await signIn(p, 'operator', hub.ready.accounts.operator.password)
    await p.waitForSelector('[data-view=maintenance] h1', { timeout: HANG_MS })
    assert.match(await p.locator('[data-me]').innerText(), /演示值班员/)
    assert.equal(await p.locator('[data-nav=people], [data-nav=audit]').count(), 0)
    await p.evaluate(() => (location.hash = '#/'))
    await p.waitForSelector('[data-theme-block=water] [data-kpi]', { timeout: HANG_MS })
    await p.evaluate(() => (location.hash = '#/desk/account'))
    await p.waitForSelector('[data-view=account] h1', { timeout: HANG_MS })
    await axe(p)
    await p.locator('[data-logout]').click()
    await p.waitForSelector('[data-login]', { timeout: HANG_MS })
    assert.deepEqual(errors.filter((e) => !/status of 401/.test(e)), [])
    await context.close()
  })

  step('an account is made, given a role by another administrator, and its one-time password is renewed', async () => {
    const admin = await as('system_admin', '/desk/people')
    await admin.page.waitForSelector('[data-person-row=operator]', { timeout: HANG_MS })
    await axe(admin.page)
    await admin.page.locator('[data-create]').click()
    await admin.page.fill('[data-create-form] [name=name]', '王一')
    await admin.page.fill('[data-create-form] [name=user]', 'wangyi')
    await admin.page.keyboard.press('Enter')
    await admin.page.waitForSelector('[data-once-secret]', { timeout: HANG_MS })
    const once = await admin.page.locator('[data-once-secret]').innerText()
    await admin.page.locator('[data-once-close]').click()
    const security = await as('security_admin', '/desk/people')
    await security.page.locator('[data-person-row=wangyi] a').click({ timeout: HANG_MS })
    await security.page.locator('[data-edit-grants]').click()
    await security.page.locator('[data-role=maintainer]').check()
    await security.page.locator('[data-sure=grants]').click()
    await security.page.keyboard.press('Enter')
    await security.page.waitForSelector('[data-grants] [data-told]', { timeout: HANG_MS })
    await axe(security.page)
    const person = await open('/desk/maintenance')
    await signIn(person.page, 'wangyi', once.trim())
    await person.page.waitForSelector('[data-must-first=password]', { timeout: HANG_MS })
    await person.page.fill('[name=old]', once.trim())
    await person.page.fill('[name=new]', 'Moyang-River.77')
    await person.page.fill('[name=repeat]', 'Moyang-River.77')
    await person.page.locator('[data-password-go]').click()
    await person.page.waitForSelector('[data-view=maintenance] h1', { timeout: HANG_MS })
    for (const { context } of [admin, security, person]) await context.close()
  })

  step('a wall is enrolled by the code that it shows', async () => {
    wall = await open('/enrol')
    await wall.page.waitForSelector('[data-enrol-code]', { timeout: HANG_MS })
    await axe(wall.page)
    const code = await wall.page.locator('[data-enrol-code]').innerText()
    const admin = await as('system_admin', '/desk/screens')
    await admin.page.locator('[data-enrol-open]').click({ timeout: HANG_MS })
    await admin.page.fill('[data-screen-form] [name=code]', code)
    await admin.page.fill('[data-screen-form] [name=name]', '指挥大厅')
    await admin.page.locator('[data-screen-go]').click()
    await wall.page.waitForSelector('[data-page=wall] [data-theme-block=water] [data-kpi]', { timeout: HANG_MS })
    await admin.context.close()
  })

  step('the audit knows it, and its chain holds', async () => {
    const { page: p, context } = await as('audit_admin', '/desk/audit')
    await p.waitForSelector('[data-line]', { timeout: HANG_MS })
    await p.locator('[data-verify]').click()
    await p.waitForSelector('[data-verified=ok]', { timeout: HANG_MS })
    const acts = await p.locator('[data-line]').evaluateAll((rows) => rows.map((r) => r.innerText).join('\n'))
    for (const act of ['创建账号', '变更授权', '登记大屏', '登录']) assert.match(acts, new RegExp(act))
    await axe(p)
    await context.close()
  })

  return {
    /** After the hub was started again: nobody touches the wall. */
    heals: async () => {
      // a wall is told of no links; that it counts a device which nobody knew is its sign of life
      const live = () => wall.page.locator('[data-live]').first().innerText().catch(() => '')
      const before = await live()
      await hub.publish('city/water/NEW-1/telemetry', { level: 3.33 })
      await until(async () => /\d/.test(await live()) && (await live()) !== before, HANG_MS, 'the enrolled wall stands still')
      assert.equal(await wall.page.locator('[data-frozen=true]').count(), 0)
      assert.equal(await wall.page.locator('[data-login], [data-enrol-code]').count(), 0, 'the wall asks for a person')
    },
  }
}
