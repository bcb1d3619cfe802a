// The fake hub's live stream: snapshot, deltas with seq and prev, beats, resume from a ring by Last-Event-ID. It can
// misbehave on purpose — fall silent, drop everybody, lose a delta, garble a topic — because that is what tests need.

const RING = 400

export class StreamHub {
  constructor(hub, beatMs) {
    this.hub = hub
    this.clients = new Set()
    this.ring = []
    this.seq = 1000
    this.silent = false
    this.garble = {}
    this.opened = 0
    this.resumed = 0
    this.beater = setInterval(() => this.beat(), beatMs)
  }

  open(q, r) {
    this.opened++
    r.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache, no-transform', 'x-accel-buffering': 'no' })
    const [epoch, seq] = String(q.headers['last-event-id'] ?? '').split('-')
    const held = epoch === this.hub.epoch && (+seq === this.seq || this.ring.some((t) => t.prev === +seq))
    if (this.silent) r.flushHeaders()
    else if (held) {
      this.resumed++
      for (const tick of this.ring.filter((t) => t.prev >= +seq)) r.write(tick.text)
    } else r.write(this.snapshot())
    this.clients.add(r)
    r.on('close', () => this.clients.delete(r))
  }

  snapshot() {
    const { world } = this.hub
    return this.event('snapshot', {
      epoch: this.hub.epoch, seq: this.seq, t: Date.now(), kpi: this.hub.kpis(), alarm: world.active(),
      device: [...world.devices.values()], link: this.spoil('link', world.links), status: this.hub.status(),
    }, this.seq)
  }

  flush() {
    const changed = this.hub.world.take()
    const topics = Object.keys(changed).filter((t) => changed[t].length > 0)
    if (!topics.length) return
    const prev = this.seq
    this.seq += 10
    const text = topics.map((topic, i) => this.event('delta',
      { seq: this.seq, prev, t: Date.now(), topic, items: this.spoil(topic, changed[topic]) }, i === topics.length - 1 ? this.seq : null)).join('')
    this.ring.push({ prev, text })
    if (this.ring.length > RING) this.ring.shift()
    this.send(text)
  }

  beat() {
    this.send(this.event('beat', { seq: this.seq, t: Date.now(), status: this.hub.status() }, null))
  }

  /** A tick that nobody receives and the ring does not hold. */
  lose() {
    this.seq += 10
  }

  dropAll() {
    for (const c of this.clients) c.destroy()
  }

  stop() {
    clearInterval(this.beater)
    this.dropAll()
  }

  send(text) {
    if (!this.silent) for (const c of this.clients) c.write(text)
  }

  spoil(topic, items) {
    return this.garble[topic] ? items.map(this.garble[topic]) : items
  }

  event(name, data, id) {
    return `event: ${name}\n${id === null ? '' : `id: ${this.hub.epoch}-${id}\n`}data: ${JSON.stringify(data)}\n\n`
  }
}
