// Holds the one live connection open for as long as it is wanted: reads it with fetch, resumes by Last-Event-ID,
// asks for a snapshot after a gap, gives up on a silent line and comes back with back-off.
// It merges nothing that is shown; whoever gets its messages does. It runs in a worker or a page alike.
import type { Beat, Delta, Snapshot } from '../api/types'
import { BACKGROUND } from '../api/background'
import { proof } from '../api/credential'
import { backoffMs } from './backoff'
import { SILENCE_MS, type Conn, type ConnState, type FromStream } from './protocol'
import { SseParser, type SseEvent } from './sse'
import type { LiveState } from './state'

const ADDRESS = '/api/v1/stream?topics=kpi,alarm,device,link&rate=4'

class Broken extends Error {
  constructor(readonly state: ConnState, readonly reason: string) {
    super(reason)
  }
}

export interface StreamOptions {
  key: string
  screen: string
  state: LiveState
  send: (message: FromStream) => void
  silenceMs?: number
  fetch?: typeof fetch
}

export class Stream {
  private stopped = false
  private abort = new AbortController()
  private wake: (() => void) | null = null
  private lastId = ''
  private heardAt = 0
  private attempt = 0

  constructor(private options: StreamOptions) {}

  async run(): Promise<void> {
    while (!this.stopped) {
      this.report('connecting', null, null)
      const end = await this.connectOnce().catch((e: unknown) => e)
      if (this.stopped) return
      const [state, reason] = end instanceof Broken ? [end.state, end.reason] : ['broken' as const, 'network']
      const wait = reason === 'gap' ? 0 : backoffMs(this.attempt++)
      this.report(state, reason, Date.now() + wait)
      await this.sleep(wait)
    }
  }

  /** Somebody asks to try at once rather than to wait out the back-off. */
  retryNow(): void {
    this.wake?.()
  }

  stop(): void {
    this.stopped = true
    this.abort.abort()
    this.wake?.()
  }

  private async connectOnce(): Promise<never> {
    const abort = (this.abort = new AbortController())
    const silence = new Watchdog(this.options.silenceMs ?? SILENCE_MS, () => abort.abort(new Broken('broken', 'silence')))
    try {
      const reply = await (this.options.fetch ?? fetch)(`${ADDRESS}&screen=${encodeURIComponent(this.options.screen)}`, {
        headers: {
          ...proof(this.options.key),
          ...BACKGROUND,
          accept: 'text/event-stream',
          ...(this.lastId ? { 'last-event-id': this.lastId } : {}),
        },
        cache: 'no-store',
        credentials: 'same-origin',
        signal: abort.signal,
      })
      if (reply.status === 401) throw new Broken('unauthorized', 'http-401')
      if (!reply.ok || !reply.body) throw new Broken('broken', `http-${reply.status}`)
      const parser = new SseParser((event) => this.take(event))
      const reader = reply.body.getReader()
      for (;;) {
        const { done, value } = await reader.read()
        if (done) throw new Broken('broken', 'closed')
        silence.feed()
        this.heardAt = Date.now()
        parser.push(value)
      }
    } catch (e) {
      throw abort.signal.reason instanceof Broken ? abort.signal.reason : e
    } finally {
      silence.stop()
      abort.abort()
    }
  }

  private take(event: SseEvent): void {
    const { state, send } = this.options
    const arrived = Date.now()
    const parsed: unknown = JSON.parse(event.data)
    if (event.event === 'snapshot') {
      const data = parsed as Snapshot
      state.applySnapshot(data)
      send({ kind: 'snapshot', data, arrived })
    } else if (event.event === 'delta') {
      const data = parsed as Delta
      if (state.applyDelta(data) === 'gap') {
        this.lastId = ''
        throw new Broken('broken', 'gap')
      }
      send({ kind: 'delta', data, arrived })
    } else if (event.event === 'beat') {
      const data = parsed as Beat
      state.applyBeat(data)
      send({ kind: 'beat', data, arrived })
    }
    this.lastId = event.id
    this.attempt = 0
    this.report('open', null, null)
  }

  private reported = ''
  private report(state: ConnState, reason: string | null, retryAt: number | null): void {
    const same = `${state}|${reason}|${retryAt}`
    if (same === this.reported) return
    this.reported = same
    const conn: Conn = { state, heardAt: this.heardAt, retryAt, reason }
    this.options.send({ kind: 'conn', conn })
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.wake = () => (clearTimeout(timer), resolve())
    })
  }
}

/** Fires once when nothing fed it for `ms`. */
class Watchdog {
  private timer: ReturnType<typeof setTimeout>
  constructor(private ms: number, private bark: () => void) {
    this.timer = setTimeout(bark, ms)
  }
  feed(): void {
    clearTimeout(this.timer)
    this.timer = setTimeout(this.bark, this.ms)
  }
  stop(): void {
    clearTimeout(this.timer)
  }
}
