// Who this browser is, and what they may: asked of the hub once it opens, after signing in, and when a cookie was refused. It decides
// nothing about rights; what is hidden here is refused there as well.
import { computed, ref, shallowRef } from 'vue'
import { fetchMe, logout as askLogout } from '../api/access'
import type { Me, RightId } from '../api/access-types'
import { byItself } from '../api/background'
import { ApiError, onSessionLost } from '../api/client'
import { cookieOf, isCookie } from '../api/credential'
import { keepPerson } from '../desk/commands/person'
import { forgetKey, givenKey, key, useCookie } from '../state/key'
import { ALL_RIGHTS } from './rights'

/** asking: not known yet · in: known, or a key that the stream will judge · out: nobody · away: the hub does not answer */
export type Phase = 'asking' | 'in' | 'out' | 'away'
const RETRY_MS = 3_000
/** A wall asks now and then: that renews its credential. */
const SCREEN_MS = 3_600_000
/** How long a wall that is refused keeps its last picture, lest a hub's hiccup makes it ask for a person. */
const GRACE_MS = 30_000
const SCREEN = 'chengshu.screen'

export const me = shallowRef<Me | null>(null)
export const phase = ref<Phase>('asking')
/** A session of this page has ended, though nobody signed out. */
export const ended = ref(false)
export const wasScreen = () => localStorage.getItem(SCREEN) === '1'
export const can = (right: RightId): boolean => me.value?.rights.includes(right) ?? false
/** A key counts as allowed until the hub says otherwise: the wall must not wait for more than its stream. */
export const seesCity = computed(() => (me.value ? me.value.must.length === 0 && can('see_city') : Boolean(givenKey())))
export const isPerson = computed(() => me.value?.kind === 'person')

let timer: ReturnType<typeof setTimeout> | undefined
let refusedAt = 0
let running: Promise<void> | null = null

function again(ms: number): void {
  clearTimeout(timer)
  timer = setTimeout(() => void identify(true), ms)
}

function known(who: Me): void {
  me.value = who
  refusedAt = 0
  ended.value = false
  if (who.kind === 'screen') localStorage.setItem(SCREEN, '1')
  else if (who.kind === 'person') localStorage.removeItem(SCREEN)
  // Commands are asked for in the name of whoever sits here.
  if (who.kind === 'person') keepPerson(who.name)
  if (!givenKey()) useCookie(cookieOf(who.kind, who.id, who.session?.id))
  phase.value = 'in'
  if (who.kind === 'screen') again(SCREEN_MS)
}

function nobody(): void {
  // The stream tells of a refused key, and the picture that is there stays.
  if (givenKey()) return void (phase.value = 'in')
  const screen = me.value?.kind === 'screen'
  refusedAt ||= Date.now()
  if (screen && Date.now() - refusedAt < GRACE_MS) return again(RETRY_MS)
  // several requests may be told so; only the first finds somebody here
  ended.value = ended.value || (me.value !== null && !screen)
  me.value = null
  forgetKey()
  phase.value = 'out'
}

async function ask(alone: boolean): Promise<void> {
  try {
    known(await fetchMe(givenKey(), alone ? byItself(new AbortController().signal) : undefined))
  } catch (e) {
    if (e instanceof ApiError && e.status === 401) nobody()
    // A hub of before knows no accounts: its one key may everything.
    else if (e instanceof ApiError && e.status === 404 && givenKey()) known({ kind: 'demo', id: '', name: '', user: null, roles: [], rights: [...ALL_RIGHTS], grants: [], must: [], session: null, layout: null })
    else {
      if (phase.value !== 'in') phase.value = givenKey() ? 'in' : 'away'
      again(RETRY_MS)
    }
  }
}

/** @param alone the page asks by itself: nobody has used the session. */
export function identify(alone = false): Promise<void> {
  clearTimeout(timer)
  return (running ??= ask(alone).finally(() => (running = null)))
}
onSessionLost.call = () => void identify(true)

/** Ends the session, and forgets all that this page was shown; where the provider of single sign-on wants it, there too. */
export async function signOut(): Promise<void> {
  const elsewhere = me.value?.session?.sign_out
  if (isCookie(key.value)) await askLogout(key.value)
  forgetKey()
  history.replaceState(null, '', location.pathname + location.search)
  if (elsewhere) location.assign(elsewhere)
  else location.reload()
}
