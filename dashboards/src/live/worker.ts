// The shared worker: owns the live stream for all windows of this browser, because a browser opens only six
// connections per host for all of them together. It contains no logic of its own.
import { StreamOwner } from './owner'
import type { ToStream } from './protocol'

const owner = new StreamOwner(crypto.randomUUID())

;(self as unknown as { onconnect: (e: MessageEvent) => void }).onconnect = (event) => {
  const port = event.ports[0]!
  const send = (m: unknown) => port.postMessage(m)
  port.onmessage = (e: MessageEvent<ToStream>) => {
    if (e.data.kind === 'hello') owner.join(send, e.data.key)
    else if (e.data.kind === 'retry') owner.retry()
    else owner.leave(send)
  }
}
