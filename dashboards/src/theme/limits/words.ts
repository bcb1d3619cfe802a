// A limit in words: "≥ 15.0 cm", or the word of the state at which it is raised. Pure.
import type { Rule } from '../../api/types'
import { num } from '../../format'
import { pick, t } from '../../i18n'
import type { Catalogue } from '../../live/catalogue'

/** The theme of a rule stands before the dot of its id. */
const themeOf = (rule: Rule) => rule.id.split('.')[0]!

export function limitWords(catalogue: Catalogue, rule: Rule, value: number = rule.raise): string {
  const theme = catalogue.themes.length === 1 ? catalogue.themes[0]!.id : themeOf(rule)
  const metric = catalogue.metric(theme, rule.kind, rule.metric)
  const state = pick(catalogue.word(metric, value))
  if (state) return t('limits.is', { value: state })
  const shown = `${num(value, metric?.precision ?? 1)} ${metric?.unit ?? ''}`.trim()
  return t(rule.direction === 'below' ? 'limits.below' : 'limits.above', { value: shown })
}
