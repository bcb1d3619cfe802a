// Takes the screenshots by which people judge the look: both themes, three screens, both languages, the wall and the
// health page, in good times and bad. Writes to shots/; npm run shots [part of a name…] takes only those.
import { mkdirSync } from 'node:fs'
import { PASSWORD } from '../fake/access/people.mjs'
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
/** A field line, and commands in every state on one of its devices. */
const field = (hub) => {
  trouble(hub)
  const now = Date.now()
  hub.world.addFieldLink(now)
  const { commands } = hub
  const add = (name, params, how, ...steps) => {
    const c = commands.add('W-RL-007', name, params, { now: now - 50 * MINUTE_MS, expires: 7200, ...how })
    steps.forEach(([state, minutes, more]) => commands.step(c, state, now - minutes * MINUTE_MS, more))
    return c
  }
  add('write_run', { items: '20=1' }, {}, ['sent', 49], ['failed', 49, { code: 'refused', words: 'the station is under local control' }])
  add('read_period', { from: '2026-11-22T08:00:00+08:00', to: '2026-11-22T09:00:00+08:00', element: 'Z', step: 5 }, { person: '梁栋' }, ['sent', 44], ['failed', 43, { code: 'timeout', words: 'no answer within 10 s' }]).tries = 2
  add('read_clock', {}, { person: '梁栋' }, ['sent', 31], ['confirmed', 31]).result = commands.answers.read_clock()
  add('set_password', { password: '8F21' }, { dangerous: true, person: '陈卫' }, ['cancelled', 20, { person: '梁栋' }])
  add('read_now', {}, {}, ['sent', 2], ['confirmed', 2]).result = commands.answers.read_now()
  add('factory_reset', {}, { dangerous: true, person: '陈卫' })
  const dark = commands.add('W-RL-003', 'clear_storage', {}, { dangerous: true, person: '周岚', expires: 86_400 })
  commands.step(dark, 'queued', now)
}
const asking = async (page) => {
  await page.locator('[data-kind=factory_reset] input').check()
  await page.fill('[data-ask] [name=person]', '梁栋')
  await page.locator('[data-send]').click()
  await page.locator('[data-confirm]').scrollIntoViewIfNeeded()
}
const list = (page) => page.locator('[data-command="6"]').scrollIntoViewIfNeeded()
const decoded = (text) => async (page) => {
  await page.locator('[data-example]').click()
  if (text) await page.fill('[data-input]', text(await page.inputValue('[data-input]')))
  await page.locator('[data-decode]').click()
  await page.locator('[data-found]').scrollIntoViewIfNeeded()
}
const encoded = async (page) => {
  await decoded()(page)
  await page.locator('[data-take]').click()
  await page.locator('[data-encode]').click()
  await page.waitForSelector('[data-made]')
}
const unfolded = async (page) => {
  await page.locator('[data-link-details] summary').click()
  await page.locator('[data-link-details]').scrollIntoViewIfNeeded()
}
const open = (n) => (page) => page.locator('[data-aside] .reason button').nth(n).click()

/** The desk's views, by day and by night, on a screen and on a phone. */
const row = (id) => (page) => page.locator(`[data-device-row="${id}"] a`).click()
const DESK = [
  ['d-list', '/desk/devices', {}], ['d-open', '/desk/devices?kind=waterlogging&theme=water', { act: row('W-WL-011'), sizes: ['1920', '1366'] }], ['d-pending', '/desk/devices?registration=pending', {}],
  ['d-device', '/desk/device/W-RL-007', {}], ['d-dark', '/desk/device/W-WL-050', {}], ['d-edit', '/desk/device/W-PS-004', { act: clash }],
  ['d-commands', '/desk/device/W-RL-007', { hub: field, act: list, whole: true }], ['d-asking', '/desk/device/W-RL-007', { hub: field, act: asking, whole: true }], ['d-nocommands', '/desk/device/W-PS-004', { act: (page) => page.locator('[data-no-commands]').scrollIntoViewIfNeeded() }],
  ['d-queued', '/desk/devices', { hub: field }], ['d-lines', '/desk/maintenance', { hub: field, act: unfolded, whole: true }],
  ['d-frames', '/desk/frames', { act: decoded(), whole: true }], ['d-broken', '/desk/frames', { act: decoded((hex) => `FF 00 ${hex.replace('A4 21', 'A4 22')}`), whole: true }], ['d-fire', '/desk/frames?protocol=gb26875', { act: decoded(), whole: true }], ['d-encode', '/desk/frames', { act: encoded, whole: true }],
  ['d-import', '/desk/devices', { act: mistakes }], ['d-readings', '/desk/devices?theme=water', { act: (page) => page.locator('[data-readings]').click() }], ['d-maintenance', '/desk/maintenance', {}], ['d-label', '/desk/label/W-RL-007', {}],
  ['d-commission', '/desk/commission/NB-77810-A', {}], ['d-seen', '/desk/commission/NB-77810-A', { act: test_message }],
].flatMap(([name, route, { sizes = ['1920', '390'], ...how }]) => sizes.flatMap((size) => [
  [`${name}-day-${size}`, '?theme=day&lang=zh', { route, hub: trouble, ...how }], [`${name}-night-${size}`, '?theme=night&lang=zh', { route, hub: trouble, ...how }], [`${name}-en-${size}`, '?theme=day&lang=en', { route, hub: trouble, ...how }],
])).concat([
  ['d-frozen-1920', '?theme=day&lang=zh', { route: '/desk/device/W-RL-007', freeze: true }],
  ['search-1920', ZH, { act: async (page) => { await page.keyboard.press('/'); await page.keyboard.type('河道站 0') } }], ['search-390', ZH, { act: (page) => page.fill('[data-map-search] input', '泵站') }],
  ['searched-1920', ZH, { act: async (page) => { await page.keyboard.press('/'); await page.keyboard.type('W-PS-003'); await page.keyboard.press('Enter'); await sleep(3_000) } }],
])

