// The desk's routes of the fake hub: register, entries, history, tap, import, export, maintenance, readings. Null for what
// is none of them; a refusal has its code and detail, and what belongs to it.
import { exportDevices, importDevices } from './import.mjs'
import { maintenance } from './maintenance.mjs'
import { readings } from './readings.mjs'
import { KINDS } from './theme.mjs'

const missing = (what) => [404, { code: 'not_found', detail: what }]
const FILE_TYPES = { csv: 'text/csv; charset=utf-8', geojson: 'application/geo+json' }

/** @returns {[status: number, body: unknown, type?: string] | null} */
export function registerReply(hub, method, url, body) {
  const { register, world } = hub
  const asked = Object.fromEntries(url.searchParams)
  const now = Date.now()
  const [, id, part, name] = /^\/api\/v1\/devices\/([^/]+)(?:\/(\w+)(?:\/(\w+))?)?$/.exec(url.pathname) ?? []
  if (id !== undefined && part === 'photos') return hub.photos.reply(method, decodeURIComponent(id), name, body, now)
  if (name !== undefined) return null
  if (id !== undefined) return ofDevice(hub, method, decodeURIComponent(id), part, asked, body, now)
  switch (url.pathname) {
    case '/api/v1/devices': return [200, register.page(asked)]
    case '/api/v1/parts': return [200, register.parts()]
    case '/api/v1/maintenance': return [200, maintenance(hub, now)]
    case '/api/v1/import/devices': return taken(importing(register, body, asked, now), hub)
    case '/api/v1/export/devices': return asked.format === 'xlsx' ? [501, { code: 'not_here', detail: 'the fake hub writes no XLSX' }] : [200, exportDevices(register, asked), FILE_TYPES[asked.format]]
    case '/api/v1/readings': {
      const d = world.devices.get(asked.device)
      return d ? [200, readings(d, asked.metric, KINDS.find((k) => k.id === d.kind), { from: +asked.from, to: +asked.to, max_points: +(asked.max_points ?? 300) })] : missing(`device ${asked.device}`)
    }
    default: return null
  }
}

function ofDevice(hub, method, id, part, asked, body, now) {
  const { register, world } = hub
  const known = world.devices.has(id)
  if (part === 'messages') return [200, hub.taps.ask(id, now)]
  if (part === 'contact' && method === 'POST') {
    if (!known) return missing(`no device ${id}`)
    return body?.reason?.trim().length >= 4 ? [200, { contact: register.detail(id).entry.contact }] : [400, { code: 'bad_request', detail: 'body: the reason has too few characters; expected 4 to 200' }]
  }
  if (part === 'history') return [200, register.history(id, asked)]
  if (part !== undefined) return null
  if (method === 'PUT') return taken(register.put(id, body, now), hub)
  if (!known) return missing(`no device ${id}`)
  if (method === 'DELETE') return register.retire(id, now) ? [204, null] : missing(`no device ${id}`)
  return [200, register.shown(id)]
}

function importing(register, body, asked, now) {
  if (asked.format === 'xlsx') return [400, { code: 'bad_request', detail: 'the fake hub reads no XLSX' }]
  const report = importDevices(register, KINDS, body, asked, now)
  return report.errors.length && !report.dry_run ? [422, { code: 'import', detail: `${report.errors.length} mistakes; nothing was written`, report }] : [200, report]
}

/** What was written is in the stream at once. */
function taken(answer, hub) {
  hub.stream.flush()
  return answer
}
