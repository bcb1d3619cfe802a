// One live stream for many windows: starts with the first, hands each newcomer the whole picture, passes every
// message on, and stops with the last. It does not know whether it sits in a shared worker or in a page.
import type { FromStream } from './protocol'
import { LiveState } from './state'
import { Stream } from './stream'

type Send = (message: FromStream) => void

export class StreamOwner {
  private windows = new Set<Send>()
  private state = new LiveState()
  private stream: Stream | null = null
  private key = ''
  private conn: FromStream | null = null

  constructor(private screen: string) {}

  join(window: Send, key: string): void {
    this.windows.add(window)
    if (key !== this.key || !this.stream) this.restart(key)
    if (this.conn) window(this.conn)
    const data = this.state.toSnapshot()
    if (data) window({ kind: 'snapshot', data, arrived: Date.now() - this.sinceHeard() })
  }

  retry(): void {
    this.stream?.retryNow()
  }

  leave(window: Send): void {
    this.windows.delete(window)
    if (this.windows.size > 0) return
    this.stream?.stop()
    this.stream = null
  }

  private heardAt = 0
  private sinceHeard = () => (this.heardAt ? Date.now() - this.heardAt : 0)

  private restart(key: string): void {
    this.stream?.stop()
    // What somebody else may see is not shown to whoever comes next.
    if (this.key && key !== this.key) {
      this.state = new LiveState()
      this.conn = null
      this.heardAt = 0
    }
    this.key = key
    const stream = new Stream({
      key,
      screen: this.screen,
      state: this.state,
      send: (m) => {
        if (this.stream === stream) this.tell(m)
      },
    })
    this.stream = stream
    void stream.run()
  }

  private tell(message: FromStream): void {
    if (message.kind === 'conn') this.conn = message
    else this.heardAt = message.arrived
    for (const send of this.windows) send(message)
  }
}
