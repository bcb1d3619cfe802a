// What went wrong with signing in, kindly: how long to wait where the hub says so, and never whether there is such an account.
import { ApiError } from '../api/client'
import { numberOf } from '../access/password'
import type { PasswordFault } from '../api/access-types'
import { time } from '../format'
import { i18n, t } from '../i18n'

export function loginWords(e: unknown, step: 'password' | 'code', now: number): string {
  if (!(e instanceof ApiError)) return t('health.unreachable')
  const at = e.retryAfterS === null ? null : time(now + e.retryAfterS * 1000, 'minute')
  if (e.status === 423) return at ? t('login.locked', { at }) : t('login.lockedSome')
  if (e.status === 429) return at ? t('login.limited', { at }) : t('login.limitedSome')
  if (e.status === 401) return t(step === 'code' ? 'login.codeFailed' : 'login.failed')
  return e.message
}

/** Any refusal of a desk's act, in its own place. */
export const plainWords = (e: unknown): string => (e instanceof ApiError ? e.message.replace(/^body: /, '') : t('health.unreachable'))

/** What the hub found wrong with a new password; null when that was not it. */
export function faultWords(e: unknown): string[] | null {
  const faults = e instanceof ApiError ? (e.problem as { faults?: PasswordFault[] } | null)?.faults : null
  if (!faults?.length) return null
  return faults.map((f) => (i18n.global.te(`newPassword.fault.${f.code}`, 'zh') ? t(`newPassword.fault.${f.code as 'common'}`, { n: numberOf(f) ?? '' }) : f.code))
}
