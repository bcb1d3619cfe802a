// The health page's parts in a document, fed by the fake hub: what is said in words, what is asked of the hub, and that
// nothing old passes for the present.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { route } from '../state/route'
import AsideSection from './aside/AsideSection.vue'
import BoardSection from './board/BoardSection.vue'
import { mount, startHub, words } from './harness'
import HealthPage from './HealthPage.vue'
import LedgerSection from './ledger/LedgerSection.vue'
import StatusStrip from './StatusStrip.vue'

let world: ReturnType<typeof startHub>
beforeEach(() => {
  location.hash = ''
  world = startHub()
})
afterEach(async () => {
  cleanup()
  await world.hub.stop().catch(() => {})
  vi.useRealTimers()
  vi.unstubAllGlobals()
})
const go = (part: 'unseen' | 'ledger' | 'rejected', query = {}) => (route.value = { page: 'health', part, query })
const until = (what: () => unknown) => vi.waitFor(() => { if (!what()) throw new Error('not yet') }, { timeout: 5_000, interval: 5 })

test('the board groups by kind and theme and says why, since when and by which deadline', async () => {
  world.hub.world.addDeadLink(Date.now())
  world.hub.databaseDown(Date.now() - 185_000)
  world.sync()
  go('unseen')
  const { container } = mount(world.live, BoardSection)
  await until(() => container.querySelector('[data-group]'))
  expect([...container.querySelectorAll('[data-group]')].map((g) => (g as HTMLElement).dataset.group)).toEqual(['database', 'link', 'device/water'])
  expect(words(container.querySelector('[data-unseen-row=database]'))).toMatch(/已断开 数据库 连不上数据库 connection refused 3 分钟/)
  expect(words(container.querySelector('[data-unseen-row="mqtt:west"]'))).toMatch(/west 连接断了 connection refused.* 2[01] 分钟/)
  expect(words(container.querySelector('[data-unseen-row=W-WL-050]'))).toMatch(/离线 W-WL-050 积水点 50 内涝积水点 它的网关看不见了 · GW-1 .*前 30 秒 按类型规定/)
  expect(words(container.querySelector('[data-unseen-row=W-RS-016]'))).toMatch(/登记以后从未来报.*从未/)
  expect(words(container.querySelector('[data-unseen-row=W-RG-044]'))).toMatch(/1 分钟 按它平时的节奏/)
})

test('the board searches, and filters by theme at the hub', async () => {
  go('unseen')
  const { container } = mount(world.live, BoardSection)
  await until(() => container.querySelector('[data-unseen-row]'))
  await fireEvent.update(container.querySelector('input[type=search]')!, 'gw-1')
  expect([...container.querySelectorAll('[data-unseen-row]')].map((r) => (r as HTMLElement).dataset.unseenRow).sort()).toEqual(['W-WL-050', 'W-WL-051'])
  await fireEvent.update(container.querySelector('select')!, 'water')
  await until(() => world.asked.some((a) => a.path.includes('/unseen?theme=water')))
  expect(route.value.query).toEqual({ theme: 'water', q: 'gw-1' })
})

test('a device lost in the live stream is on the board without waiting for the next turn', async () => {
  go('unseen')
  const { container } = mount(world.live, BoardSection)
  await until(() => container.querySelector('[data-unseen-row]'))
  world.hub.world.darken('W-RL-001', 'stale', 'silent', Date.now())
  world.sync()
  const at = Date.now()
  await until(() => container.querySelector('[data-unseen-row=W-RL-001]'))
  expect(Date.now() - at).toBeLessThan(4_000)
})

test('nothing unseen is said in words', async () => {
  for (const d of world.hub.world.devices.values()) d.state = 'live'
  go('unseen')
  const { container } = mount(world.live, BoardSection)
  await until(() => container.querySelector('.empty-list'))
  expect(words(container.querySelector('.empty-list'))).toContain('现在没有看不见的东西')
})

test('the ledger shows the equation with its numbers, balanced', async () => {
  world.hub.books.took('mqtt:main', 5, 7)
  const { container } = mount(world.live, LedgerSection)
  await until(() => container.querySelector('[data-equation]'))
  expect(words(container.querySelector('[data-equation]'))).toBe('487,973 收到 = 482,315 入库 + 5,359 重复 + 6 冲突 + 281 拒收 + 7 暂存 + 5 在途 0 差额 · 账平')
  expect(container.querySelector('.urgent')).toBeNull()
  expect(words(container.querySelector('[data-reason=undecodable]'))).toMatch(/解不开 undecodable 212 0\.043 %/)
})

