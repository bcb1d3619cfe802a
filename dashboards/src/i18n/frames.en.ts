// The words of the page where technicians try frames of field protocols by hand, in English. The type makes a missing or a
// surplus key a compile error.
import type { framesZh } from './frames.zh'

export const framesEn: typeof framesZh = {
  frames: {
    title: 'Frames', note: 'only tried here; nothing is stored', nav: 'Decode or encode', decode: 'Decode', encode: 'Encode', protocol: 'Protocol', form: 'What is pasted', hex: 'Hex', text: 'Text', input: 'Message', inputHint: 'blanks, line ends, colons and 0x may stand in it', textHint: 'as it came, from ## on', received: 'Arrived at', receivedNote: 'optional, now by default; times too far from it would be rejected', go: 'Decode', going: 'Decoding…', example: 'Fill in an example', clear: 'Clear',
    open: 'Decode it', names: { sl651: 'SL 651-2014 hydrology', gb26875: 'GB/T 26875.3 fire', hj212: 'HJ 212 pollution' },
    found: 'frames: {n}', foundBad: 'frames: {n}, wrong: {bad}', none: 'No frame was found', ok: 'Frame {n}', bad: 'Wrong, no. {n}', at: 'from byte {n} on', offset: 'wrong at byte {n} (counted from 0, hex {hex})', past: 'wrong at the end: byte {n} is missing', readings: 'Readings', noReadings: 'No readings', events: 'Events', rejected: 'Would not be stored', fields: 'Fields', bytes: 'Bytes', take: 'Take to the encoder', reading: { device: 'Device', metric: 'Metric', value: 'Value', unit: 'Unit', at: 'Time', quality: 'Quality' }, event: { kind: 'Kind', severity: 'Severity', key: 'Dedup key', detail: 'Detail' }, good: 'good',
    item: 'no. {n}', empty: 'empty', count: 'items: {n}',
    wrong: { empty: 'paste a message first', odd: 'an odd number of hex digits: half a byte is missing', digit: 'character {n}, “{c}”, is no hex digit', big: 'more than 64 KiB; please cut it', json: 'this is no JSON: {why}', noFrame: 'write a frame as JSON first', time: 'must be a date and time' },
    frame: 'Frame (JSON)', frameHint: 'the same as the JSON of “Fields” in a decoded one; length and check are worked out anew', encodeGo: 'Encode', encoding: 'Encoding…', bytesOut: 'bytes: {n}', textOut: 'Text', copy: 'Copy', copied: 'Copied', copyFailed: 'the browser does not let us copy; please select it and copy by hand', check: 'Take to the decoder', taken: 'Taken from a decoded frame',
    key: {
      form: 'Form', direction: 'Direction', direction_nibble: 'Direction digit', center: 'Centre', station: 'Station', password: 'Password', function: 'Function', function_zh: 'Function (Chinese)', function_en: 'Function in words', body_length: 'Body length', start: 'Start mark', end: 'End mark', crc: 'Check', serial: 'Serial', send_time: 'Sent at', elements: 'Elements', observe_time: 'Observed at', packets: 'Packets', packet: 'Packet', body: 'Body', raw: 'As sent', kind: 'Kind', code: 'Code', adcode: 'Division', number: 'Number', version_bytes: 'Version', time: 'Time', src_hex: 'Source address', dst_hex: 'Destination address', app_length: 'Application length', command: 'Command', checksum: 'Check sum', app: 'Application unit', type: 'Type', count: 'Objects', objects: 'Information objects', length: 'Length', QN: 'Request number', ST: 'System', CN: 'Command number', PW: 'Password', MN: 'Device number', Flag: 'Flag', CP: 'Parameters', Flag_bits: 'Flag bits', DataTime: 'Data time',
    },
  },
}
