// A password is judged while it is typed as the hub judges it.
import { expect, test } from 'vitest'
import { numberOf, rulesOf } from './password'

const broken = (text: string, names = ['liangdong', '梁栋']) => rulesOf(text, names).filter((r) => !r.met).map((r) => r.code)

test.each([
  ['', ['too_short', 'few_classes', 'regular', 'has_name']],
  ['Short.1', ['too_short']],
  ['alllowercaseletters', ['few_classes']],
  ['Abcdefghijkl1234', ['regular']],
  ['aA1aA1aA1aA1', ['regular']],
  ['Liangdong-2026!', ['has_name']],
  ['gnodgnaiL-2026!', ['has_name']],
  ['梁栋的口令-Ab7', ['too_short', 'has_name']],
  ['漠阳江水位-River7x', []],
  ['Jiang-Cheng.2026!', []],
])('%s breaks %o', (text, codes) => expect(broken(text)).toEqual(codes))

test('a name of one sign is no name', () => expect(broken('Jiang-Cheng.2026!', ['J', ''])).toEqual([]))

test('the number of a fault is found under whatever name', () => {
  expect(numberOf({ code: 'too_short', params: { least: 14 } })).toBe(14)
  expect(numberOf({ code: 'few_classes', needed: 3, got: 1 })).toBe(3)
  expect(numberOf({ code: 'common' })).toBeNull()
})
