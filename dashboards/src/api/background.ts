// What a page asks by itself, because time has passed or something was told, is no sign of a person: such requests carry a mark, and the
// hub does not take them for a use of the session. The mark travels with the signal that can abort the request.
const marked = new WeakSet<AbortSignal>()

export const BACKGROUND = { 'x-chengshu-background': '1' }

/** The same signal, marked. */
export function byItself(signal: AbortSignal): AbortSignal {
  marked.add(signal)
  return signal
}
/** The header of a request with this signal. */
export const backgroundOf = (signal: AbortSignal | null | undefined): Record<string, string> => (signal && marked.has(signal) ? BACKGROUND : {})
