// What the fake hub has set aside: invented messages with every reason that the real one knows, and a replay that takes
// some of them this time. Newest first, as the contract says.

const HOUR_MS = 3_600_000
const MOST_BYTES = 65_536
const CASES = [
  ['undecodable', null, 'city/water/W-WL-014/telemetry', 'read "{\\"depth\\":12.5," — the text ends inside an object; expected one JSON object such as {"depth":12.5}', '{"depth":12.5,'],
  ['time_too_old', 'depth', 'city/water/W-WL-033/telemetry', 'read ts 2026-09-30T08:00:00+08:00, 53 days ago; expected at most 30 days ago', '{"ts":"2026-09-30T08:00:00+08:00","depth":3.1}'],
  ['not_a_number', 'level', 'city/water/W-RL-018/telemetry', 'level: read "ERR"; expected a number such as 3.21', '{"level":"ERR"}'],
  ['undecodable', null, 'city/water/legacy/telemetry', 'read 24 bytes starting 7E 7E 11 00; expected one JSON object', Buffer.from('7e7e1100123456780310000a0e6f2b0226111520000000d3aa1b', 'hex')],
  ['time_too_new', 'rain_1h', 'city/water/W-RG-009/telemetry', 'read ts 1895336920000, 3 years ahead of the hub; expected at most 10 minutes ahead', '{"ts":1895336920000,"rain_1h":2.4}'],
  ['bad_name', null, 'city/water/泵站 3/telemetry', 'device: read "泵站 3"; expected 1 to 64 of A–Z a–z 0–9 . _ -', '{"run":1}'],
  ['register_full', null, 'city/water/NEW-7781/telemetry', 'device NEW-7781 is unknown and the register holds 20,000 of 20,000; expected a known device, or a higher max_devices', '{"level":1.02}'],
  ['conflict', 'storage', 'city/water/W-RS-004/telemetry', 'storage at 16:40:00: read 41.92, stored is 41.87; expected the same value for the same time', '{"ts":"2026-11-22T16:40:00+08:00","storage":41.92}'],
  ['topic_malformed', null, 'city/water', 'read topic "city/water"; expected city/<theme>/<device>/telemetry', '{"level":2}'],
  ['id_mismatch', null, 'city/water/W-PS-002/telemetry', 'topic says W-PS-002, payload says W-PS-020; expected the same', '{"device":"W-PS-020","run":1}'],
]
/** Those that a second try takes: what was in their way has gone. */
const CURED = { register_full: 'stored', time_too_new: 'stored', time_too_old: 'duplicate' }

export class Aside {
  constructor(now, count = 260) {
    this.rows = Array.from({ length: count }, (_, i) => row(count - i, CASES[(i * 3 + (i >> 3)) % CASES.length], now - Math.round((i + 1) ** 1.4 * 40_000)))
    for (const r of this.rows.slice(2, 40)) if (r.reason === 'register_full') this.retry(r, now - HOUR_MS)
  }

  matching({ ids, reason, device, link }) {
    return this.rows.filter((r) => (!ids || ids.includes(r.id)) && (!reason || r.reason === reason) && (!device || r.device === device) && (!link || r.link === link))
  }

  page({ before, limit, ...filter }) {
    const all = this.matching(filter).filter((r) => !before || r.id < before)
    const rejected = all.slice(0, limit)
    return { rejected, next: all.length > limit ? rejected.at(-1).id : null }
  }

  replay(asked, now) {
    const done = { replayed: 0, stored: 0, duplicate: 0, rejected: 0, spooled: 0, skipped: [] }
    // Chosen by a filter: only what was not tried yet.
    const rows = this.matching(asked).filter((r) => asked.ids || !r.replayed)
    for (const r of rows.slice(0, asked.limit ?? 1000)) {
      if (r.raw_bytes > MOST_BYTES) {
        done.skipped.push({ id: r.id, why: 'its bytes were cut when it was set aside' })
        continue
      }
      done.replayed++
      done[this.retry(r, now)]++
    }
    return done
  }

  retry(r, now) {
    const became = CURED[r.reason] ?? 'rejected'
    r.replayed = { at: now, stored: 0, duplicate: 0, rejected: 0, [became]: 1 }
    return became
  }
}

function row(id, [reason, metric, source, detail, raw], received) {
  const binary = typeof raw !== 'string'
  const device = /^city\/\w+\/([\w.-]+)\//.exec(source)?.[1] ?? null
  return {
    id, received, link: 'mqtt:main', source, device, metric, reason, detail, raw: binary ? raw.toString('base64') : raw,
    raw_encoding: binary ? 'base64' : 'utf8', raw_bytes: Buffer.byteLength(raw), replayed: null,
  }
}
