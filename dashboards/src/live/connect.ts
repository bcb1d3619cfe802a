// Gives a window its messages from the live stream: through the shared worker, or from a stream of its own where
// shared workers are missing. It reads and shows nothing itself.
import { open, takeEarly } from './early'
import { StreamOwner } from './owner'
import type { FromStream, ToStream } from './protocol'

export interface Connection { retry(): void; close(): void }

export function connectLive(key: string, take: (message: FromStream) => void): Connection {
  if (typeof SharedWorker === 'undefined') {
    const owner = new StreamOwner(crypto.randomUUID())
    owner.join(take, key)
    return { retry: () => owner.retry(), close: () => owner.leave(take) }
  }
  const { worker, greeted } = takeEarly(key) ?? { worker: open(), greeted: false }
  const send = (m: ToStream) => worker.port.postMessage(m)
  const bye = () => send({ kind: 'bye' })
  worker.port.onmessage = (e: MessageEvent<FromStream>) => take(e.data)
  worker.port.start()
  if (!greeted) send({ kind: 'hello', key })
  // A port never tells that its window is gone; and a page back from the back/forward cache must say hello again.
  const shown = (e: PageTransitionEvent) => e.persisted && send({ kind: 'hello', key })
  addEventListener('pagehide', bye)
  addEventListener('pageshow', shown)
  return {
    retry: () => send({ kind: 'retry' }),
    close() {
      removeEventListener('pagehide', bye)
      removeEventListener('pageshow', shown)
      bye()
      worker.port.close()
    },
  }
}