/** The ways in and administration: by day, by night and in English, on a desk, a laptop and a phone. */
const signIn = (user, password = PASSWORD) => async (page) => {
  await page.fill('[name=user]', user)
  await page.fill('[name=password]', password)
  await page.keyboard.press('Enter')
  await sleep(2_000)
}
const press = (...selectors) => async (page) => { for (const selector of selectors) await page.locator(selector).first().click() }
const robot = async (page) => {
  await press('[data-create]')(page)
  await page.locator('[data-receiver-form] [name=channel]').selectOption('dingtalk')
}
const demands = (hub) => hub.access.policy.totp_required.push('handler')
const ACCESS = [
  ['a-login', '', { key: '' }], ['a-wrong', '', { key: '', act: signIn('liangdong', 'wrong') }], ['a-refused', '/login?refused=not_linked&sso=gov', { key: '' }], ['a-locked', '', { key: '', act: signIn('taoran') }], ['a-code', '', { key: '', act: signIn('chenwei') }], ['a-must', '', { key: '', act: signIn('panyu') }], ['a-totp', '', { key: '', hub: demands, act: signIn('hexin') }],
  ['a-setup', '/setup?token=once', { key: '', hub: (hub) => (hub.access.setupToken = 'once') }], ['a-enrol', '/enrol', { key: '' }], ['a-account', '/desk/account', { key: '', act: signIn('liangdong'), whole: true }],
  ['a-people', '/desk/people', {}], ['a-linked', '/desk/person/10', { act: press('[data-sure=unlink]'), whole: true }], ['a-person', '/desk/person/6', { act: press('[data-sure=disable]'), whole: true }], ['a-grants', '/desk/person/4', { act: press('[data-edit-grants]'), whole: true }], ['a-matrix', '/desk/matrix', {}],
  ['a-receivers', '/desk/receivers', { whole: true }], ['a-receiver', '/desk/receivers', { act: robot }], ['a-deliveries', '/desk/receivers', { act: press('[data-receiver="4"] [data-log]') }],
  ['a-services', '/desk/services', { act: press('[data-sure=revoke]'), whole: true }], ['a-rights', '/desk/services', { act: press('[data-rights]') }], ['a-screens', '/desk/screens', {}], ['a-enrolling', '/desk/screens', { act: press('[data-enrol-open]') }],
  ['a-audit', '/desk/audit', { act: press('[data-verify]', '[data-detail]') }], ['a-broken', '/desk/audit', { hub: (hub) => (hub.access.audit.broken = { batch: 12, line: 3, what: 'altered' }), act: press('[data-verify]') }], ['a-contact', '/desk/device/W-PS-004', { act: press('[data-reveal]') }],
  ['a-policy', '/desk/policy', { act: (page) => page.fill('[name=min_length]', '6'), whole: true }],
].flatMap(([name, route, how]) => [['day', 'zh', '1920'], ['night', 'en', '1366'], ['day', 'zh', '390'], ['day', 'en', '390'], ['night', 'zh', '390'], ...(['a-people', 'a-account', 'a-audit'].includes(name) ? [['day', 'zh', '3840']] : [])].map(([theme, lang, size]) => [`${name}-${theme}-${lang}-${size}`, `?theme=${theme}&lang=${lang}`, { route, way: how.key === '', ...how }]))

