// What proves who asks: a bearer key that people gave, or the browser's own cookie, which no script can read. The latter goes by a
// label that names its owner, so that a stream or a list of one identity is never taken for another's. Pure.
const COOKIE = 'cookie:'

export const cookieOf = (kind: string, id: string, session: string | undefined): string => `${COOKIE}${kind}:${id}:${session ?? ''}`
export const isCookie = (key: string): boolean => key.startsWith(COOKIE)
/** A header for a key; nothing for a cookie, and nothing for nobody. */
export const proof = (key: string): Record<string, string> => (key && !isCookie(key) ? { authorization: `Bearer ${key}` } : {})