test('a difference is highlighted, worked out from the numbers that are shown, whatever the hub claims', async () => {
  const adapters = world.hub.books.adapters().map((b) => ({ ...b, received: b.received + 3, difference: 0 }))
  world.hub.books.adapters = () => adapters
  const { container } = mount(world.live, LedgerSection)
  await until(() => container.querySelector('[data-difference]'))
  expect(container.querySelector('[data-difference]')!.classList).toContain('urgent')
  expect(words(container.querySelector('[data-difference]'))).toBe('+3 差额 · 账不平')
  expect(container.querySelector('[data-difference] svg')!.getAttribute('aria-label')).toBe('紧急')
  expect(words(container)).toContain('枢纽自报差额 0')
})

test('a day of the ledger by device, page by page; who could not be told stands there too', async () => {
  const { container, getByText } = mount(world.live, LedgerSection)
  await until(() => container.querySelectorAll('[data-day-of]').length === 50)
  expect(words(container.querySelector('[data-day-of=""]'))).toMatch(/认不出设备.*解不开 37/)
  await fireEvent.click(getByText('下一页'))
  await until(() => container.textContent!.includes('第 2 页') && container.querySelector('[data-day-of]'))
  expect(container.querySelector('[data-day-of=""]')).toBeNull()
  await fireEvent.click(getByText('上一页'))
  await until(() => container.querySelector('[data-day-of=""]'))
})

test('what was set aside opens with its detail and its bytes, as text or hex', async () => {
  go('rejected')
  const { container, getByText } = mount(world.live, AsideSection)
  await until(() => container.querySelectorAll('[data-aside]').length === 100)
  const binary = world.hub.aside.rows.find((r) => r.raw_encoding === 'base64')!
  await fireEvent.click(container.querySelector(`[data-aside="${binary.id}"] .reason button`)!)
  expect(words(container.querySelector('[data-detail]'))).toMatch(/解不开.*read 24 bytes.*expected one JSON object/)
  expect(container.querySelector('[data-raw]')!.textContent).toMatch(/^0000 {2}7e 7e 11 00 12 34 56 78/)
  const text = world.hub.aside.rows.find((r) => r.reason === 'not_a_number')!
  await fireEvent.click(container.querySelector(`[data-aside="${text.id}"] .reason button`)!)
  expect(container.querySelector('[data-raw]')!.textContent).toBe('{"level":"ERR"}')
  await fireEvent.click(getByText('十六进制'))
  expect(container.querySelector('[data-raw]')!.textContent).toContain('{"level":"ERR"}')
})

test('older ones are added at the end', async () => {
  go('rejected')
  const { container, getByText } = mount(world.live, AsideSection)
  await until(() => container.querySelectorAll('[data-aside]').length === 100)
  await fireEvent.click(getByText('更早的'))
  await until(() => container.querySelectorAll('[data-aside]').length === 200)
})

test('the filter of the address is asked of the hub, and can be cleared', async () => {
  go('rejected', { reason: 'bad_name' })
  const { container, getByText } = mount(world.live, AsideSection)
  await until(() => container.querySelector('[data-aside]'))
  expect(world.asked.some((a) => a.path === '/api/v1/rejected?reason=bad_name&limit=100')).toBe(true)
  expect([...container.querySelectorAll('[data-aside] .reason')].every((r) => words(r) === '名称不合规')).toBe(true)
  await fireEvent.click(getByText('清除筛选'))
  await until(() => container.querySelectorAll('[data-aside]').length === 100)
})

test('a replay is asked for once more, sends exactly the selected, and tells what came of it', async () => {
  go('rejected', { reason: 'register_full' })
  const { container, getByText } = mount(world.live, AsideSection)
  await until(() => container.querySelector('[data-aside]'))
  const done = world.hub.aside.rows.find((r) => r.replayed)!
  done.raw_bytes = 80_000
  const fresh = world.hub.aside.rows.find((r) => r.reason === 'register_full' && !r.replayed)!
  for (const r of [done, fresh]) await fireEvent.click(container.querySelector(`[data-aside="${r.id}"] input`)!)
  await fireEvent.click(getByText('重放所选 2 条'))
  expect(world.asked.some((a) => a.method === 'POST')).toBe(false)
  await fireEvent.click(getByText('确认重放'))
  await until(() => container.querySelector('[data-outcome]'))
  expect(world.asked.find((a) => a.method === 'POST')!.body).toEqual({ ids: [done.id, fresh.id].sort((a, b) => b - a) })
  expect(words(container.querySelector('[data-outcome]'))).toMatch(new RegExp(`已重放 1 条 入库 1 · 重复 0 · 仍被拒收 0 · 跳过 1 ${done.id} 号：its bytes were cut`))
  await until(() => words(container.querySelector(`[data-aside="${fresh.id}"]`)).includes('入库 1'))
})

