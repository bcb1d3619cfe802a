// Parses a text/event-stream, chunk by chunk, wherever the chunks are cut. It knows nothing of our events
// and opens no connection; EventSource cannot send a bearer header, so we read the stream ourselves.

export interface SseEvent {
  event: string
  data: string
  /** Last id seen on the stream so far, '' before the first. */
  id: string
}

export class SseParser {
  // ignoreBOM stays false: a leading byte-order mark is dropped, as the specification wants.
  private decoder = new TextDecoder('utf-8')
  private rest = ''
  private afterCr = false
  private event = ''
  private data: string[] = []
  private id = ''

  constructor(private emit: (event: SseEvent) => void) {}

  push(chunk: Uint8Array): void {
    let text = this.decoder.decode(chunk, { stream: true })
    // A line ends at \r, \n or \r\n; a \r\n that was cut in two must not count twice.
    if (text && this.afterCr) {
      this.afterCr = false
      if (text.startsWith('\n')) text = text.slice(1)
    }
    // What waits holds no line end, so a long snapshot in many chunks is scanned once only.
    let i = this.rest.length
    let start = 0
    this.rest += text
    for (; i < this.rest.length; i++) {
      const c = this.rest.charCodeAt(i)
      if (c !== 10 && c !== 13) continue
      this.line(this.rest.slice(start, i))
      if (c === 13) {
        if (i + 1 === this.rest.length) this.afterCr = true
        else if (this.rest.charCodeAt(i + 1) === 10) i++
      }
      start = i + 1
    }
    this.rest = this.rest.slice(start)
  }

  private line(line: string): void {
    if (line === '') return this.dispatch()
    if (line.startsWith(':')) return
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const raw = colon < 0 ? '' : line.slice(colon + 1)
    const value = raw.startsWith(' ') ? raw.slice(1) : raw
    if (field === 'data') this.data.push(value)
    else if (field === 'event') this.event = value
    else if (field === 'id' && !value.includes('\0')) this.id = value
  }

  private dispatch(): void {
    if (this.data.length > 0) this.emit({ event: this.event || 'message', data: this.data.join('\n'), id: this.id })
    this.event = ''
    this.data = []
  }
}
