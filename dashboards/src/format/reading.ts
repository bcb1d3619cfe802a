// A reading in words: a state's word, or number and unit with the precision that its theme declares.
import type { Catalogue } from '../live/catalogue'
import { pick } from '../i18n'
import { loose, num } from './index'

export interface Shown { name: string; text: string; unit: string }

export function showReading(
  catalogue: Catalogue, where: { theme: string; kind?: string | null }, metric: string, value: number, unit: string,
): Shown {
  const definition = catalogue.metric(where.theme, where.kind, metric)
  const word = pick(catalogue.word(definition, value))
  return {
    name: pick(definition?.name) ?? metric,
    text: word ?? (definition ? num(value, definition.precision) : loose(value)),
    unit: word ? '' : (definition?.unit ?? unit),
  }
}
