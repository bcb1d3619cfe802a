// The desk's views in a document, fed by the fake hub: what is said in words, what is asked of the hub, and that nothing old
// or waiting passes for what it is not.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { me } from '../access/me'
import type { Me } from '../api/access-types'
import { mount, startHub, words } from '../health/harness'
import { parseRoute, route } from '../state/route'
import CommissionView from './commission/CommissionView.vue'
import DeskPage from './DeskPage.vue'
import { VIEW_PANELS } from './views'

let world: ReturnType<typeof startHub>
beforeEach(() => {
  // Here the document tells of a replaced address too, and late: into the next test.
  vi.spyOn(history, 'replaceState').mockImplementation(() => {})
  world = startHub()
})
afterEach(async () => {
  cleanup()
  await world.hub.stop().catch(() => {})
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const go = (hash: string) => (route.value = parseRoute(hash)!)
const until = (what: () => unknown) => vi.waitFor(() => { if (!what()) throw new Error('not yet') }, { timeout: 5_000, interval: 5 })
const desk = (hash: string) => {
  go(hash)
  return mount(world.live, DeskPage).container
}

test('every view has its place and its name', () => expect(Object.values(VIEW_PANELS).map((p) => p.kind)).toEqual(['register', 'device', 'maintenance', 'frames', 'receivers', 'label', 'commission', 'account', 'people', 'person', 'matrix', 'services', 'screens', 'audit', 'policy']))

test('the register lists, counts and marks who waits', async () => {
  const c = desk('#/desk/devices')
  await until(() => c.querySelector('[data-device-row]'))
  expect(c.querySelectorAll('[data-device-row]')).toHaveLength(50)
  expect(words(c.querySelector('[data-device-row=NB-77810-A]'))).toMatch(/在线 待登记 NB-77810-A 内涝积水点 （推定） .*3\.2 cm .* 接纳/)
  await until(() => words(c.querySelector('[data-seg=pending]')) === '2 待登记')
  expect(words(c.querySelector('[data-seg=all]'))).toBe(`${world.live.devices.value.size} 全部设备`)
  expect(world.live.devices.value.has('NB-77810-A')).toBe(false)
})

test('letting a device in puts its entry with the version that was read', async () => {
  const c = desk('#/desk/devices?registration=pending')
  await until(() => c.querySelector('[data-accept]'))
  await fireEvent.click(c.querySelector('[data-device-row=NB-77810-A] [data-accept]')!)
  await until(() => !c.querySelector('[data-device-row=NB-77810-A]'))
  const put = world.asked.find((a) => a.method === 'PUT')!
  expect(put).toMatchObject({ path: '/api/v1/devices/NB-77810-A', body: { theme: 'water', version: 0, entry: { kind: 'waterlogging' } } })
})

test('a refusal to let in stands in the row', async () => {
  const c = desk('#/desk/devices?registration=pending')
  await until(() => c.querySelector('[data-accept]'))
  world.hub.faults['/api/v1/devices/NB-77810-A'] = { status: 503, code: 'database', title: '', detail: 'the database does not answer' }
  await fireEvent.click(c.querySelector('[data-device-row=NB-77810-A] [data-accept]')!)
  await until(() => words(c.querySelector('[data-device-row=NB-77810-A] [role=alert]')) === 'the database does not answer')
})

test('filters go to the hub and into the address', async () => {
  const c = desk('#/desk/devices')
  await until(() => c.querySelector('[data-device-row]'))
  await until(() => c.querySelectorAll('[name=area] option').length > 1)
  await fireEvent.update(c.querySelector('[name=area]')!, '闸坡镇')
  await until(() => world.asked.some((a) => a.path.includes('area=闸坡镇')))
  expect(route.value.query).toEqual({ area: '闸坡镇' })
  await fireEvent.click(c.querySelector('[data-seg=offline]')!)
  await until(() => world.asked.some((a) => a.path.includes('area=闸坡镇') && a.path.includes('state=offline')))
})

test('a device that is not live shows why, by which deadline, and its value hatched', async () => {
  const c = desk('#/desk/device/W-WL-050')
  await until(() => c.querySelector('[data-metric] .now'))
  expect(words(c.querySelector('[data-state-line]'))).toMatch(/离线 · 超过时限没有来报 · 经网关 GW-1 .*30 秒不来报算陈旧，1 分钟算离线（按类型规定）/)
  expect(c.querySelector('[data-metric=depth] .v')!.classList).toContain('hatched')
  expect(c.querySelector('[data-metric=depth] .abnormal')).toBeNull()
})

test('an entry is saved with the version that was read; the form says what nobody can send', async () => {
  const c = desk('#/desk/device/W-RL-001')
  await until(() => c.querySelector('[data-edit]'))
  const before = world.hub.register.detail('W-RL-001')!
  await fireEvent.click(c.querySelector('[data-edit]')!)
  expect((c.querySelector('[data-save]') as HTMLButtonElement).disabled).toBe(true)
  await fireEvent.update(c.querySelector('[name=lng]')!, '一百一十一')
  await fireEvent.submit(c.querySelector('[data-entry-form]')!)
  await until(() => words(c.querySelector('[data-wrong=lng]')).includes('读到的不是数字'))
  expect(world.asked.filter((a) => a.method === 'PUT')).toEqual([])
  await fireEvent.update(c.querySelector('[name=lng]')!, String(before.entry.place?.lng ?? ''))
  await fireEvent.update(c.querySelector('[name=contact]')!, '李工')
  await fireEvent.submit(c.querySelector('[data-entry-form]')!)
  const form = c.querySelector('[data-entry-form]')!
  await until(() => !form.isConnected)
  expect(world.hub.register.detail('W-RL-001')).toMatchObject({ version: before.version + 1, entry: { contact: '李工', department: before.entry.department } })
})

test('whom to call is masked, and told in clear to whoever says why', async () => {
  me.value = { kind: 'person', id: '1', name: '运维', user: 'yw', roles: ['maintainer'], rights: ['see_city', 'unmask'], grants: [], must: [], session: null, layout: null } as unknown as Me
  const id = [...world.hub.register.entries].find(([, x]) => x.entry.contact)![0]
  const held = world.hub.register.detail(id)!.entry.contact!
  const c = desk(`#/desk/device/${id}`)
  await until(() => c.querySelector('[data-reveal]'))
  expect(words(c.querySelector('[data-contact]'))).not.toBe(held)
  await fireEvent.click(c.querySelector('[data-reveal]')!)
  const go = () => c.querySelector('[data-reveal-form] [type=submit]') as HTMLButtonElement
  expect(go().disabled).toBe(true)
  await fireEvent.update(c.querySelector('[data-reveal-form] [name=reason]')!, '水位计失联')
  await fireEvent.submit(c.querySelector('[data-reveal-form]')!)
  await until(() => words(c.querySelector('[data-contact]')) === held)
  expect(world.asked.find((a) => a.path.endsWith('/contact'))?.method).toBe('POST')
  await fireEvent.click(c.querySelector('[data-contact] + button')!)
  expect(words(c.querySelector('[data-contact]'))).not.toBe(held)
  me.value = null
})

test('the maintenance board puts the common cause into words', async () => {
  for (const d of [...world.hub.world.devices.values()].filter((x) => x.kind === 'waterlogging').slice(20, 34)) world.hub.world.darken(d.device, 'offline', 'silent', Date.now() - 840_000, 'GW-2')
  world.sync()
  const c = desk('#/desk/maintenance')
  await until(() => c.querySelector('[data-cause=GW-2]'))
  expect(words(c.querySelector('[data-cause=GW-2]'))).toMatch(/经网关 GW-2 的 14 台里有 14 台从 .* 起先后看不见了，已 1[34] 分钟：多半是它的问题/)
  expect(words(c.querySelector('[data-by=gateway] [data-key=GW-2]'))).toMatch(/GW-2 14 \/ 14 离线 14/)
})

test('a message from before is not the test message; one that comes is', async () => {
  go('#/desk/commission/NB-77810-A')
  world.hub.taps.ask('NB-77810-A', Date.now() - 60_000)
  world.hub.push('NB-77810-A', 'depth', 1.1)
  world.sync()
  await new Promise((ok) => setTimeout(ok, 1_100))
  world.live.commit()
  const { container: c } = mount(world.live, CommissionView)
  await until(() => c.querySelector('[data-commission]'))
  expect(c.querySelector('[data-commission=waiting]')).not.toBeNull()
  world.hub.push('NB-77810-A', 'depth', 4.7)
  world.sync()
  await until(() => c.querySelector('[data-commission=seen]'))
  expect(words(c.querySelector('[data-step=message]'))).toMatch(/已收到/)
})

test('an unknown device is said, and offered to be commissioned', async () => {
  const c = desk('#/desk/device/NOBODY-1')
  await until(() => c.querySelector('[data-unknown]'))
  expect(words(c.querySelector('[data-unknown]'))).toContain('枢纽不认识这个编号')
})

test('the desk greys when the line is lost', async () => {
  const c = desk('#/desk/maintenance')
  world.live.commit(Date.now() + 20_000)
  await until(() => c.querySelector('[data-page=desk][data-frozen=true]'))
})
