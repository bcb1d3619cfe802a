// English is complete: the same keys and the same parameters as the Chinese source.
import { expect, test } from 'vitest'
import { en } from './en'
import { zh } from './zh'

function flat(tree: object, path = ''): Record<string, string> {
  return Object.assign({}, ...Object.entries(tree).map(([k, v]: [string, unknown]) =>
    typeof v === 'string' ? { [`${path}${k}`]: v } : flat(v as object, `${path}${k}.`))) as Record<string, string>
}
const params = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort()

test('same keys, same parameters, nothing empty', () => {
  const a = flat(zh), b = flat(en)
  expect(Object.keys(b).sort()).toEqual(Object.keys(a).sort())
  for (const key of Object.keys(a)) {
    expect(b[key], key).toBeTruthy()
    expect(params(b[key]!), key).toEqual(params(a[key]!))
  }
})
