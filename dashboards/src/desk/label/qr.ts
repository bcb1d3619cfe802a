// The QR code of an address as one path of an SVG: modules as squares of one unit, the quiet zone left to the caller. Pure.
import { encode } from 'uqr'

export interface Qr { size: number; path: string }

export function qrOf(text: string): Qr {
  const { size, data } = encode(text, { ecc: 'M', border: 0 })
  let path = ''
  for (let y = 0; y < size; y++) {
    // Runs of dark modules as one rectangle: a label has hundreds of them.
    for (let x = 0; x < size; x++) {
      if (!data[y]![x]) continue
      const from = x
      while (x + 1 < size && data[y]![x + 1]) x++
      path += `M${from} ${y}h${x - from + 1}v1H${from}Z`
    }
  }
  return { size, path }
}

/** Where a phone's camera leads: this hub's page for putting the device into service. It carries no key. */
export const labelAddress = (href: string): string => `${location.origin}${location.pathname}${href}`

/** On this machine only: a phone that scans it finds nothing. */
export const isLocal = (host: string): boolean => /^(localhost|127\.|\[::1\]|0\.0\.0\.0)/.test(host)
