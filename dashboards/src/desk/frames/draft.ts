// What stands in the fields of the frames page: kept while this window lives, so that going to a device and back loses
// nothing, and so that other pages can hand bytes over.
import { ref } from 'vue'
import { PROTOCOLS, type Protocol } from '../../api/frames'

export type Mode = 'hex' | 'text'

export const protocol = ref<Protocol>('sl651')
export const mode = ref<Mode>('hex')
export const input = ref('')
/** Of a field for date and time, in the district's zone; empty: now. */
export const received = ref('')
/** JSON of the frame to be encoded. */
export const frame = ref('')

/** The one that is a protocol of text. */
export const usualMode = (p: Protocol): Mode => (p === 'hj212' ? 'text' : 'hex')

/** Of a link such as `sl651:field`; none of any other link. */
export const protocolOf = (link: string): Protocol | undefined => PROTOCOLS.find((p) => link.split(':')[0] === p)

export function choose(p: Protocol): void {
  if (p !== protocol.value && !input.value) mode.value = usualMode(p)
  protocol.value = p
}

export function hand(p: Protocol, how: Mode, text: string, at = ''): void {
  protocol.value = p
  mode.value = how
  input.value = text
  received.value = at
}
