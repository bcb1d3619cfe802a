// What the wall says of the database and the spool, and that values that are not stored yet are marked.
import { cleanup } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { h, nextTick } from 'vue'
import { mount, startHub, words } from '../health/harness'
import { alarms } from '../panels/alarms'
import { links } from '../panels/links'
import PanelSlot from '../panels/PanelSlot.vue'
import { themes } from '../panels/themes'
import Banner from './Banner.vue'

let world: ReturnType<typeof startHub>
beforeEach(() => (world = startHub()))
afterEach(async () => {
  cleanup()
  await world.hub.stop().catch(() => {})
  vi.unstubAllGlobals()
})
const banner = () => {
  const { container } = mount(world.live, Banner)
  return container.querySelector<HTMLElement>('[data-banner=storage]')
}

test('in good times nothing is said', () => expect(banner()).toBeNull())

test('a hub without a spool: the database and since when', () => {
  world.hub.status = () => ({ ...Object.getPrototypeOf(world.hub).status.call(world.hub), spool: undefined })
  world.hub.databaseDown(Date.now() - 65_000)
  world.sync()
  expect(words(banner())).toMatch(/^数据库中断 1 分钟 ?带虚线的数值尚未入库 ?历史与统计暂停更新 ?connection refused$/)
})

test('away: since when, how much is kept, and that it goes on', () => {
  world.hub.databaseDown(Date.now() - 185_000, 12_340)
  world.sync()
  const b = banner()!
  expect(words(b)).toMatch(/^数据库中断 3 分钟 ?已暂存 12,340 条 ?3% ?正常接收/)
  expect(b.classList).not.toContain('alarm')
})

test('draining: what is left', () => {
  world.hub.databaseDown(Date.now() - 185_000, 12_340)
  world.hub.databaseUp()
  world.sync()
  expect(words(banner())).toMatch(/^正在补写… ?剩余 11,940 条.*最早一条 \d\d:\d\d.*正常接收/)
})

test('in which way the database is away', () => {
  world.hub.databaseDown(Date.now() - 65_000)
  world.hub.database.code = 'disk_full'
  world.sync()
  expect(words(banner())).toMatch(/^数据库磁盘已满 1 分钟/)
})

test('full: in the colour of an alarm with its shape and word, and grey once the line to the hub is lost', async () => {
  world.hub.spool.bytesMax = 180_000
  world.hub.databaseDown(Date.now() - 185_000, 5_000)
  world.sync()
  const b = banner()!
  expect(words(b)).toMatch(/^特急 ?暂存已满，停止确认 ?数据库中断 3 分钟 ?已暂存 1,000 条 ?100%/)
  expect(words(b)).not.toContain('正常接收')
  expect(b.classList).toContain('critical')
  expect(b.querySelector('svg')).not.toBeNull()
  world.live.commit(Date.now() + 13_000)
  await nextTick()
  expect(b.classList).not.toContain('critical')
  expect(words(b)).toContain('数据库中断 3 分钟')
})

test('failing: says what the spool says, and what was lost', () => {
  world.hub.databaseDown(Date.now() - 5_000, 10)
  Object.assign(world.hub.spool, { reason: 'no space left on device', lost: 2 })
  world.sync()
  expect(words(banner())).toMatch(/特急 ?暂存写不进去，停止确认.*累计损坏丢失 2 份.*no space left on device/)
})

test('an empty list of alarms is not calm while nothing is judged', () => {
  for (const a of world.hub.world.alarms.values()) a.cleared_at ??= Date.now()
  world.hub.databaseDown(Date.now() - 65_000)
  world.sync()
  const { container } = mount(world.live, { render: () => h(PanelSlot as never, { panel: alarms }) })
  expect(words(container)).toMatch(/数据入库之前不作判断，新告警会晚到.*当前无告警$/)
})

test('the only link down: no calm load and no all-clear, although every device is still called live', () => {
  for (const a of world.hub.world.alarms.values()) a.cleared_at ??= Date.now()
  for (const l of world.hub.world.links.values()) Object.assign(l, { state: 'down', reason: { code: 'connection_lost', text: 'refused' } })
  world.sync()
  const { container } = mount(world.live, { render: () => [alarms, links].map((panel) => h(PanelSlot as never, { panel, key: panel.kind })) })
  expect(words(container)).toMatch(/此刻收不到多数设备的数据，没有新告警不等于平安.*当前无告警 接入链路.*已断开.*– .*连接断了 refused/)
  expect(container.querySelector('.load')).toBeNull()
})

test('values that came since are marked as not stored, older ones are not', () => {
  // Marked by the hub itself, before its status says anything.
  world.hub.world.devices.get('W-WL-011')!.metrics.depth.spooled = true
  world.sync()
  const first = mount(world.live, { render: () => h(PanelSlot as never, { panel: alarms }) })
  expect([...first.container.querySelectorAll('[data-unstored]')].map((e) => e.closest<HTMLElement>('[data-alarm]')!.dataset.alarm)).toEqual(['W-WL-011', 'W-WL-011'])
  cleanup()
  const old = world.hub.world.devices.get('W-RL-003')!.metrics.level
  old.received -= 600_000
  world.hub.databaseDown(Date.now() - 60_000, 100)
  world.hub.push('W-RL-007', 'level', 7.4)
  world.sync()
  const { container } = mount(world.live, { render: () => [themes, alarms, links].map((panel) => h(PanelSlot as never, { panel, key: panel.kind })) })
  expect(words(container.querySelector('[data-alarm=W-RL-007] [data-unstored]'))).toBe('7.40 m 尚未入库')
  expect(container.querySelector('[data-alarm=W-RL-003] [data-unstored]')).toBeNull()
  expect(container.querySelector('[data-arrival] [data-unstored]')).not.toBeNull()
  expect(container.querySelectorAll('[data-kpi] [data-unstored]').length).toBeGreaterThan(0)
})
