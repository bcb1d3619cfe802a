// The fake hub's ledger: what came in by each adapter and what became of it, and the same per device and day. The sums
// of a day are invented once per device; the adapter's book goes on with what the fake world reports.

const DAY_MS = 86_400_000

export class Books {
  constructor(world) {
    this.world = world
    /** Set by tests: a hub that miscounts. */
    this.miscount = 0
    this.byLink = new Map()
    this.open('mqtt:main', 'main', 482_310)
  }

  open(link, name, stored) {
    const rejected = stored ? { undecodable: 212, time_too_old: 41, time_too_new: 7, bad_name: 3, not_a_number: 18 } : {}
    this.byLink.set(link, { link, name, stored, duplicate: Math.round(stored / 90), conflict: stored ? 6 : 0, rejected, spooled: 0, in_flight: 0, messages: Math.round(stored / 3.7) })
  }

  /** Readings that came by the adapter: stored at once, or spooled. */
  took(link, stored, spooled) {
    const book = this.byLink.get(link)
    book.stored += stored
    book.spooled += spooled
    book.messages += stored + spooled
    book.in_flight = (stored + spooled) % 7
  }

  drained(link, n) {
    const book = this.byLink.get(link)
    book.spooled -= n
    book.stored += n
  }

  adapters() {
    return [...this.byLink.values()].map((b) => {
      const received = sum(b) + b.spooled + b.in_flight + this.miscount
      return { ...b, received, difference: this.miscount }
    })
  }

  /** Most received first; the first line is what no device could be told for. */
  days({ day, link, device, limit, after }) {
    const today = new Date(Date.now() + DAY_MS / 3).toISOString().slice(0, 10)
    const age = Math.round((Date.parse(today) - Date.parse(day)) / DAY_MS)
    const rows = age < 0 || age > 30 ? [] : [nobody(), ...[...this.world.devices.values()].filter((d) => d.state !== 'never').map((d, i) => deviceDay(d, i, age))]
    const all = rows.filter((r) => (!link || r.link === link) && (!device || r.device === device))
    const from = +(after ?? 0)
    return { day, devices: all.slice(from, from + limit), next: from + limit < all.length ? String(from + limit) : null }
  }
}

const sum = (b) => b.stored + b.duplicate + b.conflict + Object.values(b.rejected).reduce((a, n) => a + n, 0)
const closed = (b) => ({ ...b, received: sum(b) })
const nobody = () => closed({ device: null, link: 'mqtt:main', stored: 0, duplicate: 0, conflict: 0, rejected: { undecodable: 37, topic_malformed: 4 } })

function deviceDay(d, i, age) {
  const stored = 2_400 - i * 7 - age * 11
  const rejected = i % 23 === 4 ? { time_too_old: 12 + age } : i % 31 === 7 ? { not_a_number: 5, undecodable: 2 } : {}
  return closed({ device: d.device, link: d.link, stored, duplicate: (i * 7) % 40, conflict: i % 40 === 11 ? 2 : 0, rejected })
}
