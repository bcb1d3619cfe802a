// The code of a wall as people type it: eight digits, with whatever between them, full-width ones too. Pure.
export function asCode(text: string): string | null {
  const digits = text.normalize('NFKC').replace(/[\s-–—]/g, '')
  return /^\d{8}$/.test(digits) ? `${digits.slice(0, 4)}-${digits.slice(4)}` : null
}
