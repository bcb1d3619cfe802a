// Bytes as people read them: as text with its invisible characters made visible, or as hex beside its printable
// characters. Pure.

export function decodeRaw(raw: string, encoding: 'utf8' | 'base64'): Uint8Array {
  if (encoding === 'utf8') return new TextEncoder().encode(raw)
  const binary = atob(raw)
  return Uint8Array.from(binary, (c) => c.charCodeAt(0))
}

/** Control characters as their pictures (␀ ␛ …), since a stray one is often the whole fault; line ends also end the line. */
export function showText(text: string): string {
  // oxlint-disable-next-line no-control-regex
  return text.replace(/[\u0000-\u001f\u007f\ufeff]/g, (c) => {
    if (c === '\n') return '␊\n'
    if (c === '\u007f') return '␡'
    return c === '\ufeff' ? '⟨BOM⟩' : String.fromCharCode(0x2400 + c.charCodeAt(0))
  })
}

const WIDTH = 16
const hex = (n: number, digits: number) => n.toString(16).padStart(digits, '0')

/** Bytes as people pass them on: 7E 7E 01. */
export const hexOf = (bytes: Uint8Array): string => [...bytes].map((b) => hex(b, 2).toUpperCase()).join(' ')

/** Offset, sixteen bytes in hex, the same as characters: one line each. */
export function hexDump(bytes: Uint8Array): string {
  const lines: string[] = []
  for (let at = 0; at < bytes.length; at += WIDTH) {
    const row = [...bytes.subarray(at, at + WIDTH)]
    const left = row.slice(0, 8).map((b) => hex(b, 2)).join(' ')
    const right = row.slice(8).map((b) => hex(b, 2)).join(' ')
    const chars = row.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '·')).join('')
    lines.push(`${hex(at, 4)}  ${left.padEnd(23)}  ${right.padEnd(23)}  ${chars}`)
  }
  return lines.join('\n')
}
