// Administration in a document, fed by the fake hub: who sees what, what is sent, that nothing happens by one press, and that a refusal
// names the right that is missing.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { me } from '../access/me'
import type { Me } from '../api/access-types'
import { mount, startHub, words } from '../health/harness'
import { parseRoute, route } from '../state/route'
import DeskPage from './DeskPage.vue'

let world: ReturnType<typeof startHub>
beforeEach(() => {
  vi.spyOn(history, 'replaceState').mockImplementation(() => {})
  HTMLDialogElement.prototype.showModal ??= function showModal(this: HTMLDialogElement) { this.open = true }
  world = startHub()
})
afterEach(async () => {
  cleanup()
  await world.hub.stop().catch(() => {})
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const until = (what: () => unknown) => vi.waitFor(() => { if (!what()) throw new Error('not yet') }, { timeout: 8_000, interval: 10 })
/** Somebody of the fake hub sits here. */
function as(user: string) {
  const { access } = world.hub
  const who = access.person(access.people.byUser(user), null)
  world.hub.who = who as never
  me.value = who as unknown as Me
}
function desk(hash: string) {
  route.value = parseRoute(hash)!
  return mount(world.live, DeskPage).container
}
const puts = () => world.asked.filter((a) => a.method !== 'GET')

test('menus show only what the rights allow; another view says which is missing', async () => {
  as('liangdong')
  const c = desk('#/desk/audit')
  expect(words(c.querySelector('[data-no-right]'))).toBe('没有权限 您没有“查看审计”这项权限。需要的话，请安全管理员授权。')
  expect([...c.querySelectorAll('[data-nav]')].map((a) => a.getAttribute('data-nav'))).toEqual(['devices', 'maintenance', 'health', 'matrix', 'account'])
  expect(words(c.querySelector('[data-me]'))).toBe('梁栋 值班员、派遣员')
})

test('a security administrator grants and unlocks, and makes no accounts; a grant is asked once more and sent whole', async () => {
  as('zhoulan')
  const c = desk('#/desk/person/9')
  await until(() => c.querySelector('[data-edit-grants]'))
  expect(c.querySelector('[data-sure=reset], [data-sure=disable], [data-edit-person]')).toBeNull()
  await fireEvent.click(c.querySelector('[data-edit-grants]')!)
  await fireEvent.click(c.querySelector('[data-role=handler]')!)
  expect((c.querySelector('[data-role=system_admin]') as HTMLInputElement).disabled).toBe(true)
  await fireEvent.click(c.querySelector('[data-sure=grants]')!)
  expect(words(c.querySelector('[data-sure-asks]'))).toMatch(/把方毅的授权改成这样？ 增加：部门处置员/)
  expect(puts()).toEqual([])
  await fireEvent.click(c.querySelector('[data-sure-go]')!)
  await until(() => c.querySelector('[data-grants] [data-told]'))
  expect(puts()[0]).toMatchObject({ method: 'PUT', path: '/api/v1/people/9/grants', body: { grants: [{ roles: ['handler'], scope: [{ themes: 'all' }], from: null, until: null }] } })
})

test('nobody grants to themselves', async () => {
  as('zhoulan')
  const c = desk('#/desk/person/2')
  await until(() => c.querySelector('[data-own]'))
  expect(c.querySelector('[data-edit-grants]')).toBeNull()
})

test('until there is a security administrator, the system administrator may make exactly that one and the auditor', async () => {
  world.hub.access.people.byUser('zhoulan')!.grants = []
  as('chenwei')
  const c = desk('#/desk/person/9')
  await until(() => c.querySelector('[data-boot]'))
  await fireEvent.click(c.querySelector('[data-edit-grants]')!)
  expect([...c.querySelectorAll('[data-role]')].map((e) => e.getAttribute('data-role'))).toEqual(['security_admin', 'audit_admin'])
})

test('a refusal names the right in words, wherever it comes from', async () => {
  as('chenwei')
  const c = desk('#/desk/services')
  await until(() => c.querySelector('[data-service="1"]'))
  world.hub.faults['/api/v1/services/1'] = { status: 403, code: 'forbidden', title: '', detail: 'needs the right manage_keys' }
  await fireEvent.click(c.querySelector('[data-service="1"] [data-sure=revoke]')!)
  await fireEvent.click(c.querySelector('[data-sure-go]')!)
  await until(() => words(c.querySelector('[data-sure-wrong]')) === '您没有“管理服务密钥”这项权限。需要的话，请安全管理员授权。')
})

test('the policy names each change, says what is weak, and is sent whole', async () => {
  as('zhoulan')
  const c = desk('#/desk/policy')
  await until(() => c.querySelector('[name=min_length]'))
  await fireEvent.update(c.querySelector('[name=min_length]')!, '6')
  expect(words(c.querySelector('[data-changes]'))).toBe('至少几个字符：12 → 6')
  expect(c.querySelector('[data-policy-field=min_length] [data-weak]')).not.toBeNull()
  await fireEvent.update(c.querySelector('[name=min_length]')!, '16')
  await fireEvent.click(c.querySelector('[data-sure=policy]')!)
  await fireEvent.click(c.querySelector('[data-sure-go]')!)
  await until(() => c.querySelector('[data-policy] [data-told]'))
  expect(puts()[0]!.body).toMatchObject({ password: { min_length: 16, max_length: 128 }, lockout: { wrong: 5 }, totp_required: ['system_admin', 'security_admin', 'audit_admin'] })
})

test('somebody else’s change is not overwritten: the version that was read goes along', async () => {
  as('chenwei')
  const c = desk('#/desk/person/5')
  await until(() => c.querySelector('[data-edit-person]'))
  await fireEvent.click(c.querySelector('[data-edit-person]')!)
  world.hub.access.people.all.find((p) => p.id === '5')!.version = 7
  await fireEvent.update(c.querySelector('[data-edit-form] [name=name]')!, '何欣欣')
  await fireEvent.submit(c.querySelector('[data-edit-form]')!)
  await until(() => words(c.querySelector('[data-edit-form] [data-wrong]')).includes('别人先改过了'))
  expect(puts()[0]!.body).toEqual({ name: '何欣欣', department: '水务局' })
  await fireEvent.submit(c.querySelector('[data-edit-form]')!)
  await until(() => !c.querySelector('[data-edit-form]'))
  expect(world.hub.access.people.all.find((p) => p.id === '5')).toMatchObject({ name: '何欣欣', phone: '138****1234' })
})
