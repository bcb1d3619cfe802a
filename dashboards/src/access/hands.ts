// Whoever reads a page that renews itself is there, though they ask the hub for nothing: a hand on keyboard, mouse or screen is told to
// it, at most once a minute. Without one a session ends unused, whatever the page asks by itself.
import { fetchMe } from '../api/access'
import { isCookie } from '../api/credential'
import { key } from '../state/key'
import { me } from './me'

const EVERY_MS = 60_000
const SIGNS = ['pointerdown', 'keydown', 'wheel', 'touchstart'] as const

/** Begins to watch; the answer ends it. */
export function watchHands(): () => void {
  let told = Date.now()
  const hand = () => {
    if (me.value?.kind !== 'person' || !isCookie(key.value) || Date.now() - told < EVERY_MS) return
    told = Date.now()
    // A hub that does not answer is told by whatever is shown.
    fetchMe(key.value).catch(() => {})
  }
  for (const sign of SIGNS) addEventListener(sign, hand, { passive: true })
  return () => SIGNS.forEach((sign) => removeEventListener(sign, hand))
}
