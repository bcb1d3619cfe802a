// How the audit is kept, in a document, fed by the fake hub: well it is quiet, and each illness is told in plain words.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { me } from '../../access/me'
import type { Me } from '../../api/access-types'
import { mount, startHub, words } from '../../health/harness'
import { parseRoute, route } from '../../state/route'
import DeskPage from '../DeskPage.vue'

let world: ReturnType<typeof startHub>
beforeEach(() => {
  vi.spyOn(history, 'replaceState').mockImplementation(() => {})
  world = startHub()
  const { access } = world.hub
  const auditor = access.person(access.people.byUser('linyue'), null)
  world.hub.who = auditor as never
  me.value = auditor as unknown as Me
})
afterEach(async () => {
  cleanup()
  await world.hub.stop().catch(() => {})
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
})
const until = (what: () => unknown) => vi.waitFor(() => { if (!what()) throw new Error('not yet') }, { timeout: 8_000, interval: 10 })
function audit() {
  route.value = parseRoute('#/desk/audit')!
  return mount(world.live, DeskPage).container
}
const keeping = () => world.hub.access.audit.keeping as Record<string, unknown>

test('what is well is said in three quiet lines', async () => {
  const c = audit()
  await until(() => c.querySelector('[data-audit-standing]'))
  expect(words(c.querySelector('[data-chain]'))).toMatch(/^尚未校验 26 批 链头 26:9f86d081884c… 保存 180 天 自 \d{4}-\d\d-\d\d 起$/)
  expect(words(c.querySelector('[data-protection]'))).toBe('数据库中属于另一角色，枢纽只能追加')
  expect(words(c.querySelector('[data-copy=file]'))).toMatch(/^文件副本 已全部复制 最近 [\d:]+ \/mnt\/log-host\/chengshu-audit\.ndjson$/)
  expect(c.querySelector('[data-audit-standing] [role=alert], [data-stuck]')).toBeNull()
  await fireEvent.click(c.querySelector('[data-verify]')!)
  await until(() => words(c.querySelector('[data-chain]')).startsWith('链完整 26 批'))
})

test('a broken chain is an alarm in words', async () => {
  world.hub.access.audit.broken = { batch: 12, line: 80, what: 'rewritten' }
  keeping().kept_wrong = 'missing'
  const c = audit()
  await until(() => c.querySelector('[data-audit-standing] [role=alert]'))
  expect(words(c.querySelector('[data-kept-wrong]'))).toBe('与数据目录中留存的链头不符：链比另处留存的链头短，末尾的记录不见了')
  await fireEvent.click(c.querySelector('[data-verify]')!)
  await until(() => words(c.querySelector('[data-chain]')).includes('链在第 12 批第 80 行断开：链与另处留存的链头对不上，是重新写过的'))
  await until(() => words(c.querySelector('[data-verified=broken]')).includes('是重新写过的'))
})

test('a copy that is stuck says since when, why, and how much waits; none at all says what that means', async () => {
  keeping().protection = 'owner'
  keeping().copies = [{ kind: 'syslog', to: 'tcp+tls://log.example:6514', waiting: 1_234, at: null, trouble: { since: world.live.now.value - 60_000, code: 'tls', detail: 'tcp+tls://log.example:6514: UnknownIssuer' } }]
  const c = audit()
  await until(() => c.querySelector('[data-stuck]'))
  expect(words(c.querySelector('[data-copy=syslog]'))).toMatch(/^syslog 副本 \d{4}-\d\d-\d\d [\d:]+ 起复制不了：与接收端的 TLS 握手失败 1,234 批待复制 tcp\+tls:\/\/log\.example:6514: UnknownIssuer$/)
  expect(words(c.querySelector('[data-protection]'))).toBe('审计表属于枢纽自己的角色，只有触发器和哈希链 怎样改正：chengshu doctor')
  cleanup()
  keeping().copies = []
  const d = audit()
  await until(() => d.querySelector('[data-copy=none]'))
  expect(words(d.querySelector('[data-copy=none]'))).toContain('没有异地副本')
})

test('a chain that takes long is followed all the same, and told when it is done', async () => {
  world.hub.faults['/api/v1/audit/verify'] = { status: 503, code: 'timeout', title: '', detail: 'took too long' }
  const c = audit()
  await until(() => c.querySelector('[data-audit-standing]'))
  await fireEvent.click(c.querySelector('[data-verify]')!)
  await until(() => words(c.querySelector('[data-audit-tools] [data-wrong]')) === '正在校验，完成后这里会显示结果。')
})
