// What the hub says of a sign-in by a provider that came to nothing, in words: a code stands in the fragment of the address.
import { i18n, t } from '../i18n'

/** Words for a code; a hub that is newer than this page may say one that is not known here. */
export function refusalWords(code: string | undefined, provider: string): string {
  if (!code) return ''
  const known = i18n.global.te(`sso.refused.${code}`, 'zh') ? code : 'untrusted'
  return t(`sso.refused.${known as 'untrusted'}`, { name: provider })
}
