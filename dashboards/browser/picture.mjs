// Takes the picture of README: the real hub's own demo, all its themes, by night, with the unchanged border. CHENGSHU_BIN=path
// npm run picture -- [--devices 2000] [--minutes 11] [--dist] [--into FOLDER]. Beside the wall it takes the pages of the themes and
// the other sizes into shots/, to judge the look with real data. It waits so long because a trend needs a history.
import { mkdirSync } from 'node:fs'
import { RealHub } from './hub.mjs'
import { launch, openWall, sleep } from './page.mjs'
import { proxy } from './proxy.mjs'

const given = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? usual : process.argv[at + 1]
}
const binary = process.env.CHENGSHU_BIN
if (!binary) {
  console.error('CHENGSHU_BIN is not set: the path of the chengshu binary')
  process.exit(2)
}
const folder = new URL('../shots/', import.meta.url).pathname
const into = given('into', folder)
mkdirSync(folder, { recursive: true })
const SIZES = [['1920', 1920, 1080], ['4k', 3840, 2160], ['3840', 3840, 1080], ['390', 390, 844]]

const hub = new RealHub(binary, +given('devices', 2_000))
const lastWord = () => hub.clear()
process.once('exit', lastWord)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
let browser, front
try {
  await hub.start()
  const address = process.argv.includes('--dist') ? (front = await proxy(hub.ready.http)).address : hub.ready.http
  await sleep(+given('minutes', 11) * 60_000)
  browser = await launch()
  const { themes } = await hub.get('/api/v1/themes')
  for (const look of ['night', 'day']) {
    const { page, context, errors } = await openWall(browser, address, { width: 1920, height: 1080, key: hub.ready.admin_key, query: `?lang=zh&theme=${look}&border=official` })
    for (const route of ['', ...themes.map((t) => `theme/${t.id}`)]) {
      await page.evaluate((r) => (location.hash = `#/${r}`), route)
      await page.waitForSelector(route ? '[data-page=theme] [data-kpi]' : '[data-page=wall] [data-kpi]', { timeout: 60_000 })
      for (const [size, width, height] of route && look === 'day' ? SIZES.slice(0, 1) : SIZES) {
        await page.setViewportSize({ width, height })
        await sleep(6_000)
        const name = `real-${route.replace('theme/', '') || 'wall'}-${look}-${size}`
        await page.screenshot({ path: `${folder}${name}.png`, fullPage: width < 1200 })
        if (name === 'real-wall-night-1920') await page.screenshot({ path: `${into}/wall.png` })
        console.log(name, errors)
      }
      await page.setViewportSize({ width: 1920, height: 1080 })
    }
    await context.close()
  }
} finally {
  await browser?.close().catch(() => {})
  front?.close()
  await hub.stop()
  process.off('exit', lastWord)
}
