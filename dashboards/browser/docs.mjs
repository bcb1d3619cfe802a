// Steps of the browser test: the page of the API under the hub's policy, from the real document. It asks nothing but the hub.
import assert from 'node:assert/strict'

export function docsSteps({ step, axe, address, browser }) {
  step('the API page draws every route offline, and tries one', async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'de-DE' })
    const page = await context.newPage()
    const errors = []
    const foreign = []
    page.on('console', (m) => m.type() === 'error' && errors.push(m.text()))
    page.on('pageerror', (e) => errors.push(String(e)))
    page.on('request', (q) => q.url().startsWith(address) || foreign.push(q.url()))
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))
      localStorage.setItem('chengshu.key', 'test-key')
    })
    await page.goto(`${address}/api/docs?lang=en`)
    await page.waitForSelector('.route')
    const spec = await (await fetch(`${address}/api/v1/openapi.json`)).json()
    const routes = Object.values(spec.paths).reduce((n, item) => n + Object.keys(item).length, 0)
    assert.equal(await page.locator('.route').count(), routes)
    await page.fill('input[type=search]', 'key figures with')
    assert.equal(await page.locator('.route').count(), 1)
    await page.locator('.route > summary').click()
    await page.waitForSelector('.schema')
    await page.getByRole('button', { name: 'Send' }).click()
    await page.waitForFunction(() => /"kpis"/.test(document.querySelector('.try pre')?.textContent ?? ''), null, { timeout: 15_000 })
    await page.fill('input[type=search]', 'DELETE')
    await page.locator('.route > summary').first().click()
    assert.match(await page.locator('.try pre').first().innerText(), /curl -X DELETE/)
    await page.fill('input[type=search]', '')
    await page.setViewportSize({ width: 390, height: 800 })
    assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), 'wider than a phone')
    await axe(page)
    assert.deepEqual(errors, [])
    assert.deepEqual(foreign, [])
    await context.close()
  })
}
