// The fake hub's receivers: one on each channel, one that is not told and why, one that is paused; what each was told. A robot's key is
// taken out of its address, as the hub does.
import { lacks } from './access/who.mjs'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const KEYS = { wecom: 'key', dingtalk: 'access_token' }
const wrong = (field, read, expected) => [400, { code: 'bad_request', detail: `the receiver: ${field}`, errors: [{ field, read, expected }] }]
const missing = (id) => [404, { code: 'not_found', detail: `there is no receiver ${id}` }]

export class Receivers {
  constructor(now) {
    const one = (id, name, channel, at, more = {}) => ({
      id, name, channel, url: null, to: null, broker: null, ...at, lang: 'zh', events: ['alarm.raised', 'alarm.cleared'], themes: [], enabled: true, made: now - 400 * HOUR, caller: '陈卫', held_until: null, tried: now - 4 * MINUTE,
      status: 200, error: null, waiting: 0, given_up: 0, ...more,
    })
    this.outlets = { email: true, brokers: ['main'], messages_per_minute: 20 }
    this.all = [
      one(1, '区指挥中心值班邮箱', 'email', { to: 'duty@gov.example' }, { status: 250 }),
      one(2, '防汛值守群', 'wecom', { url: 'https://qyapi.weixin.qq.com/cgi-bin/webhook/send' }, { themes: ['water'], error: 'errcode 45009 (too many messages a minute): api freq out of limit', held_until: now + 40_000, waiting: 12 }),
      one(3, '消防联动群', 'dingtalk', { url: 'https://oapi.dingtalk.com/robot/send' }, { themes: ['fire'], tried: now - 26 * HOUR }),
      one(4, '市一网统管平台', 'webhook', { url: 'https://city.gov.example/hooks/441702?from=jiangcheng' }, { events: [], status: null, error: 'no answer within 10 s', held_until: now + 4 * MINUTE, waiting: 1_204, given_up: 38 }),
      one(5, '广播系统', 'mqtt', { broker: 'main' }, { status: null }),
      one(6, '旧短信网关', 'webhook', { url: 'https://sms.gov.example/in' }, { enabled: false, tried: null, status: null }),
    ]
    const told = (id, event, ago, state, more = {}) => ({ id, event, made: now - ago, state, attempts: state === 'delivered' ? 1 : 9, tried: now - ago + 400, due: state === 'waiting' ? now + 4 * MINUTE : null, status: state === 'delivered' ? 200 : null, error: state === 'delivered' ? null : 'no answer within 10 s', digest: null, data: { device: 'W-RL-007', device_name: '双捷站', rule_name: { zh: '河道水位超警戒', en: 'River above warning' } }, ...more })
    this.told = [
      told(918, 'alarm.cleared', 3 * MINUTE, 'waiting'), told(911, 'alarm.raised', 31 * MINUTE, 'waiting'), told(877, 'device.offline', 25 * HOUR, 'given_up', { data: { device: 'W-PS-004', device_name: '城东泵站' } }), told(860, 'alarm.raised', 26 * HOUR, 'delivered', { digest: 855 }),
      told(855, 'alarm.raised', 26 * HOUR, 'delivered', { digest: 855 }), told(812, 'test', 30 * HOUR, 'delivered', { data: { caller: '陈卫' } }),
    ]
    this.serial = 919
  }

  reply(method, path, asked, body, who) {
    const [is, id, part] = /^\/api\/v1\/receivers(?:\/(\d+)(?:\/(\w+))?)?$/.exec(path) ?? []
    if (is === undefined) return null
    const no = lacks(who, 'webhooks')
    if (no) return no
    if (!id) return method === 'GET' ? [200, { receivers: this.all, outlets: this.outlets }] : this.put(null, body)
    const r = this.all.find((x) => x.id === +id)
    if (!r) return missing(id)
    if (part === 'deliveries') return [200, { deliveries: this.told.filter((d) => !asked.state || d.state === asked.state), next: null }]
    if (part === 'test') return [200, { delivery: this.test(r) }]
    if (part === 'replay') return [200, { deliveries: this.replay(r, body.ids) }]
    if (method === 'PUT') return this.put(r, body)
    if (method === 'DELETE') return (this.all = this.all.filter((x) => x !== r)), [204, null]
    return [200, r]
  }

  put(r, { name, channel = 'webhook', url, to, broker, lang, events, themes, enabled = true, new_secret: fresh }) {
    if (r && channel !== r.channel) return wrong('channel', channel, `${r.channel}: a receiver keeps its channel`)
    if (channel === 'email' && !/^[^@\s]+@[^@\s]+$/.test(to ?? '')) return wrong('to', to ?? '', 'one mailbox such as duty@gov.example')
    const key = KEYS[channel]
    const whole = channel === 'email' || channel === 'mqtt' || /^https?:\/\/\S+$/.test(url ?? '')
    if (!whole || (key && !r && !url.includes(`${key}=`))) return wrong('url', '…', 'the whole address of the robot, with its key')
    const bare = url === undefined ? null : key ? url.split('?')[0] : url
    const made = r ?? { id: this.serial++, made: Date.now(), caller: '演示密钥', held_until: null, tried: null, status: null, error: null, waiting: 0, given_up: 0 }
    Object.assign(made, { name, channel, url: bare, to: to ?? null, broker: broker ?? null, lang, events, themes, enabled })
    if (!r) this.all.push(made)
    return [200, { ...made, secret: channel === 'webhook' && (!r || fresh) ? 'whsec_9f2c41d7a6' : null }]
  }

  test(r) {
    Object.assign(r, { tried: Date.now(), status: r.channel === 'email' ? 250 : 200, error: null, held_until: null })
    this.told.unshift({ ...this.told.at(-1), id: this.serial, made: Date.now(), tried: Date.now() })
    return this.serial++
  }

  replay(r, ids) {
    const again = this.told.filter((d) => (ids ? ids.includes(d.id) : d.state === 'given_up'))
    for (const d of again) Object.assign(d, { state: 'waiting', attempts: 0 })
    r.given_up = 0
    return again.length
  }
}
