// A hand on the page is told to the hub now and then; what a page asks by itself carries its mark.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { get } from '../api/client'
import { byItself } from '../api/background'
import { key, useCookie } from '../state/key'
import { watchHands } from './hands'
import { identify, me } from './me'

const asked: [path: string, marked: boolean][] = []
let stop = () => {}
beforeEach(() => {
  vi.useFakeTimers()
  asked.length = 0
  vi.stubGlobal('fetch', async (path: string, init: RequestInit) => {
    asked.push([path, 'x-chengshu-background' in (init.headers as object)])
    return { ok: true, status: 200, headers: new Headers(), json: async () => me.value }
  })
  me.value = { kind: 'person', id: '4', name: '梁栋', user: 'liangdong', roles: [], rights: ['own'], grants: [], must: [], session: null, layout: null }
  useCookie('cookie:person:4:s1')
  stop = watchHands()
})
afterEach(() => {
  stop()
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const hand = () => dispatchEvent(new Event('pointerdown'))

test('a hand is told at most once a minute, and none for a wall or a key', async () => {
  hand()
  expect(asked).toEqual([])
  vi.advanceTimersByTime(60_000)
  for (let i = 0; i < 5; i++) hand()
  expect(asked).toEqual([['/api/v1/me', false]])
  vi.advanceTimersByTime(60_000)
  key.value = 'a key'
  hand()
  me.value = { ...me.value!, kind: 'screen' }
  hand()
  expect(asked.length).toBe(1)
})

test('what the page asks by itself is marked, what somebody asks is not', async () => {
  await get('/api/v1/devices', '', byItself(new AbortController().signal))
  await get('/api/v1/devices', '', new AbortController().signal)
  await identify(true)
  await identify()
  expect(asked).toEqual([['/api/v1/devices', true], ['/api/v1/devices', false], ['/api/v1/me', true], ['/api/v1/me', false]])
})
