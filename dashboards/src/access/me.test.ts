// Who this browser is: a cookie's owner, a key's, nobody; and what each of them leads to.
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Me } from '../api/access-types'
import { isCookie } from '../api/credential'
import { key, saveKey, useCookie } from '../state/key'
import { parseRoute } from '../state/route'
import { landing } from './landing'
import { can, ended, identify, me, phase, wasScreen } from './me'

const who = (more: Partial<Me> = {}): Me => ({ kind: 'person', id: '4', name: '梁栋', user: 'liangdong', roles: ['operator'], rights: ['own', 'see_city'], grants: [], must: [], session: { id: 's1', began: 0, until: 1, idle_s: 900, from: null }, layout: null, ...more })
const headers: Record<string, string>[] = []
function hub(status: number, body: unknown = {}) {
  vi.stubGlobal('fetch', async (_: string, init: RequestInit = {}) => {
    headers.push(init.headers as Record<string, string>)
    return { ok: status < 300, status, headers: new Headers(), json: async () => body }
  })
}
beforeEach(() => {
  vi.useFakeTimers()
  localStorage.clear()
  useCookie('')
  me.value = null
  phase.value = 'asking'
  ended.value = false
  headers.length = 0
})
afterEach(() => {
  vi.clearAllTimers()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

test('a cookie makes somebody known, without any key in this page', async () => {
  hub(200, who())
  await identify()
  expect([phase.value, can('see_city'), can('grant')]).toEqual(['in', true, false])
  expect(isCookie(key.value)).toBe(true)
  expect(headers[0]).not.toHaveProperty('authorization')
  expect(localStorage.getItem('chengshu.key')).toBeNull()
})

test('a key goes as a bearer and stays the credential', async () => {
  hub(200, who({ kind: 'demo', session: null }))
  saveKey('demo-key')
  await identify()
  expect(headers[0]).toMatchObject({ authorization: 'Bearer demo-key' })
  expect(key.value).toBe('demo-key')
})

test('nobody is out; whoever was in is told that the session is over', async () => {
  hub(401)
  await identify()
  expect([phase.value, ended.value]).toEqual(['out', false])
  hub(200, who())
  await identify()
  hub(401)
  await identify()
  expect([phase.value, ended.value, key.value]).toEqual(['out', true, ''])
  await identify() // another request was refused as well
  expect([phase.value, ended.value]).toEqual(['out', true])
})

test('a screen keeps its picture through a hiccup, then is nobody, and remembers what it was', async () => {
  hub(200, who({ kind: 'screen', layout: 'theme/water', session: null }))
  await identify()
  hub(401)
  await identify()
  expect([phase.value, me.value?.kind]).toEqual(['in', 'screen'])
  await vi.advanceTimersByTimeAsync(40_000)
  expect([phase.value, wasScreen(), ended.value]).toEqual(['out', true, false])
})

test('a hub that does not answer is waited for', async () => {
  vi.stubGlobal('fetch', async () => { throw new TypeError('network') })
  await identify()
  expect(phase.value).toBe('away')
  hub(200, who())
  await vi.advanceTimersByTimeAsync(4_000)
  expect(phase.value).toBe('in')
})

test.each([
  [who({ kind: 'screen', layout: 'theme/water' }), '#/', '#/theme/water'], [who({ kind: 'screen', layout: 'theme/water' }), '#/theme/water', null], [who({ kind: 'screen', layout: 'wall' }), '#/desk', '#/'],
  [who(), '#/login', '#/'], [who(), '#/desk/maintenance', null], [who({ rights: ['own', 'read_audit', 'see_accounts'] }), '#/', '#/desk/audit'], [who({ rights: ['own', 'see_accounts'] }), '#/desk', '#/desk/people'],
  [who({ rights: ['own'] }), '#/login', '#/desk/account'], [who({ kind: 'demo' }), '#/login', null],
])('%o at %s belongs at %s', (somebody, at, href) => expect(landing(somebody, parseRoute(at)!)).toBe(href))
