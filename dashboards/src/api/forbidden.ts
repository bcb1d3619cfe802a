// What to say when the hub forbids: which right is missing, in the words of people, wherever the hub names one. A refusal that has
// another reason keeps the hub's own words.
import { i18n, t } from '../i18n'
import type { RightId } from './access-types'
import type { Problem } from './types'

/** Refusals of the accounts' routes that are not about a missing right. */
const OTHERS = new Set(['own_grants', 'csrf', 'roles_exclude'])

const isRight = (id: unknown): id is RightId => typeof id === 'string' && i18n.global.te(`right.${id}`, 'zh')

export function forbidden(problem: Problem | null): string | null {
  if (problem && OTHERS.has(problem.code)) return i18n.global.te(`denied.${problem.code}`, 'zh') ? t(`denied.${problem.code as 'own_grants'}`) : null
  const named = (problem as { params?: { right?: unknown } } | null)?.params?.right
  const right = isRight(named) ? named : /\bright\s+["`]?([a-z_]+)/.exec(problem?.detail ?? '')?.[1]
  return isRight(right) ? t('denied.right', { right: t(`right.${right}`) }) : t('denied.some')
}
