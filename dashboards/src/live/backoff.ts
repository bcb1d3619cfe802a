// How long to wait before the next attempt: 1 → 30 s, doubled each time, with jitter so that a wall of
// windows does not knock all at once. Pure; holds no timer.

const FIRST_MS = 1_000
const MAX_MS = 30_000

/** Between half and the whole of the doubled step; `random` is in [0, 1). */
export function backoffMs(attempt: number, random: () => number = Math.random): number {
  const step = Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(attempt, 10))
  return Math.round(step / 2 + (step / 2) * random())
}
