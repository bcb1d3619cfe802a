// Ties a window to the hub with one key: stream, theme definitions and today's alarms; start() returns the clean-up.
// It decides when to fetch; how things look is none of its business.
import { byItself } from '../api/background'
import { ApiError, fetchAlarmsSince, fetchThemes } from '../api/client'
import { Catalogue } from './catalogue'
import { connectLive } from './connect'
import { Live } from './live'
import { dayStart } from './today'

const RETRY_MS = 10_000
const HOUSEKEEPING_MS = 60_000

export function startSession(live: Live, key: string): () => void {
  const abort = new AbortController()
  byItself(abort.signal)
  const timers = new Set<ReturnType<typeof setTimeout>>()
  /** The hub's life that the catalogue is of; the first is asked for beside the stream. */
  let loadedFor: string | null = null

  const later = (job: () => void) => {
    const timer = setTimeout(() => (timers.delete(timer), job()), RETRY_MS)
    timers.add(timer)
  }
  /** Level-triggered: tries until it succeeds, quietly, because the stream's state is what the page shows. */
  const load = async (what: () => Promise<void>) => {
    try {
      await what()
    } catch (e) {
      if (abort.signal.aborted) return
      if (!(e instanceof ApiError) && !(e instanceof TypeError)) console.warn('load failed', e)
      later(() => void load(what))
    }
  }

  const themes = async () => {
    live.catalogue.value = new Catalogue(await fetchThemes(key, abort.signal))
  }
  const today = async () => {
    for (const alarm of await fetchAlarmsSince(dayStart(live.now.value), key, abort.signal)) live.today.value.add(alarm)
    live.today.value.complete = true
    live.touch(live.today)
  }

  live.onSnapshot = () => {
    live.commit()
    const status = live.status.value!
    const world = `${status.epoch}/${status.started}`
    if (loadedFor !== null && world !== loadedFor) void load(themes)
    loadedFor = world
    void load(today)
  }

  void load(themes)
  const connection = connectLive(key, (m) => live.take(m))
  live.retry = connection.retry
  addEventListener('online', connection.retry)
  const housekeeping = setInterval(() => live.today.value.prune(live.now.value), HOUSEKEEPING_MS)
  return () => {
    abort.abort()
    for (const timer of timers) clearTimeout(timer)
    clearInterval(housekeeping)
    removeEventListener('online', connection.retry)
    connection.close()
  }
}
