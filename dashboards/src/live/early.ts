// Starts the shared worker before the app is loaded: a browser takes most of a second to start one on a small machine, and with a key
// the hub's whole picture is on its way meanwhile. What arrives waits in the port until somebody listens.
import { givenAtStart } from '../state/given'
import type { ToStream } from './protocol'

export const open = () => new SharedWorker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'chengshu-live' })

interface Early { key: string; worker: SharedWorker }
let early: Early | null = null

export function startEarly(): void {
  if (typeof SharedWorker === 'undefined') return
  early = { key: givenAtStart, worker: open() }
  if (early.key) early.worker.port.postMessage({ kind: 'hello', key: early.key } satisfies ToStream)
}

/** The worker that was started early, once; with `greeted`, whether it has been asked with this key already. */
export function takeEarly(key: string): { worker: SharedWorker; greeted: boolean } | null {
  const taken = early
  early = null
  return taken && (taken.key === key || !taken.key) ? { worker: taken.worker, greeted: taken.key === key } : null
}
