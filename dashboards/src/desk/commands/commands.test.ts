// Commands to a device in a document, fed by the fake hub: what is sent and what is not, who may agree, what is said in words
// while nothing happens, and what the device answered.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { mount, startHub, words } from '../../health/harness'
import { parseRoute, route } from '../../state/route'
import DeskPage from '../DeskPage.vue'
import { person } from './person'

let world: ReturnType<typeof startHub>
beforeEach(() => {
  vi.spyOn(history, 'replaceState').mockImplementation(() => {})
  localStorage.removeItem('chengshu.person')
  person.value = ''
  world = startHub()
  world.hub.world.addFieldLink(Date.now())
  world.sync()
})
afterEach(async () => {
  cleanup()
  await world.hub.stop().catch(() => {})
  vi.useRealTimers()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const until = (what: () => unknown) => vi.waitFor(() => { if (!what()) throw new Error('not yet') }, { timeout: 8_000, interval: 10 })
const posts = () => world.asked.filter((a) => a.method === 'POST')
async function panel(device = 'W-RL-001') {
  route.value = parseRoute(`#/desk/device/${device}`)!
  const c = mount(world.live, DeskPage).container
  await until(() => c.querySelector('[data-kinds]'))
  return c
}
const pick = (c: Element, kind: string) => fireEvent.click(c.querySelector(`[data-kind=${kind}] input`)!)
const fill = (c: Element, field: string, text: string) => fireEvent.update(c.querySelector(`[data-ask] [name=${field}]`)!, text)
const send = (c: Element) => fireEvent.submit(c.querySelector('[data-ask]')!)

test('a command is asked for with a name, goes out, and its answer is a table; the name is remembered', async () => {
  const c = await panel()
  await pick(c, 'read_now')
  expect(words(c.querySelector('.what'))).toBe('查询实时数据 依据：SL 651-2014, function 37 不需要参数')
  await send(c)
  expect(words(c.querySelector('[data-wrong=person]'))).toContain('请填姓名')
  expect(posts()).toEqual([])
  await fill(c, 'person', ' 张工 ')
  await send(c)
  await until(() => c.querySelector('[data-asked]'))
  expect(posts()[0]).toMatchObject({ path: '/api/v1/devices/W-RL-001/commands', body: { name: 'read_now', params: {}, person: '张工', expires_s: 600 } })
  expect(words(c.querySelector('[data-asked]'))).toMatch(/第 1 号已登记，正在发往设备/)
  expect(localStorage.getItem('chengshu.person')).toBe('张工')
  await until(() => c.querySelector('[data-command="1"][data-state=confirmed]'))
  expect(words(c.querySelector('[data-command="1"]'))).toMatch(/^设备已确认 查询实时数据 第 1 号 张工 于 .* 提出/)
  expect(words(c.querySelector('[data-result] .tree'))).toMatch(/^功能码 37 流水号 812 发报时间 2026-11-22 16:42:06 要素 4 项/)
  const rows = [...c.querySelectorAll('[data-result] tr')].map(words)
  expect(rows[0]).toBe('编码 名称 指标 值 单位')
  expect(rows[1]).toBe('39 瞬时河道水位、潮位 level 2.913 m')
})

test('a parameter that nobody can send is said at its field; what only the hub knows too', async () => {
  const c = await panel()
  await pick(c, 'read_period')
  await fill(c, 'person', '张工')
  await fill(c, 'from', '2026-11-22T08:00')
  await fill(c, 'to', '2026-11-22T09:00')
  await fill(c, 'step', '50000')
  await send(c)
  expect(words(c.querySelector('[data-wrong=step]'))).toBe('应为 0 至 43200 的整数')
  expect(words(c.querySelector('[data-wrong=element]'))).toBe('必须填')
  expect(document.activeElement?.getAttribute('name')).toBe('element')
  expect(posts()).toEqual([])
  const kinds = world.hub.commands.sets['sl651:field']!.kinds as { name: string; params: { name: string }[] }[]
  const element = kinds.find((k) => k.name === 'read_period')!.params.find((p) => p.name === 'element')!
  Object.assign(element, { never: 'ZZ' })
  await fill(c, 'step', '5')
  await fill(c, 'element', 'ZZ')
  await send(c)
  await until(() => c.querySelector('[data-wrong=element]'))
  expect(words(c.querySelector('[data-wrong=element]'))).toBe('params.element is "ZZ"; expected a text')
  Object.assign(element, { never: undefined })
})

test('a time is sent in the district\'s zone, an optional parameter that is blank is not', async () => {
  const c = await panel()
  await pick(c, 'read_period')
  await fill(c, 'person', '张工')
  await fill(c, 'from', '2026-11-22T08:00')
  await fill(c, 'to', '2026-11-22T09:00:30')
  await fill(c, 'element', 'Z')
  await send(c)
  await until(() => posts().length)
  expect(posts()[0]!.body).toMatchObject({ params: { from: '2026-11-22T08:00:00+08:00', to: '2026-11-22T09:00:30+08:00', element: 'Z' } })
  expect(Object.keys((posts()[0]!.body as { params: object }).params)).toHaveLength(3)
})

test('a dangerous one is never one click: what is lost is named, and a second person must agree, not the first', async () => {
  const c = await panel()
  expect(words(c.querySelector('.group.danger'))).toMatch(/^需第二人批准/)
  await pick(c, 'factory_reset')
  await fill(c, 'person', '张工')
  await send(c)
  await until(() => c.querySelector('[data-confirm]'))
  expect(posts()).toEqual([])
  expect(words(c.querySelector('[data-confirm]'))).toMatch(/向 W-RL-001 申请“恢复出厂设置”？ 将失去或改变： 设备的全部设置和历史数据/)
  await fireEvent.click(c.querySelector('[data-confirm-go]')!)
  await until(() => c.querySelector('[data-state=queued] [data-agree]'))
  expect(words(c.querySelector('[data-asked]'))).toMatch(/等第二人批准/)
  await fireEvent.click(c.querySelector('[data-agree]')!)
  await until(() => c.querySelector('[data-who]'))
  expect((c.querySelector('[data-who]') as HTMLInputElement).value).toBe('')
  await fireEvent.update(c.querySelector('[data-who]')!, '张 工')
  await fireEvent.submit(c.querySelector('[data-decide]')!)
  expect(words(c.querySelector('[data-decide-wrong]'))).toBe('张工 是申请人，须由另一人同意')
  expect(posts()).toHaveLength(1)
  await fireEvent.update(c.querySelector('[data-who]')!, '李工')
  await fireEvent.submit(c.querySelector('[data-decide]')!)
  await until(() => posts().some((p) => p.path.endsWith('/approve')))
  await until(() => words(c.querySelector('[data-command="1"]')).includes('李工 同意'))
})

test('a change after the question was put asks it anew', async () => {
  const c = await panel()
  await pick(c, 'set_password')
  await fill(c, 'person', '张工')
  await fill(c, 'password', '1234')
  await send(c)
  await until(() => c.querySelector('[data-confirm]'))
  await fill(c, 'password', '4321')
  await until(() => !c.querySelector('[data-confirm]'))
  expect(posts()).toEqual([])
})

test('why nothing happens is said in words; it can be called off; an unknown code stands for itself', async () => {
  const { commands } = world.hub
  commands.add('W-RL-031', 'read_clock', {})
  world.hub.world.devices.get('W-RL-031')!.link = 'sl651:field'
  const odd = commands.add('W-RL-031', 'read_now', {})
  commands.step(odd, 'failed', Date.now(), { code: 'odd_code', words: 'the device said 77' })
  const lost = commands.add('W-RL-031', 'set_clock', {})
  commands.step(lost, 'failed', Date.now(), { code: 'timeout' })
  const c = await panel('W-RL-031')
  await until(() => c.querySelector('[data-standing=waits]'))
  expect(words(c.querySelector('[data-command="1"]'))).toMatch(/^等待设备上线 查询时钟 .*原因 设备现在没有连上 the device is not connected/)
  expect(words(c.querySelector('[data-command="2"] [data-why]'))).toBe('原因 odd_code the device said 77')
  expect(words(c.querySelector('[data-command="3"] .standing'))).toBe('不知是否已做')
  await fireEvent.click(c.querySelector('[data-command="1"] [data-cancel]')!)
  await until(() => c.querySelector('[data-who]'))
  await fireEvent.update(c.querySelector('[data-who]')!, '王工')
  await fireEvent.submit(c.querySelector('[data-decide=cancel]')!)
  await until(() => c.querySelector('[data-command="1"][data-state=cancelled]'))
})

test('a device whose link carries no commands gets one line and no form; one that takes anything a name and JSON', async () => {
  route.value = parseRoute('#/desk/device/W-PS-002')!
  const c = mount(world.live, DeskPage).container
  await until(() => c.querySelector('[data-no-commands]'))
  expect(words(c.querySelector('[data-no-commands]'))).toBe('设备经链路 mqtt:main 来报，这条链路不下达指令。')
  expect(c.querySelector('[data-ask]')).toBeNull()
  cleanup()
  world.hub.commands.sets['mqtt:main'] = { kinds: [], free: true }
  const f = await panel('W-PS-002')
  await fireEvent.click(f.querySelector('[data-kind="?"] input')!)
  await fill(f, 'person', '张工')
  await fireEvent.update(f.querySelector('[data-free-name]')!, 'Open Gate')
  await fireEvent.update(f.querySelector('[data-free-json]')!, '[1]')
  await send(f)
  expect([words(f.querySelector('[data-wrong=name]')), words(f.querySelector('[data-wrong=json]'))]).toEqual(['1 至 64 个小写字母、数字或下划线', '应为 JSON 对象，如 {"minutes": 5}'])
  await fireEvent.update(f.querySelector('[data-free-name]')!, 'open_gate')
  await fireEvent.update(f.querySelector('[data-free-json]')!, '{"percent": 40}')
  await send(f)
  await until(() => posts().length)
  expect(posts()[0]!.body).toMatchObject({ name: 'open_gate', params: { percent: 40 } })
})

test('what waits for a second person stands above the lists, and only then', async () => {
  route.value = parseRoute('#/desk/devices')!
  const none = mount(world.live, DeskPage).container
  await until(() => none.querySelector('[data-device-row]') && world.asked.some((a) => a.path.includes('state=queued')))
  expect(none.querySelector('[data-queued]')).toBeNull()
  cleanup()
  world.hub.commands.add('W-RL-001', 'factory_reset', {}, { dangerous: true })
  const c = mount(world.live, DeskPage).container
  await until(() => c.querySelector('[data-queued]'))
  expect(words(c.querySelector('[data-queued]'))).toMatch(/1 条指令等第二人批准 恢复出厂设置 河道站 01 张工 · .*后作废 去处理/)
  expect(c.querySelector('[data-queued-command]')!.getAttribute('href')).toBe('#/desk/device/W-RL-001')
})

test('the links say where they listen, who is connected, and what deviates, by the word or by the code', async () => {
  route.value = parseRoute('#/desk/maintenance')!
  const c = mount(world.live, DeskPage).container
  await until(() => c.querySelector('[data-link-detail="sl651:field"]'))
  expect(words(c.querySelector('[data-link-detail="sl651:field"]'))).toMatch(/SL651 field 已连接 tcp 0\.0\.0\.0:5651 udp 0\.0\.0\.0:5652 23 18,204 4 结束符不对 41 太久不说话，断开 12 CRC 不对 3 设备换了地址 2 odd_thing 1/)
  expect(words(c.querySelector('[data-link-detail="mqtt:main"]'))).toContain('主动外联，不监听')
  expect(words(c.querySelector('[data-link-details] summary'))).toMatch(/2 条链路 · 23 个设备或网关连着 · 偏差 59 次/)
})
