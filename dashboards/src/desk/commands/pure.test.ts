// What decides about a command's form and its standing, by tables.
import { expect, test } from 'vitest'
import { shapeOf, tableOf } from '../../ui/tabular'
import { districtTime, readParams } from './params'
import { isName, samePerson } from './person'
import { standing } from './standing'

const whole = { name: 'n', name_zh: '', name_en: '', form: 'whole' as const, range: [1, 9] as [number, number], required: true }
const text = { ...whole, name: 's', form: 'text' as const, range: null, required: false }

test.each([['', 'missing'], ['3.5', 'whole'], ['x', 'whole'], ['10', 'range'], ['0', 'range'], ['1e1', 'whole'], ['99999999999999999999', 'whole']])('"%s" is no whole number from 1 to 9: %s', (typed, wrong) => expect(readParams([whole], { n: typed }).wrong).toEqual({ n: wrong }))
test('what is right is taken, what is blank and optional left out', () => {
  expect(readParams([whole, text], { n: ' +3 ', s: ' ' })).toEqual({ params: { n: 3 }, wrong: {} })
  expect(readParams([text], { s: '水'.repeat(334) }).wrong).toEqual({ s: 'long' })
  expect([districtTime('2026-11-22T16:42'), districtTime('2026-13-01T00:00'), districtTime('noon')]).toEqual(['2026-11-22T16:42:00+08:00', null, null])
})

test.each([
  ['approved', null, 'approved'], ['approved', 'not_connected', 'waits'], ['approved', 'busy', 'again'], ['failed', 'refused', 'failed'], ['failed', 'outcome_unknown', 'unsure'], ['expired', 'not_connected', 'expired'],
] as const)('%s with %s stands as %s', (state, code, stands) => expect(standing({ state, code })).toBe(stands))

test('the same person, however the name is spaced and cased', () => {
  expect([samePerson('Li Si', 'lisi'), samePerson('李 四', '李四'), samePerson('李四', '王五')]).toEqual([true, true, false])
  expect([isName('李四'), isName('  '), isName('a'.repeat(101)), isName('李\n四')]).toEqual([true, false, false, false])
})

test('an answer is a table where it can be one, and a tree otherwise', () => {
  expect(shapeOf([{ unit: 'm', id: '39', value: 2.9 }, { id: '38', name: 'VT', value: [1, null] }])).toMatchObject({ kind: 'rows', table: { columns: ['id', 'name', 'value', 'unit'] } })
  expect([shapeOf({ a: 1 }).kind, shapeOf({ a: [{ b: 1 }] }).kind, shapeOf([1, 2]).kind, shapeOf([]).kind, shapeOf(null).kind, shapeOf({}).kind, shapeOf('ok').kind]).toEqual(['tree', 'tree', 'tree', 'none', 'none', 'none', 'one'])
  expect(tableOf([{ a: 1 }, { b: 1 }, { c: 1 }])).toBeNull()
  expect(tableOf([{ a: { b: 1 } }])).toBeNull()
})
