// Words that several views of accounts share: how far a grant reaches, from when to when, how somebody's account stands.
import { PARTS } from '../access/grants'
import type { Extent, Grant, Person } from '../api/access-types'
import { stamp, time } from '../format'
import { pick, t } from '../i18n'
import type { Theme } from '../api/types'

/** Of a theme its name, where this window knows it. */
export function extentWords(e: Extent, themes: readonly Theme[] = []): string {
  const named = PARTS.flatMap((part) => {
    const names = e[part]
    if (names === 'all') return []
    const words = part === 'themes' ? names.map((id) => pick(themes.find((x) => x.id === id)?.name) ?? id) : names
    return [`${t(`grants.part.${part}`)} ${words.join(t('metrics.comma'))}`]
  })
  return named.length ? named.join(' · ') : t('grants.everywhere')
}
export const scopeWords = (scope: readonly Extent[], themes: readonly Theme[] = []): string => (scope.length ? scope.map((e) => extentWords(e, themes)).join(` ${t('grants.or')} `) : t('grants.nowhere'))

const short = (at: number) => stamp(at).slice(0, 16)
export function timesWords({ from, until }: Pick<Grant, 'from' | 'until'>): string {
  if (from !== null && until !== null) return t('grants.between', { from: short(from), until: short(until) })
  if (from !== null) return t('grants.since', { from: short(from) })
  return until !== null ? t('grants.till', { until: short(until) }) : t('grants.always')
}

export type PersonState = 'active' | 'disabled' | 'locked' | 'fresh'
export function stateOf(p: Person, now: number): PersonState {
  if (p.disabled) return 'disabled'
  if (p.locked_until !== null && p.locked_until > now) return 'locked'
  return p.last_login === null ? 'fresh' : 'active'
}
export const stateWords = (p: Person, now: number): string => t(`people.st.${stateOf(p, now)}`, { at: p.locked_until === null ? '' : time(p.locked_until, 'minute') })
