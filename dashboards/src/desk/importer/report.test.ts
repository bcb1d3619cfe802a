// The import dialog's decisions: which format, what may be imported.
import { expect, test } from 'vitest'
import type { ImportReport } from '../../api/register-types'
import { formatOf, inOrder, isNothing, isReady } from './report'

test.each([['设备.csv', 'csv'], ['a.b.XLSX', 'xlsx'], ['map.geojson', 'geojson'], ['map.json', 'geojson'], ['scan.pdf', null], ['csv', 'csv']])('%s is %s', (name, format) => expect(formatOf(name)).toBe(format))

const report = (over: Partial<ImportReport>): ImportReport => ({ dry_run: true, rows: 3, created: 1, changed: 1, unchanged: 1, errors: [], ...over })
test('only what was checked without a mistake and changes something can be imported', () => {
  expect([isReady(report({})), isReady(null), isReady(report({ dry_run: false })), isReady(report({ errors: [{ line: 2, column: 'lng', read: 'x', expected: 'y' }] })), isReady(report({ created: 0, changed: 0 }))]).toEqual([true, false, false, false, false])
  expect(isNothing(report({ created: 0, changed: 0 }))).toBe(true)
})
test('mistakes stand in the order of the file', () => expect(inOrder([9, 2, 5].map((line) => ({ line, column: 'c', read: '', expected: '' }))).map((e) => e.line)).toEqual([2, 5, 9]))