const SHOTS = [
  ['night-1920', ZH], ['day-1920', '?theme=day&lang=zh'], ['en-1920', '?theme=night&lang=en'], ['night-3840', ZH], ['night-4k', ZH],
  ['card-1920', '?theme=day&lang=zh', { act: (page) => page.locator('[data-alarm]').nth(3).getByRole('button').click() }],
  ['frozen-1920', ZH, { freeze: true }], ['frozenaway-1920', ZH, { hub: full, freeze: true }],
  ...['3', '11'].flatMap((n) => [['1920', ZH], ['1920', '?theme=day&lang=en'], ['3840', ZH], ['4k', '?theme=day&lang=zh'], ['390', ZH], ['1366', '?theme=night&lang=en']].map(([size, query]) => [`themes${n}-${/day/.test(query) ? 'day' : 'night'}-${query.endsWith('en') ? 'en' : 'zh'}-${size}`, query, { themes: +n }])),
  ...[['1920', ZH], ['1920', '?theme=day&lang=zh'], ['1920', '?theme=night&lang=en'], ['3840', ZH], ['4k', '?theme=day&lang=zh'], ['390', ZH], ['390', '?theme=day&lang=en'], ['1366', ZH]].map(([size, query]) => [`theme-${/day/.test(query) ? 'day' : 'night'}-${query.endsWith('en') ? 'en' : 'zh'}-${size}`, query, { themes: 3, route: '/theme/water' }]),
  ['theme-empty-1920', ZH, { themes: 3, route: '/theme/nothing' }], ['theme-frozen-1920', ZH, { themes: 3, route: '/theme/water', freeze: true }], ['full-1920', ZH, { themes: 12 }], ['day-1366', '?theme=day&lang=zh'], ['en-1366', '?theme=night&lang=en'],
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
  ...DESK,
  ...ACCESS,
  ['h-all-3840', ZH, { route: '/health', hub: trouble }], ['h-all-day-3840', '?theme=day&lang=en', { route: '/health/rejected', hub: trouble, act: open(1) }],
]

async function mistakes(page) {
  const file = '设备编号,专题,名称,类型,经度,纬度,安装日期\nN-1,water,一号,雨量站,111.95,21.86,2026-11-01\nN-2,water,二号,雨量计,111.96,21.87,2026-11-01\nN-3,water,三号,雨量站,111点95,21.86,2026-11-01\nN-4,water,四号,雨量站,111.97,21.88,11/2026\n'
  await page.locator('[data-import]').click()
  await page.setInputFiles('[data-file]', { name: '雨量站 2026-11.csv', mimeType: 'text/csv', buffer: Buffer.from(file) })
  await page.waitForSelector('[data-errors]')
}

async function clash(page, hub) {
  await page.locator('[data-edit]').click()
  await page.fill('[data-entry-form] [name=name]', '城南一号泵站')
  await page.fill('[data-entry-form] [name=contact]', '梁工 0662-0000002')
  const { entry, version } = hub.register.detail('W-PS-004')
  hub.register.put('W-PS-004', { theme: 'water', version, entry: { ...entry, contact: '陈工 0662-0000003', model: 'DM-200' } }, Date.now(), '运维 陈卫')
  await page.locator('[data-save]').click()
  await page.waitForSelector('[data-clash]')
}

async function test_message(page, hub) {
  hub.push('NB-77810-A', 'depth', 4.7)
  await page.waitForSelector('[data-commission=seen]')
  await page.locator('[data-photo-file]').setInputFiles({ name: 'p.png', mimeType: 'image/png', buffer: await page.screenshot() })
  await page.waitForSelector('[data-photo] img')
}

async function fail(page, hub) {
  hub.faults['/api/v1/rejected'] = { status: 503, code: 'database', title: 'database', detail: 'the database does not answer' }
  await page.waitForSelector('[data-failed]', { timeout: 30_000 })
}

const wanted = process.argv.slice(2)
mkdirSync(new URL('../shots', import.meta.url), { recursive: true })
const browser = await launch()
for (const [name, query, { themes = 1, route = '', hub: prepare, act, freeze, whole, key, way } = {}] of SHOTS.filter(([n]) => !wanted.length || wanted.some((w) => n.includes(w)))) {
  const hub = new FakeHub({ themes })
  const address = await hub.listen()
  prepare?.(hub)
  const [width, height] = SIZES[name.split('-').at(-1)]
  const { page, errors, context } = await openWall(browser, address, { width, height, query, route, ...(key === undefined ? {} : { key }) })
  if (way) await page.waitForSelector('[data-way]')
  else if (route.startsWith('/theme')) await page.waitForSelector('[data-page=theme]')
  else if (route.startsWith('/desk')) await page.waitForSelector('[data-page=desk] h1')
  else if (route) await page.waitForSelector('.sheet')
  else await page.waitForSelector('[data-panel=map] canvas')
  await sleep(route && !route.startsWith('/theme') ? 2000 : 4000)
  await act?.(page, hub)
  if (freeze) {
    hub.stream.silent = true
    await page.waitForSelector('[data-frozen=true]', { timeout: 20_000 })
  }
  await sleep(500)
  await page.screenshot({ path: new URL(`../shots/${name}.png`, import.meta.url).pathname, fullPage: width < 1200 && (!act || whole) })
  console.log(name, errors)
  await context.close()
  await hub.stop()
}
await browser.close()
