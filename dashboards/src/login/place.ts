// Where one was, kept over the way to a provider of single sign-on and back: a redirect forgets the fragment of the address.
const STORE = 'chengshu.back'

export function rememberPlace(): void {
  if (location.hash.startsWith('#/') && !location.hash.startsWith('#/login')) sessionStorage.setItem(STORE, location.hash)
}

/** The place, once. */
export function takePlace(): string | null {
  const hash = sessionStorage.getItem(STORE)
  sessionStorage.removeItem(STORE)
  return hash
}

/** Before the first page is chosen: only where the address names none. Whoever was refused keeps it for the next try. */
export function returnToPlace(): void {
  if (location.hash.startsWith('#/login')) return
  const hash = takePlace()
  if (hash && (location.hash === '' || location.hash === '#/')) location.replace(hash)
}
