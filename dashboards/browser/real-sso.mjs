// Single sign-on against a real provider (tests/oidc) in the browser: the hub is told of it before it starts, and somebody signs in by it.
// The provider is at `localhost` and the hub at 127.0.0.1, which are two sites to a browser.
import assert from 'node:assert/strict'
import { createServer } from 'node:net'
import { start } from '../../tests/oidc/provider.mjs'

async function freePort() {
  const server = createServer()
  await new Promise((ok) => server.listen(0, '127.0.0.1', ok))
  const { port } = server.address()
  await new Promise((ok) => server.close(ok))
  return port
}

/** Starts the provider and tells the hub of it; `close` ends it. */
export async function startProvider(hub) {
  hub.ports.http = `127.0.0.1:${await freePort()}`
  const home = `http://${hub.ports.http}`
  const provider = await start({ redirects: [`${home}/api/v1/login/sso/gov/return`], home: [`${home}/`], host: 'localhost' })
  hub.settings = {
    CHENGSHU__HUB__PUBLIC_URL: home, CHENGSHU__SSO__0__ID: 'gov', CHENGSHU__SSO__0__NAME_ZH: '粤政易', CHENGSHU__SSO__0__ISSUER: provider.issuer,
    CHENGSHU__SSO__0__CLIENT_ID: provider.client_id, CHENGSHU__SSO__0__CLIENT_SECRET: provider.client_secret, CHENGSHU__SSO__0__ACCOUNTS: 'create',
    CHENGSHU__SSO__0__ALLOW_NETWORKS: '["127.0.0.1", "::1"]',
    CHENGSHU__SSO__0__SCOPES: '["profile", "groups"]', CHENGSHU__SSO__0__GRANTS: '[{ claim = "groups", value = "duty", roles = ["operator"] }]',
  }
  return provider
}

export function realSsoSteps({ step, open, axe, HANG_MS }) {
  step('somebody signs in at a real provider, comes back to where they wanted to go, and their account tells of it', async () => {
    const { page: p, errors, context } = await open('/desk/maintenance')
    // the provider's own pages ask the world for a font and themselves for an icon
    await context.route((url) => url.protocol.startsWith('http') && !['127.0.0.1', 'localhost'].includes(url.hostname), (route) => route.fulfill({ status: 204 }))
    await p.waitForSelector('[data-sso=gov]', { timeout: HANG_MS })
    await p.locator('[data-sso=gov]').click()
    await p.fill('[name=login]', 'heyi@duty', { timeout: HANG_MS })
    await p.fill('[name=password]', 'any')
    await p.keyboard.press('Enter')
    await p.locator('button[type=submit]', { hasText: 'Continue' }).click({ timeout: HANG_MS })
    await p.waitForSelector('[data-view=maintenance] h1', { timeout: HANG_MS })
    await p.evaluate(() => (location.hash = '#/desk/account'))
    await p.waitForSelector('[data-linked]', { timeout: HANG_MS })
    assert.match(await p.locator('[data-linked]').innerText(), /已与粤政易关联，在那里是：heyi/)
    assert.match(await p.locator('[data-account] .facts').first().innerText(), /统一身份 heyi[\s\S]*值班员/)
    const cookies = await context.cookies()
    const session = cookies.find((c) => c.name === 'chengshu_session')
    assert.deepEqual([session?.httpOnly, session?.sameSite], [true, 'Strict'])
    assert.equal(cookies.some((c) => c.name === 'chengshu_sso'), false, 'what bound the sign-in is over with it')
    await axe(p)
    await p.locator('[data-logout]').click()
    await p.waitForSelector('[data-login]', { timeout: HANG_MS })
    assert.deepEqual(errors.filter((e) => !/status of 401|favicon/.test(e)), [])
    await context.close()
  })
}
