// The fake hub's decoder and encoder of field protocols: it knows the frames of the adapters' own test vectors and no other;
// anything else is refused, with an offset. No protocol is implemented here.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BYTES_MAX = 64 * 1024
const AT = join(dirname(fileURLToPath(import.meta.url)), '../../adapters')
const PROTOCOLS = {
  sl651: { start: '7E7E', fault: 'crc', title: { zh: '遥测站报文', en: 'Report of a station' } },
  gb26875: { start: '4040', fault: 'checksum', title: { zh: '发送数据：上传建筑消防设施部件运行状态', en: 'Send: state of fire components' } },
  hj212: { start: Buffer.from('##').toString('hex'), fault: 'crc', title: { zh: '上传污染物实时数据', en: 'Current values' } },
}
const METRICS = { Z: ['level', 'm'], PJ: ['rain_now', 'mm'], PT: ['rain_total', 'mm'], VT: ['battery', 'V'] }
const bad = (detail) => [400, { code: 'bad_request', detail: `body: ${detail}` }]
const held = {}

/** The vectors of a protocol, as hex → what it says. */
function vectors(protocol) {
  held[protocol] ??= readFileSync(join(AT, protocol, 'vectors', `${protocol}.jsonl`), 'utf8').trim().split('\n').map((line) => JSON.parse(line))
    .filter((v) => (v.hex ?? v.text) && v.decoded && !v.decoded.error).map((v) => ({ hex: (v.hex ?? Buffer.from(v.text).toString('hex')).toUpperCase(), frame: v.decoded }))
  return held[protocol]
}

/** @returns {[status: number, body: unknown] | null} */
export function framesReply(method, path, body) {
  if (method !== 'POST' || !['/api/v1/decode', '/api/v1/encode'].includes(path)) return null
  if (!PROTOCOLS[body.protocol]) return bad(`protocol is "${body.protocol}"; expected one of ${Object.keys(PROTOCOLS).join(', ')}`)
  return path.endsWith('decode') ? decode(body) : encode(body)
}

function decode({ protocol, hex, text, received: at }) {
  const received = at == null ? Date.now() : typeof at === 'number' ? at : Date.parse(at)
  if ((hex == null) === (text == null)) return bad('expected hex or text, one of the two')
  const digits = hex?.replace(/0x/gi, '').replace(/[\s:,-]/g, '')
  if (digits !== undefined && /[^0-9a-f]/i.test(digits)) return bad(`hex has '${/[^0-9a-f]/i.exec(digits)[0]}' at character ${digits.search(/[^0-9a-f]/i)}; expected 0-9 and A-F`)
  if (digits !== undefined && digits.length % 2) return bad('hex has an odd number of digits; expected two for each byte')
  let rest = (digits ?? Buffer.from(text).toString('hex')).toUpperCase()
  if (!rest || rest.length > 2 * BYTES_MAX) return bad(`${rest.length / 2} bytes to decode; expected 1 to ${BYTES_MAX}`)
  const frames = []
  for (let offset = 0; rest; ) {
    const len = next(protocol, rest)
    frames.push(one(protocol, rest.slice(0, len), offset, received))
    offset += len / 2
    rest = rest.slice(len)
  }
  return [200, { frames }]
}

/** Digits up to where the next frame starts. */
function next(protocol, hex) {
  const known = vectors(protocol).find((v) => hex.startsWith(v.hex))
  if (known) return known.hex.length
  const { start } = PROTOCOLS[protocol]
  for (let at = 2; at < hex.length; at += 2) if (hex.startsWith(start, at)) return at
  return hex.length
}

function one(protocol, hex, offset, received) {
  const { fault, start, title } = PROTOCOLS[protocol]
  if (!hex.startsWith(start)) return { ok: false, protocol, error: 'garbage', detail: `${hex.length / 2} bytes that belong to no frame; expected the start mark ${start}`, offset }
  const known = vectors(protocol).find((v) => v.hex === hex || (protocol === 'hj212' && v.hex === `${hex}0D0A`))
  if (!known) return { ok: false, protocol, error: fault, detail: `the check at byte ${offset + hex.length / 2 - 2} is not what the bytes before it give`, offset: offset + Math.max(0, hex.length / 2 - 2) }
  return { ok: true, protocol, offset, title, frame: known.frame, ...meaning(protocol, known.frame, received) }
}

/** Roughly what the hub would make of it: enough to look at. */
function meaning(protocol, frame, received) {
  const reading = (device, metric, value, unit, at) => ({ device, metric, at, value, unit, quality: received - at > 86_400_000 ? ['late'] : [] })
  if (protocol === 'sl651') {
    const at = Date.parse(`${frame.send_time.replace(' ', 'T')}+08:00`)
    return { readings: (frame.elements ?? []).filter((e) => METRICS[e.name] && e.value != null).map((e) => reading(frame.station.code ?? frame.station.raw, METRICS[e.name][0], +e.value, METRICS[e.name][1], at)), events: [] }
  }
  if (protocol === 'hj212') {
    const found = (frame.CP ?? []).flatMap((group) => Object.entries(group)).filter(([name]) => name.endsWith('-Rtd'))
    const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)/.exec(frame.QN) ?? []
    return { readings: found.map(([name, value]) => reading(frame.MN, name.slice(0, -4), +value, '', Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}+08:00`))), events: [] }
  }
  const at = Date.parse(`${frame.time.replace(' ', 'T')}+08:00`)
  return { readings: [], events: (frame.app?.objects ?? []).map((o) => ({ device: `${frame.src_hex}.${o.sys_addr}.${o.comp_addr_hex}`, kind: o.bits?.includes(1) ? 'fire_alarm' : 'state', at, key: `${frame.serial}`, severity: o.bits?.includes(1) ? 'critical' : null, detail: { text: o.text, zone: o.zone } })) }
}

function encode({ protocol, frame }) {
  if (typeof frame !== 'object' || frame === null) return bad('frame: expected an object')
  const plain = (f) => JSON.stringify({ ...f, crc: 0, checksum: 0, length: 0, body_length: 0 })
  const known = vectors(protocol).find((v) => plain(v.frame) === plain(frame))
  if (!known) return bad('frame: station is null; expected 10 hexadecimal digits')
  const bytes = Buffer.from(known.hex, 'hex')
  return [200, { hex: known.hex, text: bytes.every((b) => b < 0x80) ? bytes.toString() : null }]
}
