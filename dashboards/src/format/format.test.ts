// Numbers, ages and times, in both languages.
import { afterEach, describe, expect, test } from 'vitest'
import { lang } from '../state/prefs'
import { age, bytes, dayOf, elapsed, lag, loose, num, span, time, when } from './index'

afterEach(() => (lang.value = 'zh'))
const S = 1000, M = 60 * S, H = 60 * M

test.each([[200, '刚刚'], [12 * S, '12 秒'], [5 * M, '5 分'], [2 * H, '2 时'], [3 * H + 12 * M, '3 时 12 分'], [30 * H, '30 时'], [72 * H, '3 天'], [-5 * S, '时间超前']])(
  'age %i → %s', (ms, text) => expect(age(ms)).toBe(text),
)

test.each([[0, '00:00'], [42 * S, '00:42'], [59 * M + 59 * S, '59:59'], [H + 2 * S, '1:00:02'], [-9, '00:00']])(
  'elapsed %i → %s', (ms, text) => expect(elapsed(ms)).toBe(text),
)

test.each([[40 * S, '40 秒'], [3 * M + 59 * S, '3 分钟'], [2 * H, '2 小时'], [3 * H + 12 * M, '3 小时 12 分'], [30 * H, '30 小时'], [51 * H, '2 天 3 小时'], [20 * 24 * H + H, '20 天'], [-5, '0 秒']])(
  'span %i → %s', (ms, text) => expect(span(ms)).toBe(text),
)

test('bytes and days', () => {
  expect([bytes(0), bytes(999), bytes(2048), bytes(1_284_000_000)]).toEqual(['0 B', '999 B', '2.0 KiB', '1.2 GiB'])
  expect(dayOf(Date.parse('2026-11-22T16:10:00Z'))).toBe('2026-11-23')
})

describe('numbers', () => {
  test('precision and grouping', () => expect([num(1284), num(3.2, 2), num(-0.5, 1)]).toEqual(['1,284', '3.20', '−0.5']))
  test('undeclared precision', () => expect([loose(3), loose(3.14159), loose(1234.56)]).toEqual(['3', '3.14', '1,234.6']))
  test('lag', () => expect([lag(120), lag(820.4), lag(2_140), lag(41_000)]).toEqual([['120', 'ms'], ['820', 'ms'], ['2.1', 's'], ['41', 's']]))
})

test('times are the district\'s, not the browser\'s', () => {
  const at = Date.parse('2026-11-22T16:42:07+08:00')
  expect(time(at, 'clock')).toBe('16:42:07')
  expect(when(at, at + H)).toBe('16:42')
  expect(when(at, at + 40 * H)).toBe('11/22 16:42')
  lang.value = 'en'
  expect(age(72 * H)).toBe('3 d')
})
