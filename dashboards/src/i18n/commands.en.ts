// The words of commands to devices and of the ways that they take, in English. The type makes a missing or a surplus key a
// compile error.
import type { commandsZh } from './commands.zh'

export const commandsEn: typeof commandsZh = {
  orders: {
    title: 'Commands', note: 'each one is kept with its journal', choose: 'What the device shall do', dangerous: 'needs a second person', dangerousNote: 'these rewrite or erase what the device holds: asked for first, sent when somebody else agrees', other: 'Another command', otherNote: 'only the device knows what its name and parameters mean', name: 'Name', params: 'Parameters (a JSON object)',
    unheard: 'The device has not been heard yet; nobody knows by which link to reach it.', noWay: 'The device is heard by link {link}, which carries no commands.', source: 'Source: {source}', noParams: 'Takes no parameters', optional: 'optional', range: '{low} to {high}', person: 'Your name', personNote: 'goes into the journal; this browser remembers it',
    expires: 'Give up after', span: { '600': '10 minutes', '3600': '1 hour', '86400': '1 day', '604800': '7 days' }, send: 'Send', request: 'Ask for it…', sending: 'Writing it down…', sent: 'No. {id} is written down and on its way.', requested: 'No. {id} is written down and waits for a second person.',
    confirm: 'Ask {device} for “{name}”?', confirmGo: 'Yes, ask for it', lost: 'Will be lost: ', second: 'It is not sent yet: somebody else has to agree to it here.',
    wrong: { missing: 'is needed', whole: 'must be a whole number', range: 'must be a whole number from {low} to {high}', time: 'must be a date and time', long: 'too long, 1000 bytes at most', name: '1 to 64 of a-z, 0-9 and _', json: 'must be a JSON object such as {example}', person: 'a name, 100 characters at most', same: '{who} asked for it; somebody else must agree' },
    list: 'Commands so far', listNote: 'newest first', none: 'Nothing was asked of it yet', older: 'Older ones', asked: 'asked for by {who} at {at}', agreed: '{who} agreed', until: 'void in {time}', tries: 'unanswered for the {n}. time', reason: 'Why', number: 'No. {id}', result: 'What the device answered', raw: 'Raw JSON', journal: 'Journal', noAnswer: 'The device confirmed it and sent no data',
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
      reset_device: 'the device restarts and forgets its present state; until it is up again it neither measures nor warns.',
    },
    known: { clear_storage: 'Clear storage', factory_reset: 'Factory reset', set_password: 'Set password', set_parameter: 'Set parameter', reset_device: 'Reset device' },
    column: { id: 'Code', name: 'Name', metric: 'Metric', value: 'Value', unit: 'Unit', at: 'Time', device: 'Device', quality: 'Quality', text: 'Text', state: 'State', version: 'Version', time: 'Time', kind: 'Kind', count: 'Count', station: 'Station', seconds: 'Seconds', minutes: 'Minutes' },
    yes: 'yes', no: 'no',
  },
  orderCode: {
    not_connected: 'the device is not connected now', timeout: 'the device did not answer; whether it was done is not known', refused: 'the device refused', busy: 'the device is busy', connection_lost: 'the connection broke before the answer; whether it was done is not known', no_way: 'the link that heard it last carries no commands', bad_param: 'a parameter is wrong', unknown_command: 'this kind of device does not know the command', outcome_unknown: 'the hub restarted after it was sent; whether it was done is not known',
    bad_password: 'wrong password', bad_mn: 'wrong device number', bad_st: 'wrong system type', bad_flag: 'wrong flag', bad_qn: 'wrong request number', bad_cn: 'the device does not know the command', bad_crc: 'the device says that the check sum is wrong', unknown_error: 'the device says: unknown error', failed: 'the device failed and does not say why', condition: 'the device says that a condition is not met', device_timeout: 'the device’s own instrument did not answer', fault: 'the device is at fault', no_data: 'the device has no such data', unknown_result: 'the device’s answer means nothing to the hub', crc: 'the check of the answer is wrong', stopped: 'the link stopped',
  },
  lines: {
    title: 'Links in detail', summary: 'links: {n} · devices or gateways connected: {peers} · deviations: {deviations}', listening: 'Listens at', callsOut: 'calls out itself', peers: 'Connected', peersNone: '–', messages: 'Messages', rejected: 'Rejected', deviations: 'Deviations', none: 'none', noLinks: 'There is no link', note: 'Since the hub started. Deviation = not as the standard says, and tolerated, refused, or ended for it',
  },
  deviation: {
    crc: 'wrong CRC', checksum: 'wrong check sum', length: 'wrong length', length_field: 'length field untrue', length_crc: 'wrong length and CRC', end_mark: 'wrong end mark', end_mark_missing: 'end mark missing', silent: 'silent for too long, ended', closed: 'closed by the peer', connection_lost: 'connection lost', peers_full: 'no room for more peers', unfinished_too_large: 'too much that is no frame, ended', datagram_dropped: 'datagram dropped', broken: 'failed here, ended',
    address_changed: 'device at a new address', implausible: 'value not plausible', gap_asked: 'device asked to fill a gap', answer_not_taken: 'answer not taken', stopped: 'hub stopped', garbage: 'bytes that belong to no frame',
  },
}
