// Roles exclude each other as the hub says, and only while they meet in time.
import { expect, test } from 'vitest'
import type { Grant } from '../api/access-types'
import { clashOf, EVERYWHERE, fromField, goTogether, obstacle, standing, toField, toNames, wrongOf } from './grants'
import { ROLES } from './rights'

const grant = (roles: Grant['roles'], from: number | null = null, until: number | null = null): Grant => ({ roles, scope: [EVERYWHERE], from, until })

test('an administrator is nothing else', () => {
  for (const one of ROLES) for (const two of ROLES) expect(goTogether(one, two)).toBe(one === two || !(one.endsWith('_admin') || two.endsWith('_admin')))
  expect(clashOf([grant(['operator', 'handler', 'leader'])])).toBeNull()
  expect(clashOf([grant(['operator']), grant(['audit_admin'])])).toEqual(['operator', 'audit_admin'])
  expect(obstacle('security_admin', 0, [grant([]), grant(['maintainer'])])).toBe('maintainer')
})

test('what does not meet in time does not clash: the end is not part of it', () => {
  const [first, then] = [grant(['operator'], null, 100), grant(['system_admin'], 100, null)]
  expect(clashOf([first, then])).toBeNull()
  expect(clashOf([first, { ...then, from: 99 }])).toEqual(['operator', 'system_admin'])
  expect(obstacle('system_admin', 1, [first, grant([], 100)])).toBeNull()
})

test('what cannot be sent is named', () => {
  expect(wrongOf(grant([]))).toBe('roles')
  expect(wrongOf({ ...grant(['operator']), scope: [{ ...EVERYWHERE, themes: [] }] })).toBe('empty')
  expect(wrongOf(grant(['operator'], 5, 5))).toBe('times')
  expect(wrongOf(grant(['operator'], 5, 6))).toBeNull()
})

test('a grant is in force from its beginning to just before its end', () => {
  expect([4, 5, 9, 10].map((now) => standing(grant(['operator'], 5, 10), now))).toEqual(['later', 'now', 'now', 'over'])
})

test('names and times go there and back', () => {
  expect(toNames(' water； fire, water ;')).toEqual(['water', 'fire'])
  expect(toField(Date.parse('2026-11-22T08:30:00Z'))).toBe('2026-11-22T16:30')
  expect(fromField('2026-11-22T16:30')).toBe(Date.parse('2026-11-22T08:30:00Z'))
  expect(fromField('')).toBeNull()
})
