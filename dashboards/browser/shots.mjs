// Takes the screenshots by which people judge the look: both themes, three screens, both languages, the wall and the
// health page, in good times and bad. Writes to shots/; npm run shots [part of a name…] takes only those.
import { mkdirSync } from 'node:fs'
import { FakeHub } from '../fake/server.mjs'
import { launch, openWall, sleep } from './page.mjs'

const ZH = '?theme=night&lang=zh'
const SIZES = { 1920: [1920, 1080], 3840: [3840, 1080], '4k': [3840, 2160], 1366: [1366, 768], 390: [390, 844] }
const MINUTE_MS = 60_000

/** What happens to the hub before the page is opened, and to the page before the picture. */
const away = (hub) => hub.databaseDown(Date.now() - 3.4 * MINUTE_MS, 12_340)
const trouble = (hub) => {
  hub.world.addDeadLink(Date.now())
  hub.books.open('mqtt:west', 'west', 0)
  for (const d of [...hub.world.devices.values()].filter((x) => x.kind === 'waterlogging').slice(20, 34)) hub.world.darken(d.device, 'offline', 'silent', Date.now() - 14 * MINUTE_MS, 'GW-2')
}
const full = (hub) => {
  hub.spool.bytesMax = 2_400_000
  hub.databaseDown(Date.now() - 47 * MINUTE_MS, 20_000, 'server closed the connection unexpectedly')
}
const draining = (hub) => {
  hub.databaseDown(Date.now() - 9 * MINUTE_MS, 90_000)
  hub.databaseUp()
}
const open = (n) => (page) => page.locator('[data-aside] .reason button').nth(n).click()

const SHOTS = [
  ['night-1920', ZH], ['day-1920', '?theme=day&lang=zh'], ['en-1920', '?theme=night&lang=en'], ['night-3840', ZH], ['night-4k', ZH],
  ['card-1920', '?theme=day&lang=zh', { act: (page) => page.locator('[data-alarm]').nth(3).getByRole('button').click() }],
  ['frozen-1920', ZH, { freeze: true }], ['frozenaway-1920', ZH, { hub: full, freeze: true }],
  ['full-1920', ZH, { themes: 12 }], ['full-3840', '?theme=day&lang=en', { themes: 12 }], ['day-1366', '?theme=day&lang=zh'], ['en-1366', '?theme=night&lang=en'],
  ['official-1920', '?theme=day&lang=zh&border=official'], ['night-390', ZH], ['day-390', '?theme=day&lang=zh'],
  ['away-1920', ZH, { hub: away }], ['away-390', '?theme=day&lang=zh', { hub: away }], ['awayen-1920', '?theme=day&lang=en', { hub: away }], ['spoolfull-1920', ZH, { hub: full }], ['spoolfullen-390', '?theme=night&lang=en', { hub: full }], ['draining-3840', ZH, { hub: draining }],
  ...['unseen', 'ledger', 'rejected'].flatMap((part) => [
    [`h-${part}-1920`, ZH], [`h-${part}-day-1920`, '?theme=day&lang=zh'], [`h-${part}-en-1920`, '?theme=day&lang=en'],
    [`h-${part}-390`, ZH], [`h-${part}-day-390`, '?theme=day&lang=zh'], [`h-${part}-en-390`, '?theme=night&lang=en'],
  ].map(([name, query]) => [name, query, { route: `/health/${part}`, hub: trouble }])),
  ['h-open-1920', '?theme=day&lang=zh', { route: '/health/rejected', act: open(3) }], ['h-open-390', ZH, { route: '/health/rejected', act: open(3) }],
  ['h-off-1920', ZH, { route: '/health/ledger', hub: (hub) => (hub.books.miscount = 3) }],
  ['h-off-390', '?theme=day&lang=zh', { route: '/health/ledger', hub: (hub) => (hub.books.miscount = -2) }],
  ['h-away-1920', ZH, { route: '/health', hub: (hub) => (trouble(hub), away(hub)) }],
  ['h-failed-1920', '?theme=day&lang=zh', { route: '/health/rejected', act: fail }],
  ['h-frozen-1920', ZH, { route: '/health', hub: trouble, freeze: true }],
  ['h-all-3840', ZH, { route: '/health', hub: trouble }], ['h-all-day-3840', '?theme=day&lang=en', { route: '/health/rejected', hub: trouble, act: open(1) }],
]

async function fail(page, hub) {
  hub.faults['/api/v1/rejected'] = { status: 503, code: 'database', title: 'database', detail: 'the database does not answer' }
  await page.waitForSelector('[data-failed]', { timeout: 30_000 })
}

const wanted = process.argv.slice(2)
mkdirSync(new URL('../shots', import.meta.url), { recursive: true })
const browser = await launch()
for (const [name, query, { themes = 1, route = '', hub: prepare, act, freeze } = {}] of SHOTS.filter(([n]) => !wanted.length || wanted.some((w) => n.includes(w)))) {
  const hub = new FakeHub({ themes })
  const address = await hub.listen()
  prepare?.(hub)
  const [width, height] = SIZES[name.split('-').at(-1)]
  const { page, errors, context } = await openWall(browser, address, { width, height, query, route })
  if (route) await page.waitForSelector('.sheet')
  else await page.waitForSelector('[data-panel=map] canvas')
  await sleep(route ? 2000 : 4000)
  await act?.(page, hub)
  if (freeze) {
    hub.stream.silent = true
    await page.waitForSelector('[data-frozen=true]', { timeout: 20_000 })
  }
  await sleep(500)
  await page.screenshot({ path: new URL(`../shots/${name}.png`, import.meta.url).pathname, fullPage: width < 1200 && !act })
  console.log(name, errors)
  await context.close()
  await hub.stop()
}
await browser.close()
