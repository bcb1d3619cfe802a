// Words of the maintenance board: what is a likely cause and what only a coincidence, and which battery comes first.
import { expect, test } from 'vitest'
import type { Battery, Cause } from '../../api/register-types'
import { isOld, urgency, weight } from './silent'

const cause = (silent: number, total: number): Cause => ({ dimension: 'gateway', key: 'GW-2', name: null, silent, total, since: 0 })
test.each([[14, 14, 20, 'likely'], [14, 15, 100, 'possible'], [3, 70, 6, 'possible'], [1, 1, 1, 'possible']])('%i of %i, %i silent in all: %s', (silent, total, all, word) => expect(weight(cause(silent, total), all)).toBe(word))

const battery = (days_left: number | null, at = 0): Battery => ({ device: 'x', name: null, state: 'live', value: 11, unit: 'V', at, per_day: -0.1, days_left })
test.each([[3, 'now'], [7, 'now'], [20, 'soon'], [90, 'later'], [null, 'unknown']])('%s days left: %s', (days, word) => expect(urgency(battery(days))).toBe(word))
test('an old value is an old forecast', () => expect([isOld(battery(3, 0), 3 * 86_400_000), isOld(battery(3, 0), 86_400_000)]).toEqual([true, false]))
