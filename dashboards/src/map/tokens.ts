// Reads the colours of the chosen theme from the style sheet, so that the map has no palette of its own.

const NAMES = [
  'bg', 'ink', 'data', 'off', 'sea', 'land', 'land-2', 'focus', 'coast', 'adm', 'wave', 'shade', 'halo',
  'critical', 'urgent', 'important', 'general',
] as const

export type Tokens = Record<(typeof NAMES)[number], string>

export function readTokens(): Tokens {
  const style = getComputedStyle(document.documentElement)
  return Object.fromEntries(NAMES.map((n) => [n, style.getPropertyValue(`--${n}`).trim()])) as Tokens
}

/** Size of one CSS pixel of the 1080-line design on this screen. */
export const designScale = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
