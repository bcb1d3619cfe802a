// Reading again and again: the last answer is kept and called old when no newer one comes, and never shown for another question.
import { cleanup, render } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { defineComponent, h, ref } from 'vue'
import { backgroundOf } from '../api/background'
import { Live } from '../live/live'
import { provideLive } from '../live/use'
import { usePolled, type Polled } from './polled'

let live: Live
beforeEach(() => {
  vi.useFakeTimers()
  live = new Live()
})
afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function start<T>(load: (key: string, signal: AbortSignal) => Promise<T>, question: () => unknown = () => 0): Polled<T> {
  let polled: Polled<T>
  const Inner = defineComponent(() => ((polled = usePolled(5_000, load, question)), () => null))
  render(defineComponent(() => (provideLive(live), () => h(Inner))))
  return polled!
}

test('asks again and again, one after the other', async () => {
  let running = 0, most = 0, asked = 0
  start(async () => {
    most = Math.max(most, ++running)
    await new Promise((ok) => setTimeout(ok, 3_000))
    running--
    return ++asked
  })
  await vi.advanceTimersByTimeAsync(24_000)
  expect([asked, most]).toEqual([3, 1])
})

test('the first question and those that somebody asks are a use of the session; those that time asks are not', async () => {
  const marks: boolean[] = []
  const about = ref(1)
  const polled = start(async (_, signal) => marks.push('x-chengshu-background' in backgroundOf(signal)), () => about.value)
  await vi.advanceTimersByTimeAsync(5_010)
  expect(marks).toEqual([false, true])
  await polled.refresh()
  polled.nudge()
  await vi.advanceTimersByTimeAsync(1_010)
  about.value = 2
  await vi.advanceTimersByTimeAsync(10)
  expect(marks).toEqual([false, true, false, true, false])
})

test('a failure keeps what there was and calls it old; the next answer clears it', async () => {
  let fail = false
  const polled = start(async () => {
    if (fail) throw new Error('503')
    return 7
  })
  await vi.advanceTimersByTimeAsync(10)
  expect([polled.data.value, polled.old.value]).toEqual([7, false])
  fail = true
  await vi.advanceTimersByTimeAsync(5_000)
  expect([polled.data.value, polled.old.value, polled.error.value?.message]).toEqual([7, true, '503'])
  fail = false
  await vi.advanceTimersByTimeAsync(5_000)
  expect([polled.old.value, polled.error.value]).toEqual([false, null])
})

test('an answer that never comes is given up and said', async () => {
  let stuck = false
  const polled = start((_, signal) => new Promise<number>((ok, no) => {
    if (!stuck) ok(1)
    signal.addEventListener('abort', () => no(signal.reason as Error))
  }))
  await vi.advanceTimersByTimeAsync(10)
  stuck = true
  await vi.advanceTimersByTimeAsync(15_500)
  expect([polled.data.value, polled.old.value, polled.error.value?.message]).toEqual([1, true, 'timeout'])
})

test('an answer to another question is never shown', async () => {
  const question = ref('a')
  const polled = start(async () => {
    const asked = question.value
    await new Promise((ok) => setTimeout(ok, asked === 'a' ? 2_000 : 500))
    return asked
  }, () => question.value)
  await vi.advanceTimersByTimeAsync(2_100)
  expect(polled.data.value).toBe('a')
  question.value = 'b'
  await vi.advanceTimersByTimeAsync(1)
  expect(polled.data.value).toBeNull()
  await vi.advanceTimersByTimeAsync(600)
  expect(polled.data.value).toBe('b')
})

test('nudges within a second are one, and none interrupts', async () => {
  let asked = 0
  const polled = start(async () => ++asked)
  await vi.advanceTimersByTimeAsync(1_500)
  for (let i = 0; i < 9; i++) polled.nudge()
  await vi.advanceTimersByTimeAsync(900)
  expect(asked).toBe(2)
})
