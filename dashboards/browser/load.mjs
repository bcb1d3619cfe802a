// Measures the wall under load: CHENGSHU_BIN=path npm run measure:wall -- [--minutes 15] [--devices 10000] [--rate 2000] [--dist] [--check]
// Starts the demo with so many devices, publishes what its own devices do not to reach the rate, opens the wall headless at
// 1920×1080 without a GPU, and prints: time to interactive, the page's and the shared worker's heap after a forced collection
// again and again, the processor time of each of the browser's processes. With --check it ends 1 when a limit is passed.
// For figures use a release binary and a machine that does nothing else.
import { RealHub } from './hub.mjs'
import { launch, openWall, sleep } from './page.mjs'
import { proxy } from './proxy.mjs'
import { Publisher } from './mqtt.mjs'

const given = (name, usual) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? usual : +process.argv[at + 1]
}
const MINUTES = given('minutes', 15)
const DEVICES = given('devices', 10_000)
const RATE = given('rate', 2_000)
/** What a wall may take. */
const LIMITS = { interactiveMs: 3_000, rendererShare: 0.25, heapGrowth: 0.1 }
const WARM_MS = 20_000
const EVERY_MS = Math.min(30_000, (MINUTES * 60_000) / 4)
const MIB = 1024 * 1024
const binary = process.env.CHENGSHU_BIN
if (!binary) {
  console.error('CHENGSHU_BIN is not set: the path of the chengshu binary')
  process.exit(2)
}

const hub = new RealHub(binary, DEVICES)
let browser, front, publisher
const lastWord = () => hub.clear()
process.once('exit', lastWord)
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/** Messages that the hub has received, and the load of the machine: what was measured beside what. */
const received = async () => (await hub.get('/api/v1/links')).links.reduce((n, l) => n + l.messages, 0)

/** Publishes values near the last ones, in the devices' own names, until `stop()`; the pace follows what the hub receives. */
async function topUp() {
  const { devices } = await hub.get('/api/v1/devices?limit=20000')
  const latest = await hub.get('/api/v1/latest?limit=20000')
  const theme = new Map(devices.map((d) => [d.device, d.theme]))
  const voices = latest.devices.filter((d) => d.state === 'live' && Object.keys(d.metrics).length)
  if (!voices.length) throw new Error('no device has sent anything yet')
  publisher = await Publisher.open(hub.ready.mqtt, hub.ready.mqtt_user, hub.ready.mqtt_password)
  let running = true
  let own = RATE
  let at = 0
  const work = (async () => {
    let before = { at: Date.now(), n: await received(), sent: 0 }
    for (let next = Date.now(); running; ) {
      const burst = Math.max(1, Math.round(own / 20))
      for (let i = 0; i < burst && running && own > 0; i++) {
        const d = voices[at++ % voices.length]
        const values = Object.entries(d.metrics).map(([metric, m]) => [metric, Number.isInteger(m.value) ? m.value : +(m.value * (1 + (Math.random() - 0.5) * 0.002)).toFixed(3)])
        await publisher.publish(`city/${theme.get(d.device)}/${d.device}/telemetry`, Object.fromEntries(values))
      }
      next += 50
      await sleep(Math.max(0, next - Date.now()))
      if (Date.now() - before.at > 5_000) {
        const now = { at: Date.now(), n: await received(), sent: publisher.sent }
        const others = (now.n - before.n - (now.sent - before.sent)) / ((now.at - before.at) / 1000)
        own = Math.max(0, RATE - Math.max(0, others))
        before = now
      }
    }
  })()
  return async () => {
    running = false
    await work
  }
}

/** Processor seconds of each kind of the browser's processes, and how many there are. */
async function processes(session) {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  const by = {}
  for (const p of processInfo) by[p.type] = (by[p.type] ?? 0) + p.cpuTime
  return by
}

/** The shared worker's heap: it is a target of its own, spoken to through the browser. */
async function worker(session) {
  const { targetInfos } = await session.send('Target.getTargets')
  const target = targetInfos.find((t) => t.type === 'shared_worker')
  if (!target) return null
  const { sessionId } = await session.send('Target.attachToTarget', { targetId: target.targetId, flatten: false })
  const waiting = new Map()
  session.on('Target.receivedMessageFromTarget', (m) => {
    const answer = JSON.parse(m.message)
    waiting.get(answer.id)?.(answer.result)
  })
  let id = 0
  const ask = (method) => new Promise((ok) => {
    waiting.set(++id, ok)
    void session.send('Target.sendMessageToTarget', { sessionId, message: JSON.stringify({ id, method }) })
  })
  return async () => {
    await ask('HeapProfiler.collectGarbage')
    return (await ask('Runtime.getHeapUsage')).usedSize
  }
}

/** Growth per hour by least squares: one late collection must not decide. */
function slope(samples, of) {
  const n = samples.length
  const mx = samples.reduce((a, s) => a + s.at, 0) / n
  const my = samples.reduce((a, s) => a + of(s), 0) / n
  const over = samples.reduce((a, s) => a + (s.at - mx) * (of(s) - my), 0)
  const under = samples.reduce((a, s) => a + (s.at - mx) ** 2, 0)
  return under ? (over / under) * 3_600_000 : 0
}

