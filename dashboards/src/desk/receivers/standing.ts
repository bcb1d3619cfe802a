// How a receiver stands, in a word, and why it is not told, in words that people know: the hub's own words are for whoever mends it, and
// stand beside them. Pure.
import type { Receiver, ReceiverOrder } from '../../api/receivers'

export type Standing = 'paused' | 'bad' | 'fresh' | 'good'
export const standingOf = (r: Receiver): Standing => (!r.enabled ? 'paused' : r.error != null ? 'bad' : r.tried == null ? 'fresh' : 'good')

/** Where it is told, as it is shown. */
export const whereOf = (r: Receiver): string => r.url ?? r.to ?? r.broker ?? '–'

const REASONS = [
  [/must not call/, 'forbidden'], [/too many messages/, 'rate'], [/its key is not known/, 'key'], [/its rules refuse it/, 'rules'], [/no robot's address/, 'noRobot'],
  [/no answer within|did not acknowledge/, 'silent'], [/does not encrypt/, 'plain'], [/does not let the hub in/, 'login'], [/does not take it/, 'mailbox'], [/TLS|certificate/i, 'tls'],
  [/no \[mail\] section/, 'noMail'], [/names no broker/, 'noBroker'], [/to the broker|not connected/, 'broker'], [/cannot be decrypted/, 'secret'], [/cannot be looked up/, 'name'],
  [/redirects are not followed/, 'redirect'], [/it answered 5\d\d/, 'fault'], [/it answered 4\d\d/, 'refused'], [/refused|unreachable|reset|timed out/i, 'down'],
] as const
export type ReasonWord = (typeof REASONS)[number][1] | 'other'
export const reasonOf = (error: string): ReasonWord => REASONS.find(([pattern]) => pattern.test(error))?.[1] ?? 'other'

/** The same receiver, told to the hub again: for a change of one thing. */
export function orderOf(r: Receiver): ReceiverOrder {
  const { name, channel, url, to, broker, events, themes, enabled } = r
  return { name, channel, ...(url ? { url } : {}), ...(to ? { to } : {}), ...(broker ? { broker } : {}), lang: r.lang === 'en' ? 'en' : 'zh', events: events as ReceiverOrder['events'], themes, enabled }
}
