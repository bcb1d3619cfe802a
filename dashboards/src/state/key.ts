// The credential of this window. A key that people gave is taken from the address fragment (which browsers never send), kept in this
// browser and removed from the address bar; of a cookie only a label stands here, and it is kept nowhere.
import { ref } from 'vue'
import { isCookie } from '../api/credential'

const STORE = 'chengshu.key'

function initial(): string {
  const fragment = new URLSearchParams(location.hash.slice(1)).get('key')
  if (fragment) {
    localStorage.setItem(STORE, fragment)
    // A page that the address names beside the key stays named.
    const page = location.hash.startsWith('#/') ? location.hash.replace(/&key=[^&]*/, '') : ''
    history.replaceState(null, '', location.pathname + location.search + page)
  }
  return fragment ?? localStorage.getItem(STORE) ?? ''
}

export const key = ref(initial())
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
