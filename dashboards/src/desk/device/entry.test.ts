// The form of an entry: what is sent, what cannot be, and how two people's changes come together.
import { describe, expect, test } from 'vitest'
import { differing, fieldOf, NO_ENTRY, rebase, toEntry, toForm, wrongOf } from './entry'

const ENTRY = { ...NO_ENTRY, name: '河道站 07', department: '水务局', vendor: '甲', groups: ['汛期', '重点'], place: { lng: 111.9, lat: 21.8, datum: 'cgcs2000' as const } }
const base = toForm(ENTRY)

test('what is read is what is sent', () => expect(toEntry(base)).toEqual(ENTRY))
test('blanks are nothing, lists are cleaned', () => {
  expect(toEntry({ ...base, name: '  ', groups: ' a; b；；a ' })).toMatchObject({ name: null, groups: ['a', 'b'] })
  expect(toEntry({ ...base, lng: '', lat: '' }).place).toBeNull()
})

test.each([
  [{ lng: '', lat: '21.8' }, [{ field: 'lng', code: 'both' }]],
  [{ lng: '111,9' }, [{ field: 'lng', code: 'number' }]],
  [{ lat: '111.9' }, [{ field: 'lat', code: 'lat' }]],
  [{}, []],
])('%o cannot be sent: %o', (change, wrong) => expect(wrongOf({ ...base, ...change })).toEqual(wrong))

test('blanks are no difference', () => expect(differing(base, { ...base, name: ' 河道站 07 ', groups: '汛期;重点' })).toEqual([]))

describe('somebody else saved first', () => {
  test('what I did not touch becomes theirs, what I changed stays mine', () => {
    const { form, both, theirs } = rebase(base, { ...base, name: '我的' }, { ...base, vendor: '乙' })
    expect(form).toMatchObject({ name: '我的', vendor: '乙' })
    expect([both, theirs]).toEqual([[], ['vendor']])
  })
  test('what we both changed is named', () => expect(rebase(base, { ...base, name: '我的' }, { ...base, name: '他的' })).toMatchObject({ form: { name: '我的' }, both: ['name'], theirs: [] }))
  test('the same change by both is no clash', () => expect(rebase(base, { ...base, name: '新' }, { ...base, name: '新' }).both).toEqual([]))
  test('a place is one thing', () => expect(rebase(base, { ...base, lng: '112' }, { ...base, lat: '21.7' }).form).toMatchObject({ lng: '112', lat: '21.8' }))
})

test.each([['entry.name', 'name'], ['name', 'name'], ['place.lng', 'lng'], ['place', 'lng'], ['groups[1]', 'groups'], ['version', null]])('%s is the field %s', (name, field) => expect(fieldOf(name)).toBe(field))
