// The words of the desk in English. The type makes a missing or a surplus key a compile error.
import type { deskZh } from './desk.zh'

export const deskEn: typeof deskZh = {
  desk: { centre: 'Desk · {district}', brand: '{district}', sub: 'Chengshu · Desk', nav: 'Desk navigation', system: 'System', busy: 'Saving…', open: 'Desk' },
  search: { label: 'Find a device', hint: 'id or name', none: 'No such device', found: '{n} found, choose with the arrow keys', unplaced: 'no position', open: 'Open device page' },
  registration: { registered: 'Registered', accepted: 'Let in', pending: 'Pending', retired: 'Out of service' },
  register: {
    title: 'Device register', search: 'Find by id, name, serial…', filters: 'Filter the register', byState: 'Filter by state', all: 'All', everything: 'All devices', waiting: '{n} devices wait for a person', device: 'Device', value: 'Newest value', tick: 'tick = stale',
    accept: 'Accept', acceptOne: 'Accept {id}', import: 'Import', export: 'Export', exportFailed: 'Export failed', noChoices: 'departments and areas cannot be read now', noMatchNote: 'Try another condition, or clear the filter', empty: 'The register is empty', emptyNote: 'Import a list of devices, or wait for the first one to report',
  },
  readings: { open: 'Readings…', title: 'Export readings', from: 'From', to: 'To (that day included)', note: 'By the kind, area and group that the register is filtered by; days are local. One reading a line with unit and quality; no text becomes a formula, numbers stay numbers. A workbook holds 1,048,575 rows: take CSV for more.', backwards: 'the first day is after the last', broken: 'the file broke off; try again', busy: 'Writing…' },
  device: {
    title: 'Device page', choose: 'Choose a device in the register first', open: 'Open device page', side: 'Entry, place and changes', unknown: 'The hub does not know this id: never registered, never heard.', commissionIt: 'Commission it on site', toList: 'Back to the register', deadline: 'stale after {stale}, offline after {offline} without a message ({from})',
    sharing: 'List the devices that share this', where: 'Where {name} stands: {lng} east, {lat} north', border: 'Borders: Tianditu {review}', noMap: 'the map cannot be read', noPlace: 'No position, not on the map.', locate: 'Locate on site',
    retire: 'Retire', retireAsk: 'Retire {id}? It leaves the register, KPIs and walls; its readings stay. When it speaks again it waits as pending.', retireGo: 'Retire it', retired: '{id} is retired', retiredNote: 'Its readings stay. When it speaks again, it waits in the register as pending.',
  },
  metrics: {
    title: 'Readings and trends', note: 'values follow the stream, trends are read again every 30 s', spans: 'Time span', span: { '1h': '1 h', '6h': '6 h', '24h': '24 h', '7d': '7 d', '30d': '30 d' }, good: 'good', never: 'This metric has never been reported', absent: '{n} metrics that have never been reported', comma: ', ', open: 'Show trend',
    chart: '{name}, trend of the last {span}; arrow keys read single points', gap: 'no reading in this time', mean: 'mean of {n} min', nothing: 'No reading in this time', outside: 'Limits off the chart: {n}',
  },
  messages: { title: 'Raw messages', note: 'taken live while this page is open, 20 at most', since: 'listening since {at}', none: 'No new message yet', taken: 'taken', rejected: 'rejected' },
  dayLedger: { title: 'Ledger of today', none: 'Nothing has been received from it today' },
  photos: { title: 'Photos', none: 'No photo yet', take: 'Take or choose a photo', alt: 'Photo of {id}, {at}', delete: 'Delete', gone: 'Delete it', unreadable: 'This file cannot be read as a picture; choose a JPEG, PNG or WebP.' },
  history: { title: 'Changes', none: 'Nobody has entered or changed it yet', created: 'Created', changed: 'Changed', retired: 'Retired', imported: 'Imported', became: 'became', more: '{n} more' },
  entry: {
    title: 'Entry', version: 'version {n}', nobody: 'not entered by anybody', edit: 'Edit', register: 'Register', save: 'Save', again: 'Save my changes on top', discard: 'Discard my changes', saved: 'Saved', same: 'nothing changed', none: 'not given', changed: 'changed', over: 'out of warranty',
    name: 'Name', kind: 'Kind', department: 'Department', area: 'Area', group: 'Group', groups: 'Groups (; between)', place: 'Position', lng: 'Longitude', lat: 'Latitude', datum: 'Datum', gateway: 'Gateway', vendor: 'Vendor', model: 'Model', serial: 'Serial number',
    installed: 'Installed', warranty_until: 'Warranty until', contact: 'Contact', tags: 'Tags (; between)', tag: 'Tags', state: 'State', registration: 'Registration', group_who: 'What it is and whose', group_where: 'Where it is and speaks through', group_what: 'The device itself',
    wrong: { number: 'not a number; expected decimal degrees such as 111.95231', both: 'give longitude and latitude together, or neither', lng: 'a longitude lies between −180 and 180', lat: 'a latitude lies between −90 and 90' }, refused: 'read “{read}”; expected {expected}',
    clash: '{who} saved first, at {at}.', clashUnknown: 'Somebody saved first.', kept: 'Your changes are all here and not saved yet.', taken: 'What you did not touch is theirs now: {fields}.', both: 'Changed by both: {fields}; please look before you save.', theirs: 'They wrote: {value}',
  },
  reveal: {
    show: 'Show in clear', hide: 'Hide', purpose: 'What for', reason: 'Why', example: 'e.g. the gauge is silent, calling its keeper', note: 'Shown for one minute; who saw it, when and why is kept in the audit.', do: 'Show', cancel: 'Cancel',
    purposes: { repair: 'Reach whoever answers for it', emergency: 'Emergency', handle_case: 'Handle a matter', call_back: 'Call back to verify' },
  },
  datum: { cgcs2000: 'CGCS2000 (national)', wgs84: 'WGS-84 (phone, GPS)', gcj02: 'GCJ-02 (Amap, Tencent)', bd09: 'BD-09 (Baidu)' },
  importer: {
    title: 'Import a list of devices', device: 'Device', choose: 'Choose a file', another: 'Another file', drop: 'or drop it here: CSV, GeoJSON, XLSX, 10 MB at most', theme: 'Theme', inFile: 'as in the file', columns: 'Headings in Chinese or English: device (must), theme, kind, name, department, area, groups, lng, lat, datum, gateway, vendor, model, serial, installed, warranty_until, contact, tags. It is checked first; nothing is written.',
    format: 'the format of “{name}” is not known; expected .csv, .geojson or .xlsx', big: 'the file has {size}, more than {most}', unreadable: 'the file cannot be read; it may have changed since it was chosen, please choose it again', checking: 'Checking…', rows: 'rows', created: 'to create', changed: 'to change', wasCreated: 'created', wasChanged: 'changed', unchanged: 'unchanged', mistakes: 'mistakes',
    nothing: 'Nothing was written.', mend: 'Mend the file and choose it again.', same: 'The register says exactly this already; nothing to write.', ready: 'Checked, ready to import.', done: 'Imported.', line: 'Line', column: 'Column', read: 'Read', expected: 'Expected', blank: 'empty', more: '{n} more not listed', go: 'Import {n} devices', goNone: 'Import', importing: 'Importing…', finish: 'Done',
  },
  label: { title: 'Device label', short: 'Label', back: 'Back to the device', print: 'Print', note: 'Stick it to the device: the phone’s own camera opens the page for commissioning it. The label holds no key.', local: 'This address works on this machine only; no phone can open it. Open this page by the hub’s address in the network before printing.', code: 'QR code of {id}' },
  commission: {
    title: 'Commissioning', short: 'Commission', message: 'Test message', waiting: 'Waiting for a test message', waited: 'waiting for {time}', trigger: 'make the device report once, e.g. switch it off and on', rejected: 'It came, but was rejected', seen: 'Received', again: 'Wait for another', entry: 'Registration', place: 'Position', state: 'How it stands now',
    unknown: 'The hub does not know this id yet; it will after the first message or when it is registered.', pending: 'Heard; no part of KPIs, alarms and walls yet.', registered: 'registered position', noPlace: 'No position yet', accuracy: 'within about {n} m', moved: '{n} m from the registered position', placed: 'Position saved', savePlace: 'Save this position', locating: 'Locating…', relocate: 'Locate again', locate: 'Locate by phone',
    denied: 'No permission to locate. Allow it in the browser’s settings, or enter the position on the device page.', slow: 'No position within 20 s. Try again under open sky.', noFix: 'No position can be had now.', insecure: 'Browsers locate over HTTPS only.', byHand: 'Enter it by hand',
  },
  maintenance: {
    title: 'Maintenance', causes: 'Common cause', causesNote: 'what the unseen devices share', noCause: 'the {n} unseen devices share nothing that stands out', see: 'Which ones', by_gateway: 'By gateway', by_area: 'By area', by_vendor: 'By vendor', by_kind: 'By kind', allLive: 'All live', nokey: 'not given',
    cause_likely: 'Of the {total} {what}, {silent} went out of sight from {at} on, {time} ago: it is probably to blame, look there first.', cause_possible: 'Of the {total} {what}, {silent} cannot be seen, the first since {at}, {time} ago: perhaps related.', of_gateway: 'behind gateway {name}', of_vendor: 'made by {name}', of_area: 'in {name}', of_link: 'on link {name}',
    batteries: 'Batteries', batteriesNote: 'soonest empty first', device: 'Device', value: 'Charge', perDay: 'A day', empty: 'Lasts', read: 'Read', days: '{n} days', about: 'about {day}', thisWeek: 'replace this week', noForecast: 'no trend yet', noBattery: 'No device reports a battery', last: 'Last heard', lastNote: 'silent for longest first', all: 'All {n}',
  },
}
