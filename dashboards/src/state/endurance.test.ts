// A wall reloads itself only when it is due and nobody needs the picture.
import { expect, test } from 'vitest'
import { shouldReload, type Facts } from './endurance'

const calm: Facts = { newVersion: false, heapShare: 0.1, topAlarm: false, frozen: false, reading: false }

test.each<[Partial<Facts>, boolean]>([
  [{}, false],
  [{ newVersion: true }, true],
  [{ heapShare: 0.9 }, true],
  [{ newVersion: true, topAlarm: true }, false],
  [{ newVersion: true, frozen: true }, false],
  [{ newVersion: true, reading: true }, false],
])('%o → %s', (facts, reload) => expect(shouldReload({ ...calm, ...facts })).toBe(reload))
