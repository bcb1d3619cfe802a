// Commissioning: only what came after the page was opened is the test message.
import { expect, test } from 'vitest'
import { heardSince, metres } from './steps'

const m = (at: number, outcome: 'taken' | 'rejected' = 'taken') => ({ at, link: 'l', source: 's', raw: '{}', raw_encoding: 'utf8' as const, outcome, reason: outcome === 'taken' ? null : 'undecodable' })

test('an old message is not the one that is waited for', () => expect(heardSince(100, [m(50), m(99)], 99)).toEqual({ state: 'waiting' }))
test('a rejected one is told, and a taken one wins', () => {
  expect(heardSince(100, [m(101, 'rejected')], null)).toMatchObject({ state: 'rejected', message: { at: 101 } })
  expect(heardSince(100, [m(101), m(102, 'rejected')], null)).toMatchObject({ state: 'seen', at: 101 })
})
test('the stream may know before the tap', () => expect(heardSince(100, [], 120)).toEqual({ state: 'seen', at: 120, message: null }))
test('metres', () => {
  expect(metres({ lng: 111.9, lat: 21.8 }, { lng: 111.9, lat: 21.801 })).toBeCloseTo(111.2, 0)
  expect(metres({ lng: 111.9, lat: 21.8 }, { lng: 111.901, lat: 21.8 })).toBeCloseTo(103.2, 0)
})
