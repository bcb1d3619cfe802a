// Single sign-on in a document, fed by the fake hub: the way out and back on the page for signing in, the link of the own account, and
// the administrators' side of it.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PASSWORD } from '../../fake/access/people.mjs'
import { me } from '../access/me'
import type { Me } from '../api/access-types'
import DeskPage from '../desk/DeskPage.vue'
import SingleSignOn from '../desk/account/SingleSignOn.vue'
import { mount, startHub, words } from '../health/harness'
import { i18n } from '../i18n'
import { parseRoute, route } from '../state/route'
import LoginPage from './LoginPage.vue'
import { rememberPlace, returnToPlace, takePlace } from './place'
import { refusalWords } from './refusals'

let world: ReturnType<typeof startHub>
const shown: string[] = []
beforeEach(() => {
  vi.spyOn(history, 'replaceState').mockImplementation((_, __, to) => void shown.push(String(to)))
  shown.length = 0
  sessionStorage.clear()
  world = startHub()
})
afterEach(async () => {
  cleanup()
  i18n.global.locale.value = 'zh'
  await world.hub.stop().catch(() => {})
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const until = (what: () => unknown) => vi.waitFor(() => { if (!what()) throw new Error('not yet') }, { timeout: 8_000, interval: 10 })
function as(user: string) {
  const { access } = world.hub
  const who = access.person(access.people.byUser(user), null)
  world.hub.who = who as never
  me.value = who as unknown as Me
}
function at(hash: string, page: object, props = {}) {
  route.value = parseRoute(hash)!
  return mount(world.live, page as never, props).container
}
const puts = () => world.asked.filter((a) => a.method !== 'GET')

test('each provider is a way in, by its name in the language of the page', async () => {
  const c = at('#/login', LoginPage)
  await until(() => c.querySelector('[data-sso=gov]'))
  const way = c.querySelector<HTMLAnchorElement>('[data-sso=gov]')!
  expect([words(way), way.getAttribute('href')]).toEqual(['用粤政易登录', '/api/v1/login/sso/gov'])
  i18n.global.locale.value = 'en'
  await until(() => words(way).startsWith('Sign in with'))
})

test('whoever is refused is told why, once, and can go on with a password', async () => {
  const c = at('#/login?refused=not_linked&sso=gov', LoginPage)
  await until(() => words(c.querySelector('[data-login-wrong]')).includes('还没有关联'))
  expect(words(c.querySelector('[data-login-wrong]'))).toContain('您在粤政易的身份')
  expect(shown).toEqual(['#/login'])
  expect(c.querySelector('[data-login]')).not.toBeNull()
})

test('every code of the hub has words, and one that is not known yet has some', () => {
  // hub/sso and hub/identity say these
  for (const code of ['away', 'hub_away', 'denied', 'state', 'untrusted', 'not_linked', 'disabled', 'name_taken', 'no_name', 'linked_elsewhere', 'too_many']) {
    expect(i18n.global.te(`sso.refused.${code}`, 'zh'), code).toBe(true)
  }
  expect(refusalWords('of tomorrow', '粤政易')).toBe(refusalWords('untrusted', '粤政易'))
  expect(refusalWords(undefined, 'x')).toBe('')
})

test('where the hub asks for its own second factor, the ticket leaves the address and the code is typed', async () => {
  const c = at('#/login?ticket=cs_ticket', LoginPage)
  await until(() => c.querySelector('[data-login-code] [name=code]'))
  expect(shown).toEqual(['#/login'])
  await fireEvent.update(c.querySelector('[name=code]')!, '123456')
  await until(() => puts().length)
  expect(puts()[0]).toMatchObject({ path: '/api/v1/login/totp', body: { ticket: 'cs_ticket', code: '123456' } })
})

test('the place where one was comes back after the way out, also when it took two tries', () => {
  location.hash = '#/desk/maintenance?q=1'
  rememberPlace()
  location.hash = '#/login?refused=away'
  rememberPlace()
  returnToPlace()
  expect(location.hash).toBe('#/login?refused=away')
  location.hash = ''
  const replace = vi.spyOn(location, 'replace').mockImplementation(() => {})
  returnToPlace()
  expect(replace).toHaveBeenCalledWith('#/desk/maintenance?q=1')
  expect(takePlace()).toBeNull()
})

test('the own account is linked after the password, at the provider; and unlinked again', async () => {
  as('liangdong')
  const left: string[] = []
  const c = at('#/desk/account', SingleSignOn, { leave: (url: string) => left.push(url) })
  await until(() => c.querySelector('[data-sso-link=gov]'))
  await fireEvent.click(c.querySelector('[data-sso-link=gov]')!)
  await fireEvent.update(c.querySelector('[name=sso-password]')!, 'wrong')
  await fireEvent.submit(c.querySelector('[data-sso-form]')!)
  await until(() => words(c.querySelector('[data-wrong]')) === '口令不对。')
  await fireEvent.update(c.querySelector('[name=sso-password]')!, PASSWORD)
  await fireEvent.submit(c.querySelector('[data-sso-form]')!)
  await until(() => left.length)
  expect(left).toEqual(['/api/v1/login/sso/gov?link=4'])
  expect(puts().at(-1)).toMatchObject({ method: 'POST', path: '/api/v1/me/sso/gov' })

  cleanup()
  world.hub.access.people.byUser('liangdong')!.linked = { provider: world.hub.access.sso[0], issuer: 'i', subject: 's', name: 'liang' } as never
  as('liangdong')
  const back = at('#/desk/account?linked=gov', SingleSignOn)
  await until(() => words(back.querySelector('[data-told]')) === '已与粤政易关联，下次可以用它登录。')
  expect(words(back.querySelector('[data-linked]'))).toBe('已与粤政易关联，在那里是：liang')
  await fireEvent.click(back.querySelector('[data-sso-unlink]')!)
  await fireEvent.update(back.querySelector('[name=sso-password]')!, PASSWORD)
  await fireEvent.submit(back.querySelector('[data-sso-form]')!)
  await until(() => words(back.querySelector('[data-told]')) === '关联已解除，其他会话已结束。')
})

test('whoever has no password is not asked for one', async () => {
  as('guomin')
  const c = at('#/desk/account', DeskPage)
  await until(() => c.querySelector('[data-linked]'))
  expect(c.querySelector('[data-password-form], [data-sso-unlink]')).toBeNull()
})

test('an administrator links by the subject and unlinks after one question; what is taken is said', async () => {
  as('chenwei')
  const c = at('#/desk/person/4', DeskPage)
  await until(() => c.querySelector('[data-sso-edit]'))
  await fireEvent.click(c.querySelector('[data-sso-edit]')!)
  await fireEvent.update(c.querySelector('[name=subject]')!, 'sub-guomin')
  await fireEvent.submit(c.querySelector('[data-sso-link-form]')!)
  await until(() => words(c.querySelector('[data-sso-link-form] [data-wrong]')).includes('another account'))
  await fireEvent.update(c.querySelector('[name=subject]')!, ' sub-liang ')
  await fireEvent.submit(c.querySelector('[data-sso-link-form]')!)
  await until(() => words(c.querySelector('[data-sso-person]')).includes('sub-liang'))
  expect(puts().at(-1)).toMatchObject({ method: 'PUT', path: '/api/v1/people/4/sso', body: { provider: 'gov', subject: 'sub-liang' } })
  await fireEvent.click(c.querySelector('[data-sure=unlink]')!)
  await fireEvent.click(c.querySelector('[data-sure-go]')!)
  await until(() => words(c.querySelector('[data-sso-person]')).includes('没有关联'))
})
