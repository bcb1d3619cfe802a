// The words of commands to devices and of the ways that they take, in English. The type makes a missing or a surplus key a
// compile error.
import type { commandsZh } from './commands.zh'

export const commandsEn: typeof commandsZh = {
  orders: {
    title: 'Commands', note: 'each one is kept with its journal', choose: 'What the device shall do', dangerous: 'needs a second person', dangerousNote: 'these erase, rewrite or switch something: asked for first, sent when somebody else agrees', other: 'Another command', otherNote: 'only the device knows what its name and parameters mean', name: 'Name', params: 'Parameters (a JSON object)',
    unheard: 'The device has not been heard yet; nobody knows by which link to reach it.', noWay: 'The device is heard by link {link}, which carries no commands.', source: 'Source: {source}', noParams: 'Takes no parameters', optional: 'optional', range: '{low} to {high}', person: 'Your name', personNote: 'goes into the journal; this browser remembers it',
    expires: 'Give up after', span: { '600': '10 minutes', '3600': '1 hour', '86400': '1 day', '604800': '7 days' }, send: 'Send', request: 'Ask for it…', sending: 'Writing it down…', sent: 'No. {id} is written down and on its way.', requested: 'No. {id} is written down and waits for a second person.',
    confirm: 'Ask {device} for “{name}”?', confirmGo: 'Yes, ask for it', lost: 'Lost or changed: ', second: 'It is not sent yet: somebody else has to agree to it here.',
    wrong: { missing: 'is needed', whole: 'must be a whole number', range: 'must be a whole number from {low} to {high}', time: 'must be a date and time', long: 'too long, 1000 bytes at most', name: '1 to 64 of a-z, 0-9 and _', json: 'must be a JSON object such as {example}', person: 'a name, 100 characters at most', same: '{who} asked for it; somebody else must agree' },
    list: 'Commands so far', listNote: 'newest first', none: 'Nothing was asked of it yet', older: 'Older ones', asked: 'asked for by {who} at {at}', agreed: '{who} agreed', until: 'void in {time}', tries: 'unanswered so far: {n}', reason: 'Why', number: 'No. {id}', result: 'What the device answered', raw: 'Raw JSON', reveal: 'Show', journal: 'Journal', noAnswer: 'The device confirmed it and sent no data',
    agree: 'Agree', agreeGo: 'Agree and send', agreeName: 'Name of who agrees', agreeNote: 'somebody other than {who}', cancel: 'Call off', cancelGo: 'Yes, call it off', cancelName: 'Name of who calls it off', back: 'Back',
    queued: 'Commands that wait for a second person: {n}', queuedMore: '{n} more', see: 'Look at it',
    standing: {
      queued: 'Waits for a second person', approved: 'About to be sent', waits: 'Waits for the device', again: 'Will be tried again', sent: 'Sent, waits for the answer', confirmed: 'Confirmed by the device', failed: 'Not done', unsure: 'Not known whether it was done', expired: 'Expired, not done', cancelled: 'Called off',
    },
    step: { queued: 'asked for, waits for a second person', approved: 'may be sent', sent: 'sent', confirmed: 'confirmed by the device', failed: 'not done', expired: 'expired', cancelled: 'called off' },
    loss: {
      any: 'it rewrites or erases data or settings of the device, and cannot be taken back once it is sent.',
      set_password: 'the old password is void at once. If the new one is mistyped or lost, neither this hub nor the maker’s platform can reach the device until somebody resets it on site.',
      set_parameter: 'the present value is overwritten and later readings follow the new one; the device keeps no copy.',
      clear_storage: 'all history in the device’s own memory; readings that were never resent cannot be had back.',
      factory_reset: 'all settings and all history of the device: address, password, elements and centre addresses have to be set again on site, and it may be out of reach until then.',
      initialise: 'settings and records of the transmission device, which restarts; meanwhile no fire and no fault is passed on, and nothing behind it can be seen.',
      pump: 'pumps start or stop at once and change level and flow; a stopped one may flood, a dry one may burn. First make sure that nobody works there.',
      valve: 'valves open or close at once and change supply and pressure on both sides. First make sure that nobody works there.',
      gate: 'gates move at once and change the level on both sides; water that was let go does not come back. First make sure that nobody is downstream or works there.',
      quota: 'the water quota comes into force or ends: in force, supply stops when it is used up; without it, nothing is limited.',
    },
    known: { clear_storage: 'Clear storage', factory_reset: 'Factory reset', set_password: 'Change password', set_parameter: 'Set parameter', initialise: 'Initialise device', pump: 'Switch pumps', valve: 'Switch valves', gate: 'Switch gates', quota: 'Water quota control' },
    column: { id: 'Code', name: 'Name', metric: 'Metric', value: 'Value', unit: 'Unit', at: 'Time', device: 'Device', quality: 'Quality', text: 'Text', state: 'State', version: 'Version', time: 'Time', kind: 'Kind', count: 'Count', station: 'Station', seconds: 'Seconds', minutes: 'Minutes', function: 'Function', serial: 'Serial', send_time: 'Sent at', elements: 'Elements', data: 'Data', confirmed: 'Confirmed', answered: 'Answered', operator: 'Operator' },
    yes: 'yes', no: 'no',
  },
  lines: {
    title: 'Links in detail', summary: 'links: {n} · devices or gateways connected: {peers} · deviations: {deviations}', listening: 'Listens at', callsOut: 'calls out itself', peers: 'Connected', peersNone: '–', messages: 'Messages', rejected: 'Rejected', deviations: 'Deviations', none: 'none', noLinks: 'There is no link', note: 'Since the hub started. Deviation = not as the standard says, and tolerated, refused, or ended for it',
  },
}
