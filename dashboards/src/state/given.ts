// The key that somebody gave this browser: taken from the address fragment (which browsers never send), kept, and removed from the
// address bar. Pure of any framework, because the page asks for it before anything else is loaded.
export const STORE = 'chengshu.key'

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

export const givenAtStart = initial()
