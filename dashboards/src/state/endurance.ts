// What lets a wall run for weeks: a shift of a pixel or two against burn-in, and a minute's self-check that reloads the
// page when a new version is served or memory runs out — never while a top alarm stands or somebody reads a device or the health page.
import type { Live } from '../live/live'
import { route } from './route'
import { selected } from './selection'

const CHECK_MS = 60_000
const SHIFT_MS = 180_000
const SHIFTS = [[0, 0], [1, 0], [1, 1], [0, 2], [-1, 1], [-1, 0]] as const
const HEAP_LIMIT = 0.8

export interface Facts { newVersion: boolean; heapShare: number; topAlarm: boolean; frozen: boolean; reading: boolean }

export const shouldReload = (f: Facts) => (f.newVersion || f.heapShare > HEAP_LIMIT) && !f.topAlarm && !f.frozen && !f.reading

/** Share of the heap's limit in use; 0 where the browser does not tell. */
function heapShare(): number {
  const memory = (performance as { memory?: { usedJSHeapSize: number; jsHeapSizeLimit: number } }).memory
  return memory ? memory.usedJSHeapSize / memory.jsHeapSizeLimit : 0
}

const entry = (html: Document) => html.querySelector<HTMLScriptElement>('script[type=module]')?.getAttribute('src') ?? ''

/** The page is new when its entry script has another name; asked only after the hub has been restarted. */
async function isNewVersion(): Promise<boolean> {
  const reply = await fetch('/', { cache: 'no-store' }).catch(() => null)
  if (!reply?.ok) return false
  const served = entry(new DOMParser().parseFromString(await reply.text(), 'text/html'))
  return served !== '' && served !== entry(document)
}

export function endure(live: Live): () => void {
  let startedBefore: number | null = null
  let newVersion = false
  let turn = 0

  const check = async () => {
    const started = live.status.value?.started ?? null
    if (started !== startedBefore && startedBefore !== null) newVersion = await isNewVersion()
    startedBefore = started
    const topAlarm = [...live.alarms.value.values()].some((a) => a.severity === 'critical')
    const frozen = live.frozenSince.value !== null || live.conn.value.state !== 'open'
    if (shouldReload({ newVersion, heapShare: heapShare(), topAlarm, frozen, reading: selected.value !== null || !['wall', 'theme'].includes(route.value.page) })) location.reload()
  }
  const shift = () => {
    const [x, y] = SHIFTS[++turn % SHIFTS.length]!
    document.documentElement.style.setProperty('--shift', `${x}px ${y}px`)
  }
  const timers = [setInterval(() => void check(), CHECK_MS), setInterval(shift, SHIFT_MS)]
  return () => timers.forEach(clearInterval)
}
