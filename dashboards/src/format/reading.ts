// A reading in words: a state's word, or number and unit with the precision that its theme declares.
import type { Catalogue } from '../live/catalogue'
import { pick } from '../i18n'
import { loose, num } from './index'

export interface Shown {
  name: string
  text: string
  unit: string
  /** A state with a word of its own: nothing that is above or below anything. */
  state: boolean
}

export function showReading(
  catalogue: Catalogue, where: { theme: string; kind?: string | null }, metric: string, value: number, unit: string,
): Shown {
  const definition = catalogue.metric(where.theme, where.kind, metric)
  const word = pick(catalogue.word(definition, value))
  return {
    name: pick(definition?.name) ?? metric,
    text: word ?? (definition ? num(value, definition.precision) : loose(value)),
    unit: word ? '' : (definition?.unit ?? unit),
    state: word !== undefined,
  }
}

/** The metric's name before its value; not where the state is called like the metric ("故障"), which would say it twice. */
export const nameBefore = (name: string, shown: Shown): string => (shown.state && shown.text === name ? '' : name)
