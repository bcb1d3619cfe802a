// Pasted text as the bytes that the hub will look at: hex read as the hub reads it, so that an offset in its answer finds its
// byte here; and the lines of a hex view. Pure.

const BYTES_MAX = 64 * 1024
export type Bytes = { bytes: Uint8Array } | { wrong: 'empty' | 'odd' | 'big' } | { wrong: 'digit'; at: number; c: string }

export function fromHex(text: string): Bytes {
  const digits: number[] = []
  const plain = text.replace(/0x/gi, '')
  for (const [at, c] of [...plain].entries()) {
    const digit = /^[0-9a-f]$/i.test(c) ? Number.parseInt(c, 16) : -1
    if (digit >= 0) digits.push(digit)
    else if (!/[\s:,-]/.test(c)) return { wrong: 'digit', at, c }
  }
  if (digits.length % 2) return { wrong: 'odd' }
  return sized(Uint8Array.from({ length: digits.length / 2 }, (_, i) => digits[2 * i]! * 16 + digits[2 * i + 1]!))
}

/** A field of a page keeps bare line ends only. Frames that end in CR LF get them back, the last one's too, which may be lost. */
export const asSent = (text: string, endsInCrLf: boolean): string => (endsInCrLf ? `${text.trim().replace(/\r?\n/g, '\r\n')}\r\n` : text)

export const fromText = (text: string): Bytes => (text.trim() ? sized(new TextEncoder().encode(text)) : { wrong: 'empty' })

const sized = (bytes: Uint8Array): Bytes => (!bytes.length ? { wrong: 'empty' } : bytes.length > BYTES_MAX ? { wrong: 'big' } : { bytes })

export interface Cell { at: number; hex: string; char: string; marked: boolean; off: boolean }
export interface Line { at: string; cells: Cell[] }

const hex = (n: number, digits: number) => n.toString(16).toUpperCase().padStart(digits, '0')

/** Lines of bytes from…to; the marked one may be the one after the last, which should have come and did not. */
export function hexLines(bytes: Uint8Array, { from = 0, to = bytes.length, mark = -1, width = 16 }: { from?: number; to?: number; mark?: number; width?: number } = {}): Line[] {
  const lines: Line[] = []
  const end = mark === bytes.length ? Math.max(to, mark + 1) : to
  for (let at = from - (from % width); at < end; at += width) {
    const cells = Array.from({ length: Math.min(width, end - at) }, (_, i): Cell => {
      const b = bytes[at + i]
      return { at: at + i, hex: b === undefined ? '··' : hex(b, 2), char: b === undefined ? '' : b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : '·', marked: at + i === mark, off: at + i < from || (at + i >= to && at + i !== mark) }
    })
    lines.push({ at: hex(at, 4), cells })
  }
  return lines
}

/** Around an offset: enough to recognise the place, not the whole of a long paste. */
export function around(length: number, offset: number, lines = 4, width = 16): { from: number; to: number } {
  const row = offset - (offset % width)
  return { from: Math.max(0, row - lines * width), to: Math.min(length, row + (lines + 1) * width) }
}
