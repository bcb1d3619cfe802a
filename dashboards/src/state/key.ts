// The screen's key: taken from the address fragment (which browsers never send), kept in this browser,
// removed from the address bar. It is never written anywhere else.
import { ref } from 'vue'

const STORE = 'chengshu.key'

function initial(): string {
  const fragment = new URLSearchParams(location.hash.slice(1)).get('key')
  if (fragment) {
    localStorage.setItem(STORE, fragment)
    history.replaceState(null, '', location.pathname + location.search)
  }
  return fragment ?? localStorage.getItem(STORE) ?? ''
}

export const key = ref(initial())

export function saveKey(value: string): void {
  localStorage.setItem(STORE, value)
  key.value = value
}
