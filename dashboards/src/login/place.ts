// Where one was, kept over the way to a provider of single sign-on and back: a redirect forgets the fragment of the address.
const STORE = 'chengshu.back'

export function rememberPlace(): void {
  if (location.hash.startsWith('#/') && !location.hash.startsWith('#/login')) sessionStorage.setItem(STORE, location.hash)
}

/** Before the first page is chosen: only where the address names none. */
export function returnToPlace(): void {
  const hash = sessionStorage.getItem(STORE)
  sessionStorage.removeItem(STORE)
  if (hash && (location.hash === '' || location.hash === '#/')) location.replace(hash)
}
