// The word for a field of an entry or a column of a table of devices, by its name on the wire; one that this page does not
// know (somebody's own heading) stands for itself.
import { t } from '../i18n'

const KNOWN = [
  'name', 'kind', 'department', 'area', 'place', 'lng', 'lat', 'datum', 'gateway', 'vendor', 'model', 'serial', 'installed', 'warranty_until', 'contact', 'state', 'registration',
] as const

export function fieldWord(field: string): string {
  if (field === 'device' || field === 'theme') return t(`importer.${field}`)
  // A list is called otherwise in a form, where its separator must be named.
  if (field === 'groups' || field === 'tags') return t(field === 'groups' ? 'entry.group' : 'entry.tag')
  const known = KNOWN.find((k) => k === field)
  return known ? t(`entry.${known}`) : field
}
