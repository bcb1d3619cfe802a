// The credential of this window: the key that people gave, kept in this browser; of a cookie only a label stands here, and it is kept
// nowhere.
import { ref } from 'vue'
import { isCookie } from '../api/credential'
import { STORE, givenAtStart } from './given'

export const key = ref(givenAtStart)
/** The key that people gave, if that is what counts. */
export const givenKey = (): string => (isCookie(key.value) ? '' : key.value)

export function saveKey(value: string): void {
  localStorage.setItem(STORE, value)
  key.value = value
}
/** From now on the browser's cookie counts; a key of before would only stand in its way. */
export function useCookie(label: string): void {
  localStorage.removeItem(STORE)
  key.value = label
}
export const forgetKey = (): void => useCookie('')
