// The screen's key: taken from the address fragment (which browsers never send), kept in this browser,
// removed from the address bar. It is never written anywhere else.
import { ref } from 'vue'

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

export function saveKey(value: string): void {
  localStorage.setItem(STORE, value)
  key.value = value
}
