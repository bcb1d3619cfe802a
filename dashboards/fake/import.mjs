// Lists of devices into and out of the fake register: CSV and GeoJSON with the contract's columns, checked as a whole,
// every mistake with its line, column, what was read and what would be right. XLSX it does not read.
import { EMPTY } from './register.mjs'

const COLUMNS = {
  device: '设备编号', theme: '专题', kind: '类型', name: '名称', department: '责任部门', area: '区域', groups: '分组', lng: '经度', lat: '纬度', datum: '坐标系', gateway: '网关', vendor: '厂家',
  model: '型号', serial: '序列号', installed: '安装日期', warranty_until: '质保到期', contact: '联系人', tags: '标签',
}
const NAMES = Object.keys(COLUMNS)
const DATUMS = ['cgcs2000', 'wgs84', 'gcj02', 'bd09']

export function parseCsv(text) {
  const rows = [[]]
  let cell = ''
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quoted) {
      if (c === '"' && text[i + 1] === '"') cell += text[++i]
      else if (c === '"') quoted = false
      else cell += c
    } else if (c === '"') quoted = true
    else if (c === ',' || c === '\n') {
      rows.at(-1).push(cell.replace(/\r$/, ''))
      cell = ''
      if (c === '\n') rows.push([])
    } else cell += c
  }
  rows.at(-1).push(cell)
  return rows.filter((r) => r.some((x) => x.trim() !== ''))
}

function rowsOf(format, text) {
  if (format === 'geojson') {
    return JSON.parse(text).features.map((f, i) => ({ line: i + 1, cells: { ...f.properties, lng: f.geometry?.coordinates[0], lat: f.geometry?.coordinates[1] } }))
  }
  const [head, ...rows] = parseCsv(text.replace(/^\ufeff/, ''))
  const names = head.map((h) => NAMES.find((n) => n === h.trim() || COLUMNS[n] === h.trim()) ?? h.trim())
  return rows.map((r, i) => ({ line: i + 2, cells: Object.fromEntries(names.map((n, k) => [n, r[k] ?? ''])) }))
}

export function importDevices(register, kinds, bytes, { format, dry_run, theme }, now) {
  const errors = []
  const report = { dry_run: dry_run === 'true', rows: 0, created: 0, changed: 0, unchanged: 0, errors }
  const plans = []
  const seen = new Map()
  for (const { line, cells } of rowsOf(format, Buffer.from(bytes).toString('utf8'))) {
    report.rows++
    const said = (n) => String(cells[n] ?? '').trim()
    const wrong = (n, expected) => errors.push({ line, column: n, read: said(n), expected })
    const device = said('device')
    if (!/^[\w.-]{1,64}$/.test(device)) wrong('device', '1 到 64 个字母、数字或 . _ -')
    else if (seen.has(device)) wrong('device', `第 ${seen.get(device)} 行没有用过的编号`)
    seen.set(device, line)
    if (!theme && said('theme') !== 'water') wrong('theme', '已有的专题：water')
    const kind = kinds.find((k) => k.id === said('kind') || k.name.zh === said('kind'))
    if (said('kind') && !kind) wrong('kind', `类型之一：${kinds.map((k) => k.name.zh).join('、')}`)
    for (const n of ['lng', 'lat']) if (said(n) && !Number.isFinite(+said(n))) wrong(n, '十进制度，如 111.95231')
    if (said('datum') && !DATUMS.includes(said('datum'))) wrong('datum', DATUMS.join('、'))
    for (const n of ['installed', 'warranty_until']) if (said(n) && !/^\d{4}-\d\d-\d\d$/.test(said(n))) wrong(n, '日期，如 2026-11-22')
    const list = (n) => said(n).split(/[;；]/).map((x) => x.trim()).filter(Boolean)
    const entry = { ...EMPTY, ...Object.fromEntries(['name', 'department', 'area', 'gateway', 'vendor', 'model', 'serial', 'installed', 'warranty_until', 'contact'].map((n) => [n, said(n) || null])), kind: kind?.id ?? null, groups: list('groups'), tags: list('tags'), place: said('lng') && said('lat') ? { lng: +said('lng'), lat: +said('lat'), datum: said('datum') || 'cgcs2000' } : null }
    const held = register.of(device)
    const what = !held.version ? 'created' : JSON.stringify({ ...held.entry, place: null }) === JSON.stringify({ ...entry, place: null }) && held.entry.place?.lng === entry.place?.lng ? 'unchanged' : 'changed'
    report[what]++
    plans.push({ device, entry, what })
  }
  if (errors.length || report.dry_run) return report
  for (const p of plans) if (p.what !== 'unchanged') register.write(p.device, theme || 'water', p.entry, now, 'key:demo', 'imported')
  return report
}

const quote = (v) => (/[",\n]/.test(v) ? `"${v.replaceAll('"', '""')}"` : v)

export function exportDevices(register, query) {
  const rows = register.list(query).map((d) => {
    const { entry } = register.of(d.device)
    return { device: d.device, theme: d.theme, ...entry, groups: entry.groups.join(';'), tags: entry.tags.join(';'), lng: entry.place?.lng ?? '', lat: entry.place?.lat ?? '', datum: entry.place ? 'cgcs2000' : '' }
  })
  if (query.format === 'geojson') {
    return JSON.stringify({ type: 'FeatureCollection', features: rows.map(({ lng, lat, ...properties }) => ({ type: 'Feature', properties: { ...properties, place: undefined }, geometry: lng === '' ? null : { type: 'Point', coordinates: [lng, lat] } })) })
  }
  return `\ufeff${[NAMES.map((n) => COLUMNS[n]), ...rows.map((r) => NAMES.map((n) => quote(String(r[n] ?? ''))))].map((r) => r.join(',')).join('\r\n')}\r\n`
}
