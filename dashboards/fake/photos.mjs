// The fake hub's photos: kept in memory by the hash of their bytes, as the hub keeps them in files.
import { createHash } from 'node:crypto'

export class Photos {
  constructor() {
    /** @type {Map<string, { view: { hash: string, media: string, bytes: number, at: number, caller: string }, bytes: Buffer }[]>} */
    this.by = new Map()
  }

  /** @returns {[status: number, body: unknown, type?: string]} */
  reply(method, device, hash, body, now) {
    const mine = this.by.get(device) ?? []
    if (hash === undefined) {
      if (method !== 'POST') return [200, { photos: mine.map((p) => p.view) }]
      if (body[0] !== 0xff || body[1] !== 0xd8) return [415, { code: 'unsupported_media_type', detail: 'body: no picture by its first bytes; expected JPEG, PNG or WebP' }]
      const view = { hash: createHash('sha256').update(body).digest('hex'), media: 'image/jpeg', bytes: body.length, at: now, caller: '管理员' }
      this.by.set(device, [{ view, bytes: body }, ...mine.filter((p) => p.view.hash !== view.hash)])
      return [200, view]
    }
    const found = mine.find((p) => p.view.hash === hash)
    if (!found) return [404, { code: 'not_found', detail: `the device has no photo ${hash}` }]
    if (method !== 'DELETE') return [200, found.bytes, found.view.media]
    this.by.set(device, mine.filter((p) => p !== found))
    return [204, null]
  }
}
