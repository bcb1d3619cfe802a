// The day begins at midnight in the district, wherever the browser stands.
import { expect, test } from 'vitest'
import type { Alarm } from '../api/types'
import { dayStart, Today } from './today'

const NOON = Date.parse('2026-11-22T12:00:00+08:00')
const MIN = 60_000
const alarm = (id: string, at: number, cleared: number | null = null) => ({ id, raised_at: at, cleared_at: cleared, severity: 'urgent' }) as Alarm

test('midnight is Shanghai\'s', () => expect(new Date(dayStart(NOON)).toISOString()).toBe('2026-11-21T16:00:00.000Z'))

test('load, histogram and total', () => {
  const today = new Today()
  today.add(alarm('a', NOON - 9 * MIN))
  today.add(alarm('a', NOON - 9 * MIN)) // the same alarm twice is one
  today.add(alarm('b', NOON - 11 * MIN, NOON))
  today.add(alarm('c', NOON - 13 * 60 * MIN)) // yesterday
  expect(today.recent(NOON)).toBe(1)
  expect(today.count(NOON)).toBe(2)
  const slots = today.histogram(NOON, 15 * MIN)
  expect(slots).toHaveLength(96)
  expect(slots[47]).toMatchObject({ urgent: 1, ended: 1, critical: 0 })
  expect(today.over(NOON)).toBe(1)
})

test('what ended, the latest return first, each once and not without end', () => {
  const today = new Today()
  today.add(alarm('a', NOON - 9 * MIN, NOON - 2 * MIN))
  today.add(alarm('b', NOON - 20 * MIN, NOON - MIN))
  today.add(alarm('a', NOON - 9 * MIN, NOON - 2 * MIN))
  today.add(alarm('old', NOON - 13 * 60 * MIN, NOON))
  expect(today.latestEnded(NOON).map((a) => a.id)).toEqual(['b', 'a'])
  for (let i = 0; i < 200; i++) today.add(alarm(`n${i}`, NOON, NOON + i))
  expect(today.latestEnded(NOON)).toHaveLength(40)
  expect(today.over(NOON)).toBe(202)
})

test('yesterday is dropped', () => {
  const today = new Today()
  today.add(alarm('old', NOON - 13 * 60 * MIN))
  today.add(alarm('new', NOON))
  today.prune(NOON)
  expect(today.histogram(NOON, 15 * MIN).reduce((n, s) => n + s.urgent, 0)).toBe(1)
})
