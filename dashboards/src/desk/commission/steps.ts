// What commissioning has come to, from what is known: pure, so that "seen" cannot be said of a message that was there before.
import type { RawMessage } from '../../api/register-types'

export type Heard = { state: 'waiting' } | { state: 'rejected'; message: RawMessage } | { state: 'seen'; at: number; message: RawMessage | null }

/** The test message is one that came after the page was opened: by the tap, or by the live stream where the tap is late. */
export function heardSince(opened: number, messages: readonly RawMessage[], lastHeard: number | null | undefined): Heard {
  const fresh = messages.filter((m) => m.at >= opened).toSorted((a, b) => b.at - a.at)
  const taken = fresh.find((m) => m.outcome === 'taken')
  if (taken) return { state: 'seen', at: taken.at, message: taken }
  if (lastHeard != null && lastHeard >= opened) return { state: 'seen', at: lastHeard, message: fresh[0] ?? null }
  return fresh[0] ? { state: 'rejected', message: fresh[0] } : { state: 'waiting' }
}

/** Metres between two places on the ground, well enough to say "you stand beside it". */
export function metres(a: { lng: number; lat: number }, b: { lng: number; lat: number }): number {
  const rad = Math.PI / 180
  const x = (b.lng - a.lng) * rad * Math.cos(((a.lat + b.lat) / 2) * rad)
  const y = (b.lat - a.lat) * rad
  return Math.hypot(x, y) * 6_371_000
}