let worst = 0
const line = (name, value, limit, over) => {
  if (over) worst = 1
  console.log(`${name.padEnd(34)} ${value}${limit ? `   (limit ${limit}: ${over ? 'OVER' : 'ok'})` : ''}`)
}

try {
  await hub.start()
  const address = process.argv.includes('--dist') ? (front = await proxy(hub.ready.http)).address : hub.ready.http
  for (let tries = 0; tries < 60 && (await received()) < DEVICES / 4; tries++) await sleep(1_000)
  const stopPublishing = await topUp()
  await sleep(WARM_MS)

  browser = await launch()
  const session = await browser.newBrowserCDPSession()
  const opened = Date.now()
  const { page, errors } = await openWall(browser, address, { width: 1920, height: 1080, key: hub.ready.admin_key, query: '?lang=zh' })
  await page.waitForSelector('[data-kpi] .v', { timeout: 120_000 })
  const figures = Date.now() - opened
  // Interactive: a key is answered, with all devices there.
  await page.waitForSelector('[data-map-search] input', { timeout: 120_000 })
  await page.keyboard.press('/')
  await page.waitForFunction(() => document.activeElement?.closest('[data-map-search]'), null, { polling: 'raf', timeout: 120_000 })
  const interactive = Date.now() - opened
  await page.keyboard.press('Escape')
  await page.waitForSelector('[data-panel=map] canvas', { timeout: 120_000 })
  const shown = await page.evaluate(() => document.querySelector('[data-live]')?.parentElement?.innerText ?? '')
  await sleep(WARM_MS)

  const cdp = await page.context().newCDPSession(page)
  await cdp.send('HeapProfiler.enable')
  const workerHeap = await worker(session).catch(() => null)
  const samples = []
  const [cpu0, n0, t0] = [await processes(session), await received(), Date.now()]
  let collecting = 0
  for (const end = t0 + MINUTES * 60_000; ; ) {
    const began = (await processes(session)).renderer
    await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    const nodes = await page.evaluate(() => document.querySelectorAll('*').length)
    samples.push({ at: Date.now() - t0, page: usedSize, worker: workerHeap ? await workerHeap() : 0, nodes })
    // What measuring itself costs is not the wall's.
    collecting += (await processes(session)).renderer - began
    const s = samples.at(-1)
    console.log(`  ${(s.at / 60_000).toFixed(1).padStart(5)} min  heap ${(s.page / MIB).toFixed(1)} MiB  worker ${(s.worker / MIB).toFixed(1)} MiB  ${s.nodes} elements`)
    if (Date.now() >= end) break
    await sleep(Math.min(EVERY_MS, Math.max(500, end - Date.now())))
  }
  const took = (Date.now() - t0) / 1000
  const cpu1 = await processes(session)
  const rate = ((await received()) - n0) / took
  await stopPublishing()

  const share = (type) => ((cpu1[type] ?? 0) - (cpu0[type] ?? 0) - (type === 'renderer' ? collecting : 0)) / took
  const percent = (x) => `${(x * 100).toFixed(1)} % of a core`
  const first = samples[0], last = samples.at(-1)
  const growth = (last.page + last.worker) / (first.page + first.worker) - 1
  console.log('')
  line('devices, messages per second', `${DEVICES}, ${rate.toFixed(0)}  (${shown.replace(/\s+/g, ' ')})`)
  line('figures stand', `${figures} ms`)
  line('interactive', `${interactive} ms`, `${LIMITS.interactiveMs} ms`, interactive > LIMITS.interactiveMs)
  line('heap of the page', `${(first.page / MIB).toFixed(1)} → ${(last.page / MIB).toFixed(1)} MiB, ${(slope(samples, (s) => s.page) / MIB).toFixed(2)} MiB/h`)
  line('heap of the shared worker', `${(first.worker / MIB).toFixed(1)} → ${(last.worker / MIB).toFixed(1)} MiB, ${(slope(samples, (s) => s.worker) / MIB).toFixed(2)} MiB/h`)
  line('growth of both', `${(growth * 100).toFixed(1)} % in ${(took / 60).toFixed(1)} min`, `${LIMITS.heapGrowth * 100} %`, growth > LIMITS.heapGrowth)
  line('elements', `${first.nodes} → ${last.nodes}`)
  line('renderers (page and worker)', percent(share('renderer')), `${LIMITS.rendererShare * 100} %`, share('renderer') > LIMITS.rendererShare)
  for (const type of Object.keys(cpu1).filter((x) => x !== 'renderer')) line(type, percent(share(type)))
  if (errors.length) line('errors on the page', JSON.stringify(errors.slice(0, 5)), 'none', true)
} catch (e) {
  console.error(e)
  worst = 2
}
publisher?.close()
await browser?.close().catch(() => {})
front?.close()
await hub.stop()
process.off('exit', lastWord)
process.exit(worst === 2 ? 2 : process.argv.includes('--check') ? worst : 0)
