// The address names the page; a fragment that names none changes nothing.
import { expect, test } from 'vitest'
import { deskHref, deviceHref, healthHref, parseRoute, personHref, themeHref } from './route'

test.each([
  ['', 'wall', 'unseen'], ['#/', 'wall', 'unseen'], ['#/elsewhere', 'wall', 'unseen'],
  ['#/health', 'health', 'unseen'], ['#/health/ledger', 'health', 'ledger'], ['#/health/nonsense', 'health', 'unseen'], ['#/health&key=x', 'health', 'unseen'],
])('%s → %s %s', (hash, page, part) => expect(parseRoute(hash)).toMatchObject({ page, part }))

test('a theme has a page of its own; about no theme there is only the wall', () => {
  expect(parseRoute(themeHref('水/利'))).toMatchObject({ page: 'theme', theme: '水/利' })
  expect(parseRoute('#/theme/water&key=k')).toMatchObject({ page: 'theme', theme: 'water' })
  expect(parseRoute('#/theme')).toMatchObject({ page: 'wall' })
})

test('a target inside the page is no page', () => expect(parseRoute('#alarms')).toBeNull())

test('filters go there and back, empty ones are left out', () => {
  const href = healthHref('rejected', { reason: 'undecodable', device: '泵站 3', link: '' })
  expect(parseRoute(href)).toEqual({ page: 'health', part: 'rejected', query: { reason: 'undecodable', device: '泵站 3' } })
})

test.each([
  ['#/desk', 'devices', undefined], ['#/desk/devices?state=offline', 'devices', undefined], ['#/desk/maintenance', 'maintenance', undefined], ['#/desk/nonsense', 'devices', undefined], ['#/desk/frames?tab=encode', 'frames', undefined],
  ['#/desk/device/W-RL-007', 'device', 'W-RL-007'], ['#/desk/commission/A.b_9', 'commission', 'A.b_9'], ['#/desk/label/X&key=k', 'label', 'X'], ['#/desk/device', 'devices', undefined],
])('%s is the desk\'s %s of %s', (hash, view, device) => {
  expect(parseRoute(hash)).toMatchObject({ page: 'desk', view })
  expect(parseRoute(hash)!.device).toBe(device)
})

test('the desk\'s addresses are read as they are written', () => {
  expect(parseRoute(deviceHref('泵站/3', 'label'))).toMatchObject({ view: 'label', device: '泵站/3' })
  expect(parseRoute(deskHref('devices', { department: '水务局', q: '' }))!.query).toEqual({ department: '水务局' })
})

test('the ways in have addresses; a person of the desk has an identity, or the list is shown', () => {
  expect(parseRoute('#/setup?token=ab%2Fc')).toMatchObject({ page: 'setup', query: { token: 'ab/c' } })
  expect(parseRoute('#/login')).toMatchObject({ page: 'login' })
  expect(parseRoute('#/enrol&key=k')).toMatchObject({ page: 'enrol' })
  expect(parseRoute(personHref('1/7'))).toMatchObject({ page: 'desk', view: 'person', person: '1/7' })
  expect(parseRoute('#/desk/person')).toMatchObject({ view: 'people' })
})
