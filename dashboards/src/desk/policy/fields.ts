// The numbers of the policy: which there are, how large they may be, which of them are spans of seconds, and below which the usual
// baseline (等保 2.0, third level, as commonly read) is left. What is weak is said, not refused.
import type { Policy } from '../../api/access-types'

export type Section = 'password' | 'lockout' | 'session'
export interface Field { section: Section; name: string; most: number; seconds?: boolean; weak?: (n: number) => boolean }

const SECONDS_MOST = 366 * 86_400
const seconds = (section: Section, name: string, weak?: (n: number) => boolean): Field => ({ section, name, most: SECONDS_MOST, seconds: true, ...(weak ? { weak } : {}) })

export const FIELDS: readonly Field[] = [
  { section: 'password', name: 'min_length', most: 128, weak: (n) => n < 8 }, { section: 'password', name: 'max_length', most: 1024, weak: (n) => n < 64 }, { section: 'password', name: 'classes', most: 4, weak: (n) => n < 3 },
  { section: 'password', name: 'history', most: 50 }, { section: 'password', name: 'max_age_days', most: 3650, weak: (n) => n === 0 || n > 180 },
  { section: 'lockout', name: 'wrong', most: 100, weak: (n) => n > 10 || n === 0 }, seconds('lockout', 'window_s'), seconds('lockout', 'lock_s', (n) => n < 60), seconds('lockout', 'longest_lock_s'), seconds('lockout', 'forget_s'),
  { section: 'lockout', name: 'address_wrong', most: 10_000 }, { section: 'lockout', name: 'address_accounts', most: 10_000 },
  seconds('session', 'idle_s', (n) => n > 3_600 || n === 0), seconds('session', 'absolute_s', (n) => n > 86_400 || n === 0), { section: 'session', name: 'most', most: 100 }, seconds('session', 'screen_s'),
]
export const SECTIONS: readonly Section[] = ['password', 'lockout', 'session']

export const valueOf = (p: Policy, f: Field): number => (p[f.section] as unknown as Record<string, number>)[f.name] ?? 0
export const isGood = (text: string, f: Field): boolean => /^\d+$/.test(text.trim()) && Number(text) <= f.most

/** The policy with what was typed; fields that this page does not know stay as they are. */
export function withTyped(p: Policy, typed: Readonly<Record<string, string>>, totp: Policy['totp_required']): Policy {
  const next = JSON.parse(JSON.stringify(p)) as Policy
  for (const f of FIELDS) if (f.name in typed) (next[f.section] as unknown as Record<string, number>)[f.name] = Number(typed[f.name])
  return { ...next, totp_required: [...totp] }
}