test('a replay of all sends the filter', async () => {
  go('rejected', { reason: 'time_too_old', link: 'mqtt:main' })
  const { container, getByText } = mount(world.live, AsideSection)
  await until(() => container.querySelector('[data-aside]'))
  await fireEvent.click(getByText('重放筛选出的全部'))
  await fireEvent.click(getByText('确认重放'))
  await until(() => container.querySelector('[data-outcome]'))
  expect(world.asked.find((a) => a.method === 'POST')!.body).toEqual({ reason: 'time_too_old', link: 'mqtt:main', limit: 1000 })
  expect(words(container.querySelector('[data-outcome]'))).toMatch(/重复 \d+/)
})

test('without a filter there is no replay of all: the hub would refuse it', async () => {
  go('rejected')
  const { container, getByText } = mount(world.live, AsideSection)
  await until(() => container.querySelector('[data-aside]'))
  expect(getByText('重放筛选出的全部')).toHaveProperty('disabled', true)
  expect(words(container.querySelector('[data-replay]'))).toContain('先按原因、设备或链路筛选')
})

test('a part that cannot be read says so in its own place; what it held is hatched, and called old', async () => {
  go('rejected')
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { container } = mount(world.live, AsideSection)
  await vi.advanceTimersByTimeAsync(1)
  expect(container.querySelector('[data-aside]')).not.toBeNull()
  world.hub.faults['/api/v1/rejected'] = { status: 503, code: 'database', title: 'x', detail: 'the database does not answer' }
  await vi.advanceTimersByTimeAsync(10_100)
  expect(words(container.querySelector('[data-failed]'))).toMatch(/读取失败 the database does not answer 下面是 .* 的内容，不是现在的/)
  expect(container.querySelector('[data-aside-list]')!.classList).toContain('stale-list')
  world.hub.faults = {}
  await vi.advanceTimersByTimeAsync(10_100)
  expect(container.querySelector('[data-failed]')).toBeNull()
})

test('backup, database and spool in short', async () => {
  const shown = mount(world.live, StatusStrip)
  await until(() => words(shown.container).includes('最近备份'))
  expect(words(shown.container)).toMatch(/数据库 正常 暂存 空 备份 最近备份 2 时 [45] 分前 · 1\.2 GiB 恢复核对通过 25 时前 · 读数 18,230,411 行/)
  cleanup()
  world.hub.backups = { configured: true, last: null, failure: { at: Date.now() - 65_000, detail: 'no space left' }, last_check: { at: Date.now() - 1000, ok: false, took_s: 3, rows: {}, detail: 'checksum of reading differs' } }
  world.hub.databaseDown(Date.now() - 185_000, 500)
  world.hub.spool.lost = 4
  world.sync()
  const bad = mount(world.live, StatusStrip)
  await until(() => words(bad.container).includes('核对失败'))
  expect(words(bad.container)).toMatch(/中断 3 分钟 暂存 已暂存 500 条.*累计损坏丢失 4 份.*还没有做过备份.*备份失败 1 分.*no space left.*恢复核对失败.*checksum of reading differs/)
  expect(bad.container.querySelectorAll('.urgent svg')).toHaveLength(2)
  cleanup()
  world.hub.backups = { configured: false, last: null, last_check: null }
  const none = mount(world.live, StatusStrip)
  await until(() => words(none.container).includes('未配置备份'))
})

test('the page: tabs are links with their figures, and it greys with the stream', async () => {
  go('ledger')
  world.hub.books.miscount = 2
  const { container } = mount(world.live, HealthPage)
  await until(() => /8 看不见的 2 账本差额 287 被拒收/.test(words(container.querySelector('.tabs'))))
  expect(container.querySelector('[data-tab=ledger]')!.getAttribute('aria-current')).toBe('page')
  expect(container.querySelector('[data-tab=ledger] .urgent')).not.toBeNull()
  expect(container.querySelector('[data-panel=ledger]')).not.toBeNull()
  world.live.commit(Date.now() + 13_000)
  await until(() => container.querySelector('[data-page=health]')!.getAttribute('data-frozen') === 'true')
})
