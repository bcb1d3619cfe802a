// The address names the page; a fragment that names none changes nothing.
import { expect, test } from 'vitest'
import { healthHref, parseRoute } from './route'

test.each([
  ['', 'wall', 'unseen'], ['#/', 'wall', 'unseen'], ['#/elsewhere', 'wall', 'unseen'],
  ['#/health', 'health', 'unseen'], ['#/health/ledger', 'health', 'ledger'], ['#/health/nonsense', 'health', 'unseen'], ['#/health&key=x', 'health', 'unseen'],
])('%s → %s %s', (hash, page, part) => expect(parseRoute(hash)).toMatchObject({ page, part }))

test('a target inside the page is no page', () => expect(parseRoute('#alarms')).toBeNull())

test('filters go there and back, empty ones are left out', () => {
  const href = healthHref('rejected', { reason: 'undecodable', device: '泵站 3', link: '' })
  expect(parseRoute(href)).toEqual({ page: 'health', part: 'rejected', query: { reason: 'undecodable', device: '泵站 3' } })
})
