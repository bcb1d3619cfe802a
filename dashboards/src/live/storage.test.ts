// One word for database and spool together, and which values are not stored yet.
import { expect, test } from 'vitest'
import type { Spool, Status } from '../api/types'
import { storageOf, unstoredSince, type StorageState } from './storage'

const spool = (state: Spool['state'], more: Partial<Spool> = {}): Spool =>
  ({ state, records: 0, readings: 0, bytes: 0, bytes_max: 100, oldest: null, lost: 0, reason: null, ...more })
const status = (db: 'up' | 'down', s?: Spool | null) => ({ database: { state: db, since: 1_000, reason: 'refused' }, spool: s }) as Pick<Status, 'database' | 'spool'>

test.each<['up' | 'down', Spool | null | undefined, StorageState, boolean]>([
  ['up', undefined, 'ok', false], ['up', null, 'ok', false], ['up', spool('empty'), 'ok', false],
  ['down', undefined, 'away', false], ['down', spool('empty'), 'away', false], ['down', spool('spooling'), 'away', false],
  ['up', spool('draining'), 'draining', false], ['up', spool('spooling'), 'spooling', false],
  ['down', spool('full'), 'full', true], ['up', spool('full'), 'full', true], ['down', spool('failing'), 'failing', true],
])('%s and %o → %s', (db, s, state, alarm) => expect(storageOf(status(db, s))).toMatchObject({ state, alarm }))

test('since, reason and fill come along', () => {
  expect(storageOf(status('down', spool('spooling', { bytes: 25 })))).toMatchObject({ since: 1_000, reason: 'refused', fill: 0.25 })
  expect(storageOf(status('down', spool('failing', { reason: 'no space left' }))).reason).toBe('no space left')
  expect(storageOf(status('up'))).toMatchObject({ since: null, reason: null, fill: null })
})

test('not stored: from the loss of the database on, or from the oldest in the spool, whichever is earlier', () => {
  expect(unstoredSince(null)).toBe(Infinity)
  expect(unstoredSince(status('up', spool('empty', { oldest: 5 })))).toBe(Infinity)
  expect(unstoredSince(status('down'))).toBe(1_000)
  expect(unstoredSince(status('down', spool('spooling', { oldest: 900 })))).toBe(900)
  expect(unstoredSince(status('up', spool('draining', { oldest: 1_500 })))).toBe(1_500)
})
