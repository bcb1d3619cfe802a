// The fake hub's spool: fills while the database is away, gives back oldest first when it returns, stops the intake when
// it is full. Counts readings and invents their size; it keeps no bytes.

const BYTES_EACH = 180
const PER_RECORD = 4

export class FakeSpool {
  constructor({ bytesMax = 64 * 2 ** 20, drainPerTick = 400 } = {}) {
    this.bytesMax = bytesMax
    this.drainPerTick = drainPerTick
    this.readings = 0
    /** @type {number | null} */
    this.filledAt = null
    this.draining = false
    this.lost = 0
    /** @type {string | null} */
    this.reason = null
  }

  get full() {
    return this.readings * BYTES_EACH >= this.bytesMax
  }

  /** @returns how many found room */
  add(readings, now) {
    if (!readings) return 0
    const taken = Math.min(readings, Math.ceil(this.bytesMax / BYTES_EACH) - this.readings)
    this.filledAt ??= now
    this.readings += taken
    return taken
  }

  /** @returns how many went into the database */
  drain(now) {
    const given = Math.min(this.readings, this.drainPerTick)
    this.readings -= given
    // The oldest that is left moves on toward now as the spool empties.
    if (this.filledAt !== null && this.readings > 0) this.filledAt += (now - this.filledAt) * (given / (given + this.readings))
    this.draining = this.readings > 0
    if (!this.draining) this.filledAt = null
    return given
  }

  view() {
    const state = this.reason ? 'failing' : this.full ? 'full' : this.draining ? 'draining' : this.readings ? 'spooling' : 'empty'
    return {
      state, records: Math.ceil(this.readings / PER_RECORD), readings: this.readings, bytes: this.readings * BYTES_EACH, bytes_max: this.bytesMax,
      oldest: this.filledAt === null ? null : Math.round(this.filledAt), lost: this.lost, reason: this.reason,
    }
  }
}
