// Every word of the interface in English. The type makes a missing or a surplus key a compile error.
import { adminEn } from './admin.en'
import { codesEn } from './codes.en'
import { commandsEn } from './commands.en'
import { deskEn } from './desk.en'
import { framesEn } from './frames.en'
import { healthEn } from './health.en'
import { loginEn } from './login.en'
import { receiversEn } from './receivers.en'
import { rightsEn } from './rights.en'
import type { Messages } from './zh'

export const en: Messages = {
  ...healthEn,
  ...deskEn,
  ...codesEn,
  ...commandsEn,
  ...framesEn,
  ...loginEn,
  ...rightsEn,
  ...receiversEn,
  ...adminEn,
  app: { centre: '{district} Operations Centre', sub: 'Chengshu', demo: 'Demo data', skip: 'Skip to the alarms' },
  judge: {
    calm: 'All calm', controlled: 'Under control', watch: 'Needs attention', act: 'Act now', blind: 'Cannot judge now',
    none: 'No alarm waits', count: '{n} {severity}', unseen: '{n} unseen', cut: 'links down: {n}', more: 'see Health',
  },
  meta: { devices: 'Devices live', lag: 'Data lag', clock: 'Host clock not synchronised', clockUnknown: 'Clock sync unknown', p95: 'p95' },
  severity: { critical: 'Critical', urgent: 'Urgent', important: 'Important', general: 'General' },
  state: { live: 'Live', stale: 'Stale', offline: 'Offline', never: 'Never heard' },
  link: { up: 'Connected', connecting: 'Connecting', down: 'Down' },
  quality: {
    out_of_range: 'out of range', late: 'late', future: 'ahead of time', suspect: 'suspect', estimated: 'estimated',
    derived: 'derived', maintenance: 'maintenance', corrected: 'corrected',
  },
  switch: { day: 'Day', night: 'Night', lang: '中文' },
  themes: {
    title: 'Vital signs', note: 'Grey band = normal range', minutes: 'Last {n} min', hours: 'Last {n} h', from: '{live}/{total} devices',
    broken: 'Theme did not load: {reason}', none: 'No data', rest: '{n} more', hidden: '{n} more themes not listed', seen: '{live} live of {total} devices', trend: '{name}: trend, {span}',
  },
  map: {
    title: 'The district', legend: 'Legend', home: 'Whole district', sources: 'Borders: Tianditu {review} · Coast: GSHHG · Places: GeoNames',
    lost: 'Map drawing was interrupted, recovering', unplaced: 'Devices without a position: {n}',
  },
  card: {
    title: 'Device', close: 'Close', since: 'since {time}', heard: 'last heard {ago}', unheard: 'never heard',
    assumed: '(assumed)', link: 'Link', gateway: 'via gateway {id}', rule: 'Source: {source}', none: 'No reading yet',
    certainty: 'certainty {c}',
  },
  links: {
    title: 'Links', up: '{n} / {total} connected', name: 'Link', state: 'State', rate: 'Rate', lag: 'Lag p95', devices: 'Live',
    last: 'Latest arrival', unplaced: 'Devices without a position: {n}', unplacedNote: 'not on the map', quiet: 'Nothing has arrived since the start', rejected: '{n} rejected', perSecond: '/s',
  },
  today: {
    title: 'Alarms today', note: 'by time raised · 15 min · grey = over', total: 'Total', now: 'Now',
    aria: 'Alarms of today per 15 minutes, {n} in total',
  },
  alarms: {
    title: 'Alarms waiting', note: 'by priority', empty: 'No alarm', emptyNote: 'No rule is in alarm', paused: 'Nothing is judged before it is stored: new alarms come late', blind: 'Nothing arrives from most devices now: no new alarm is no good news',
    above: 'above limit', below: 'below limit', limit: 'limit', more: '{n} more not listed', rateUnit: 'in the last 10 min',
    calm: 'Calm', manageable: 'Manageable', flood: 'Flood',
    aria: '{n} alarms raised in the last 10 minutes: {level}', source: 'Rule: {rule}\nSource: {source}\nCertainty: {certainty}', notLive: 'Last', atRaise: 'at raise',
    changeOver: '{time} change', change: 'change', stuck: 'unchanged for {time}', spike: 'off the median by', jump: 'jump of {value}', silent: 'no data for {time}', heardAgain: 'just heard again', within: 'limit {time}',
    others: { all: 'its peers', gateway: 'its gateway', area: 'its area' }, higher: 'above the mean of {others} by', lower: 'below the mean of {others} by', high: '{value} too high', low: '{value} too low', bits: 'bit {bits} set', noBits: 'bits back to 0',
    worst: 'was {severity}', waited: 'raised after {time}',
  },
  theme: {
    title: 'Theme page', centre: '{theme} · {district} Operations Centre', wall: 'Wall', all: 'Whole district', nav: 'Themes', unknown: 'There is no theme “{id}”', broken: 'This theme could not be loaded; the others are not affected',
    panel: 'screen.json names the panel “{name}”; known are {known}',
  },
  figures: { title: 'Vital signs', note: 'Grey band = normal range', band: 'Normal', bandNone: 'no normal range declared', limits: 'Limits', limitsNone: 'no limit on this metric', certainty: 'certainty {c}', seen: '{live}/{total} devices give it', unseen: '{n} unseen' },
  kindstates: { title: 'Devices by kind', note: 'now', kind: 'Kind', total: 'All', sum: 'Together' },
  hours: {
    title: 'The last 24 hours', note: '{name} · mean of each hour', noteMax: '{name} · highest of each hour', noteMin: '{name} · lowest of each hour', choose: 'Metric', high: 'higher = lighter', low: 'lower = lighter', none: 'No hour has been measured yet', more: '{n} more devices', over: 'beyond a limit', nothing: 'nothing measured',
    aria: '{device}: {name} of the last 24 hours, at present {value}', now: 'now', scale: '{low} to {high} {unit}', highDay: 'higher = darker', lowDay: 'lower = darker',
  },
  unplaced: { title: 'Without a position' },
  limits: { title: 'Limits and where they come from', note: '{n} rules', rule: 'Rule', kind: 'About', raise: 'Raised and over', source: 'Source', certainty: 'Certainty', above: '≥ {value}', below: '≤ {value}', is: '“{value}”', A: 'text seen', B: 'well known, not checked', C: 'local practice' },
  rule: {
    and: ', ', days: '{from}–{to}', onDays: '{clock}, {days}', others: { all: 'the other devices', gateway: 'the others behind its gateway', area: 'the others of its area' },
    rises: 'rises by {limit} within {time}', falls: 'falls by {limit} within {time}', changes: 'changes by {limit} within {time}', stuck: 'unchanged for {time}', stuckWithin: 'moves by at most {tolerance} for {time}',
    spike: '{limit} off the median of the {of} before', silence: 'no data for more than {time}', state: 'state is {states}', bits: 'bit {bits} is set | any of bits {bits} is set',
    higher: '{limit} above the mean of {others}', lower: '{limit} below the mean of {others}', differs: 'differs from the mean of {others} by {limit}', meanOf: 'mean of {time} {said}', true: 'this is true', result: 'this gives {limit}',
    over: 'over at {limit}', overMoved: 'over when it moves', overHeard: 'over when heard', for: 'for {time}', hold: 'return must hold {time}', repeat: '{times} of {of} times',
    ofDevice: '{device} · {metric}', window: '{of}, {how} of {time}', how: { avg: 'mean', sum: 'sum', max: 'highest', min: 'lowest' },
    everyKind: 'all that measure “{metric}”', everyDevice: 'all devices of the theme', everyInput: 'all that measure what it needs', devices: 'only {names}', groups: 'only groups {names}', areas: 'only areas {names}', some: 'some devices',
  },
  weekday: { 1: 'Mon', 2: 'Tue', 3: 'Wed', 4: 'Thu', 5: 'Fri', 6: 'Sat', 7: 'Sun' },
  kinds: { title: 'What is seen', note: 'live / all', unknown: 'unknown kind', more: '{n} more kinds' },
  ended: { title: 'Over today', note: 'latest first', empty: 'No alarm has ended today', span: 'lasted {time}' },
  unseen: {
    title: 'Cannot be seen now', note: 'devices not live', empty: 'All devices are live', more: '{n} more',
    since: 'since {time}', stale: 'stale {n}', offline: 'offline {n}', never: 'never {n}',
    by: { last_will: 'last will', gateway: 'gateway', link: 'link' },
  },
  banner: {
    frozen: 'Data stream interrupted {time}', frozenNote: 'picture of {at}', retry: 'next try in {n} s', unauthorized: 'Key refused or revoked; this is the last picture',
    reconnecting: 'Reconnecting', now: 'Try now',
  },
  key: {
    title: 'Enter the access key', label: 'Access key', hint: 'Chengshu prints an address with the key when it starts; you may paste the whole line.', enter: 'Enter',
    wrong: 'This key was not accepted. Please check it.', waiting: 'Connecting to {host} …', unreachable: '{host} cannot be reached yet; trying again.', change: 'Change key',
  },
  panel: { broken: 'This panel failed; the others are not affected', retry: 'tries again every 10 s' },
  span: { s: '{n} s', m: '{n} min', h: '{n} h', hm: '{h} h {m} min', dh: '{d} d {h} h', d: '{n} d' },
  age: { now: 'now', ago: '{age} ago', s: '{n} s', m: '{n} min', h: '{n} h', hm: '{h} h {m} min', d: '{n} d', future: 'ahead of time' },
}
