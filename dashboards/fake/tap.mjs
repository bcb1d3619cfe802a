// The fake hub's tap: the last raw messages of a device since somebody first asked, and no longer than ten minutes after
// the last ask. What nobody asked for is not kept.
const MOST = 20
const OPEN_MS = 600_000

export class Taps {
  constructor() {
    this.open = new Map()
  }

  ask(device, now) {
    const held = this.open.get(device)
    const tap = held && now - held.asked < OPEN_MS ? held : { since: now, asked: now, messages: [] }
    tap.asked = now
    this.open.set(device, tap)
    return { since: tap.since, messages: tap.messages }
  }

  /** @param {{ link?: string, source: string, raw: string, raw_encoding?: string, outcome?: string, reason?: string | null }} m */
  heard(device, now, m) {
    const tap = this.open.get(device)
    if (!tap) return
    tap.messages = [{ at: now, link: 'mqtt:main', raw_encoding: 'utf8', outcome: 'taken', reason: null, ...m }, ...tap.messages].slice(0, MOST)
  }
}
