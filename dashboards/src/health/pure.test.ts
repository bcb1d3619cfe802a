// The pure parts of the health page: sums, groups, bytes, and a list that never hides a gap.
import { expect, test } from 'vitest'
import type { AdapterBook, SetAside, Unseen } from '../api/types'
import { decodeRaw, hexDump, showText } from '../format/bytes'
import { withNewest, withOlder } from './aside/rows'
import { groupUnseen, matches, unseenSince } from './board/group'
import { differenceOf, openOf, reasonsOf } from './ledger/sums'

const book = (more: Partial<AdapterBook> = {}): AdapterBook =>
  ({ link: 'l', name: 'l', received: 100, stored: 80, duplicate: 5, conflict: 1, rejected: { a: 3, b: 4, z: 0 }, spooled: 6, in_flight: 1, messages: 9, difference: 0, ...more })

test('the equation', () => {
  expect(differenceOf(book())).toBe(0)
  expect(differenceOf(book({ received: 98 }))).toBe(-2)
  expect(openOf(book())).toBe(7)
  expect(reasonsOf(book())).toEqual([['b', 4], ['a', 3]])
})

test('groups keep the order within them', () => {
  const u = (kind: Unseen['kind'], id: string, theme: string | null = null) => ({ kind, id, theme, name: null, gateway: null }) as Unseen
  const groups = groupUnseen([u('device', '2', 'fire'), u('link', 'l'), u('device', '1', 'water'), u('device', '9', 'fire'), u('database', 'db')])
  expect(groups.map((g) => [g.key, g.rows.map((r) => r.id)])).toEqual([['database', ['db']], ['link', ['l']], ['device/fire', ['2', '9']], ['device/water', ['1']]])
  expect([matches(u('device', 'JC-R-1'), ' jc-r '), matches(u('device', 'x'), 'y'), matches(u('device', 'x'), '')]).toEqual([true, false, true])
})

test('an offline device was unseen before it was called offline; the longest unseen comes first', () => {
  const u = (id: string, state: string, since: number, last_heard: number | null = 0) => ({ kind: 'device', id, state, since, last_heard, deadline_s: 30 }) as Unseen
  expect([u('a', 'offline', 60_000), u('b', 'stale', 30_000), u('c', 'offline', 5_000), u('d', 'never', 1, null)].map(unseenSince)).toEqual([30_000, 30_000, 5_000, 1])
  const [group] = groupUnseen([u('n', 'never', 1, null), u('b', 'stale', 50_000, 20_000), u('a', 'offline', 60_000)])
  expect(group!.rows.map((r) => r.id)).toEqual(['a', 'b', 'n'])
})

test('bytes as text and as hex', () => {
  expect(showText('a\u0000b\tc\nd\ufeff')).toBe('a␀b␉c␊\nd⟨BOM⟩')
  expect([...decodeRaw('fn4=', 'base64')]).toEqual([0x7e, 0x7e])
  expect(hexDump(decodeRaw('0123456789abcdefé', 'utf8')).split('\n')).toEqual([
    '0000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  0123456789abcdef',
    '0010  c3 a9                                             ··',
  ])
  expect(hexDump(new Uint8Array())).toBe('')
})

const rows = (...ids: number[]) => ids.map((id) => ({ id, replayed: null }) as SetAside)
const ids = (held: { rows: SetAside[] }) => held.rows.map((r) => r.id)

test('a fresh first page joins what was read before, as long as nothing lies between', () => {
  const first = withNewest(null, { rejected: rows(9, 8, 7), next: 7 })
  const more = withOlder(first, { rejected: rows(6, 5, 4), next: null })
  expect([ids(more), more.next]).toEqual([[9, 8, 7, 6, 5, 4], null])
  const joined = withNewest(more, { rejected: rows(11, 10, 9), next: 9 })
  expect([ids(joined), joined.next]).toEqual([[11, 10, 9, 8, 7, 6, 5, 4], null])
  const gap = withNewest(more, { rejected: rows(30, 29, 28), next: 28 })
  expect([ids(gap), gap.next]).toEqual([[30, 29, 28], 28])
})
