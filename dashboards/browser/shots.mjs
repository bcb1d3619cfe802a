// Takes the screenshots by which people judge the look: both themes, three screens, both languages. Writes to shots/.
import { mkdirSync } from 'node:fs'
import { FakeHub } from '../fake/server.mjs'
import { launch, openWall, sleep } from './page.mjs'

const SHOTS = [
  ['night-1920', 1920, 1080, '?theme=night&lang=zh'], ['day-1920', 1920, 1080, '?theme=day&lang=zh'], ['en-1920', 1920, 1080, '?theme=night&lang=en'],
  ['night-3840', 3840, 1080, '?theme=night&lang=zh'], ['night-4k', 3840, 2160, '?theme=night&lang=zh'],
  ['card-1920', 1920, 1080, '?theme=day&lang=zh'], ['frozen-1920', 1920, 1080, '?theme=night&lang=zh'],
  ['full-1920', 1920, 1080, '?theme=night&lang=zh'], ['full-3840', 3840, 1080, '?theme=day&lang=en'], ['day-1366', 1366, 768, '?theme=day&lang=zh'],
  ['official-1920', 1920, 1080, '?theme=day&lang=zh&border=official'],
  ['night-390', 390, 844, '?theme=night&lang=zh'], ['day-390', 390, 844, '?theme=day&lang=zh'],
]
const wanted = process.argv.slice(2)
mkdirSync(new URL('../shots', import.meta.url), { recursive: true })
const browser = await launch()
for (const [name, width, height, query] of SHOTS.filter(([n]) => !wanted.length || wanted.includes(n))) {
  const hub = new FakeHub({ themes: name.startsWith('full') ? 12 : 1 })
  const address = await hub.listen()
  const { page, errors, context } = await openWall(browser, address, { width, height, query })
  await page.waitForSelector('[data-panel=map] canvas')
  await sleep(4000)
  if (name.startsWith('card')) await page.locator('[data-alarm]').nth(3).getByRole('button').click()
  if (name.startsWith('frozen')) {
    hub.stream.silent = true
    await page.waitForSelector('[data-frozen=true]', { timeout: 20_000 })
    await sleep(500)
  }
  await page.screenshot({ path: new URL(`../shots/${name}.png`, import.meta.url).pathname, fullPage: width < 1200 })
  console.log(name, errors)
  await context.close()
  await hub.stop()
}
await browser.close()
