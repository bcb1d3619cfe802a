// A photo keeps its shape and is never made larger.
import { expect, test } from 'vitest'
import { fitted, LONGEST } from './shrink'

test('the longer side is bounded, the shape stays, small ones stay as they are', () => {
  expect(fitted(4032, 3024)).toEqual([LONGEST, 1200])
  expect(fitted(3024, 4032)).toEqual([1200, LONGEST])
  expect(fitted(640, 480)).toEqual([640, 480])
  expect(fitted(100_000, 3)).toEqual([LONGEST, 1])
})
