// A publisher for measurements: MQTT 3.1.1 over TCP, QoS 0, only what it takes to send many small messages from one process.
// It waits when the broker does not read; it reads nothing but the answer to its greeting.
import { connect } from 'node:net'

const text = (s) => {
  const bytes = Buffer.from(s)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes])
}
const packet = (first, body) => {
  const length = []
  for (let n = body.length; ; ) {
    const digit = n % 128
    n = Math.floor(n / 128)
    length.push(n ? digit | 128 : digit)
    if (!n) return Buffer.concat([Buffer.from([first, ...length]), body])
  }
}

export class Publisher {
  /** `address` is host:port. */
  static async open(address, user, password) {
    const [host, port] = address.split(':')
    const socket = connect(+port, host)
    await new Promise((ok, fail) => socket.once('connect', ok).once('error', fail))
    const flags = 0b11000010
    socket.write(packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, flags, 0, 0]), text(`measure-${process.pid}`), text(user), text(password)])))
    const answer = await new Promise((ok) => socket.once('data', ok))
    if (answer[0] !== 0x20 || answer[3] !== 0) throw new Error(`the broker refused: ${answer.toString('hex')}`)
    return new Publisher(socket)
  }

  constructor(socket) {
    this.socket = socket
    this.sent = 0
    socket.on('error', (e) => (this.failure = e)).on('data', () => {})
  }

  /** Resolves when there is room for more. */
  async publish(topic, message) {
    if (this.failure) throw this.failure
    this.sent++
    if (!this.socket.write(packet(0x30, Buffer.concat([text(topic), Buffer.from(JSON.stringify(message))])))) await new Promise((ok) => this.socket.once('drain', ok))
  }

  close() {
    this.socket.destroy()
  }
}
