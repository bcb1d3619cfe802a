// A code is read however it is typed.
import { expect, test } from 'vitest'
import { asCode } from './code'

test.each([['4821-7035', '4821-7035'], ['48217035', '4821-7035'], [' 4821 7035 ', '4821-7035'], ['４８２１－７０３５', '4821-7035'], ['4821–7035', '4821-7035'], ['4821-703', null], ['4821-703a', null], ['', null]])('%s → %s', (typed, code) => expect(asCode(typed)).toBe(code))
