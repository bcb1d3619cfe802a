// Receivers in a document, fed by the fake hub: why one is not told stands beside it, a robot's key is typed and never shown, nothing is
// deleted by one press, and what was given up is told again.
import { cleanup, fireEvent } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { me } from '../../access/me'
import type { Me } from '../../api/access-types'
import type { Receiver } from '../../api/receivers'
import { mount, startHub, words } from '../../health/harness'
import { parseRoute, route } from '../../state/route'
import DeskPage from '../DeskPage.vue'
import { orderOf, reasonOf, standingOf } from './standing'

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
const puts = () => world.asked.filter((a) => a.method !== 'GET')
async function view(user: string | null = null) {
  if (user) {
    const { access } = world.hub
    const who = access.person(access.people.byUser(user), null)
    world.hub.who = who as never
    me.value = who as unknown as Me
  } else me.value = null
  route.value = parseRoute('#/desk/receivers')!
  return mount(world.live, DeskPage).container
}
const fill = async (c: Element, name: string, value: string) => fireEvent.update(c.querySelector(`[data-receiver-form] [name=${name}]`)!, value)

test('who is not told, why, and when it is tried again', async () => {
  const c = await view()
  await until(() => c.querySelector('[data-receiver]'))
  const row = (id: number) => words(c.querySelector(`[data-receiver="${id}"]`))
  expect(row(2)).toMatch(/防汛值守群 企业微信机器人 .*送不到 对方限流.*errcode 45009.*再试.*12/)
  expect(row(4)).toMatch(/送不到 对方没有应答 no answer within 10 s/)
  expect(row(1)).toMatch(/duty@gov\.example 正常/)
  expect(row(6)).toMatch(/已暂停/)
  expect((c.querySelector('[data-receiver="6"] [data-test]') as HTMLButtonElement).disabled).toBe(true)
  await fireEvent.click(c.querySelector('[data-receiver="4"] [data-test]')!)
  await until(() => words(c.querySelector('[data-told]')).includes('市一网统管平台'))
  expect(puts()).toMatchObject([{ method: 'POST', path: '/api/v1/receivers/4/test' }])
})

test('a robot is made with its address; the key is not among what is shown; fields that are wrong are named', async () => {
  const c = await view()
  await until(() => c.querySelector('[data-receiver]'))
  await fireEvent.click(c.querySelector('[data-create]')!)
  await fill(c, 'channel', 'dingtalk')
  await fill(c, 'name', '排水群')
  await fill(c, 'url', 'https://oapi.dingtalk.com/robot/send')
  await fill(c, 'sign', 'SECabc')
  await fireEvent.click(c.querySelector('[data-event="alarm.raised"]')!)
  await fireEvent.click(c.querySelector('[data-receiver-go]')!)
  await until(() => words(c.querySelector('[data-receiver-form] [data-wrong]')).includes('机器人的地址要带密钥'))
  await fill(c, 'url', 'https://oapi.dingtalk.com/robot/send?access_token=5f0b3a9e11')
  await fireEvent.click(c.querySelector('[data-receiver-go]')!)
  await until(() => words(c.querySelector('[data-receivers]')).includes('排水群'))
  expect(puts().at(-1)).toMatchObject({ body: { channel: 'dingtalk', url: 'https://oapi.dingtalk.com/robot/send?access_token=5f0b3a9e11', sign: 'SECabc', events: ['alarm.raised'], themes: [], lang: 'zh', enabled: true } })
  expect(c.innerHTML).not.toContain('5f0b3a9e11')
  expect(c.querySelector('[data-once-secret]'), 'only a webhook has a secret to show').toBeNull()
})

test('a webhook’s secret is shown once; pausing says the whole receiver again; deleting asks', async () => {
  const c = await view()
  await until(() => c.querySelector('[data-receiver]'))
  await fireEvent.click(c.querySelector('[data-create]')!)
  await fill(c, 'name', '平台')
  await fill(c, 'url', 'https://a.example/in')
  await fireEvent.click(c.querySelector('[data-receiver-go]')!)
  await until(() => c.querySelector('[data-once-secret]'))
  expect(words(c.querySelector('[data-once-secret]'))).toBe('whsec_9f2c41d7a6')
  await fireEvent.click(c.querySelector('[data-receiver="2"] [data-pause]')!)
  await until(() => c.querySelector('[data-receiver="2"] [data-state=paused]'))
  expect(puts().at(-1)).toMatchObject({ method: 'PUT', path: '/api/v1/receivers/2', body: { name: '防汛值守群', channel: 'wecom', url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send', themes: ['water'], enabled: false } })
  await fireEvent.click(c.querySelector('[data-receiver="6"] [data-sure=remove]')!)
  expect(puts().some((p) => p.method === 'DELETE')).toBe(false)
  await fireEvent.click(c.querySelector('[data-sure-go]')!)
  await until(() => !c.querySelector('[data-receiver="6"]'))
})

test('what was given up is told again, and what went together says so', async () => {
  const c = await view()
  await until(() => c.querySelector('[data-receiver]'))
  await fireEvent.click(c.querySelector('[data-receiver="4"] [data-log]')!)
  await until(() => c.querySelector('[data-delivery]'))
  expect(words(c.querySelector('[data-delivery="860"]'))).toMatch(/告警产生 双捷站 · 河道水位超警戒 已送达 与其他消息合并发送（自第 855 号起）/)
  expect(words(c.querySelector('[data-delivery="877"]'))).toMatch(/设备失联 城东泵站 已放弃 对方没有应答/)
  await fireEvent.click(c.querySelector('[data-replay]')!)
  await until(() => words(c.querySelector('[data-deliveries] [data-told]')).includes('1 条重新排队'))
  expect(puts()).toMatchObject([{ path: '/api/v1/receivers/4/replay', body: {} }])
  await fireEvent.click(c.querySelector('[data-delivery="812"] [data-again]')!)
  await until(() => puts().length === 2)
  expect(puts()[1]).toMatchObject({ body: { ids: [812] } })
})

test('without the right there is no view and no way to it', async () => {
  const c = await view('liangdong')
  expect(words(c.querySelector('[data-no-right]'))).toContain('管理推送订阅')
  expect(c.querySelector('[data-nav=receivers]')).toBeNull()
})

test('the hub’s words become words of people', () => {
  for (const [error, word] of [
    ['localhost is 127.0.0.1, which the hub must not call: not a public address, nor one of webhooks.allow', 'forbidden'],
    ['the server does not take it: permanent error (550): 5.1.1 <…>: no such mailbox', 'mailbox'],
    ['the server does not let the hub in: permanent error (535): 5.7.8 invalid', 'login'],
    ['TLS: invalid peer certificate: UnknownIssuer', 'tls'],
    ['the connection to the broker was lost', 'broker'],
    ['127.0.0.1:9: Connection refused (os error 111)', 'down'],
    ['it answered 302 Found; redirects are not followed', 'redirect'],
    ['it answered 503 Service Unavailable', 'fault'],
    ['something new', 'other'],
  ] as const) expect(reasonOf(error), error).toBe(word)
  const r = { name: 'x', channel: 'email', url: null, to: 'a@b', broker: null, lang: 'en', events: [], themes: ['fire'], enabled: true, error: null, tried: null } as unknown as Receiver
  expect(standingOf(r)).toBe('fresh')
  expect(orderOf(r)).toEqual({ name: 'x', channel: 'email', to: 'a@b', lang: 'en', events: [], themes: ['fire'], enabled: true })
})
