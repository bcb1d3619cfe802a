// Reads an address of the hub again and again for as long as a component lives: keeps the last answer, says when it is
// from and what went wrong, and calls it old when no newer one came. How often may depend on what was read. An answer to another question is never shown.
import { computed, onBeforeUnmount, shallowRef, watch, type ComputedRef, type ShallowRef } from 'vue'
import { byItself } from '../api/background'
import { useLive } from '../live/use'
import { key } from '../state/key'

const TIMEOUT_MS = 10_000
/** Nudges closer together than this are one. */
const LEAST_MS = 1_000
const OLD_TURNS = 3

export interface Polled<T> {
  readonly data: ShallowRef<T | null>
  /** Hub time of the answer that `data` is from. */
  readonly at: ShallowRef<number | null>
  readonly error: ShallowRef<Error | null>
  /** What is shown is not the present: the last try failed, or none has come back for too long. */
  readonly old: ComputedRef<boolean>
  /** How often it is read now. */
  readonly everyMs: number
  /** Asks at once, dropping a question that is under way: after something was changed. */
  refresh(): Promise<void>
  /** Asks soon, at most once a second and never interrupting: when something seems to have changed. */
  nudge(): void
}

export function usePolled<T>(every: number | (() => number), load: (key: string, signal: AbortSignal) => Promise<T>, question: () => unknown = () => 0): Polled<T> {
  const live = useLive()
  const pace = () => (typeof every === 'number' ? every : every())
  const data: ShallowRef<T | null> = shallowRef(null)
  const at = shallowRef<number | null>(null)
  const error = shallowRef<Error | null>(null)
  let running: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  let began = 0
  let again = false

  const later = (ms: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => void read(true), ms)
  }
  /** @param alone nobody asked for it: time has passed, or something seems to have changed. */
  async function read(alone: boolean): Promise<void> {
    running?.abort()
    const mine = (running = new AbortController())
    if (alone) byItself(mine.signal)
    const guard = setTimeout(() => mine.abort(new Error('timeout')), TIMEOUT_MS)
    began = Date.now()
    again = false
    try {
      const answer = await load(key.value, mine.signal)
      if (running !== mine) return
      data.value = answer
      at.value = live.now.value
      error.value = null
    } catch (e) {
      if (running !== mine) return
      error.value = e instanceof Error ? e : new Error(String(e))
    } finally {
      clearTimeout(guard)
      if (running === mine) {
        running = null
        later(again ? LEAST_MS : pace())
      }
    }
  }
  const refresh = () => read(false)
  function nudge(): void {
    if (running) again = true
    else later(Math.max(0, LEAST_MS - (Date.now() - began)))
  }

  watch(() => JSON.stringify(question()), () => {
    data.value = at.value = error.value = null
    void refresh()
  }, { immediate: true })
  onBeforeUnmount(() => {
    clearTimeout(timer)
    const last = running
    running = null
    last?.abort()
  })

  const old = computed(() => error.value !== null || (at.value !== null && live.now.value - at.value > OLD_TURNS * Math.max(pace(), 5_000)))
  return { data, at, error, old, get everyMs() { return pace() }, refresh, nudge }
}
