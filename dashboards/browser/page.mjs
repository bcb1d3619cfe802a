// Opens the app in Debian's Chromium against a fake hub and writes down every console error and policy violation.
// It judges nothing; the caller does.
import { chromium } from 'playwright-core'

export const launch = () =>
  chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox', '--disable-dev-shm-usage'] })

export async function openWall(browser, address, { width = 1280, height = 800, query = '', route = '', key = 'test-key', context } = {}) {
  const own = context ?? (await browser.newContext({ viewport: { width, height }, timezoneId: 'Europe/Berlin', locale: 'de-DE' }))
  const page = await own.newPage()
  await page.setViewportSize({ width, height })
  const errors = []
  page.on('console', (m) => m.type() === 'error' && errors.push(`${m.text()} ${new URL(m.location().url || 'about:blank').pathname}`))
  page.on('pageerror', (e) => errors.push(String(e)))
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))
  })
  await page.goto(`${address}/${query}${route && `#${route}`}${key ? `${route ? '&' : '#'}key=${key}` : ''}`)
  return { page, errors, context: own }
}

export const sleep = (ms) => new Promise((ok) => setTimeout(ok, ms))
