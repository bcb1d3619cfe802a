// Trend charts: no line crosses a silence, limits stand where they can be seen, ticks are round.
import { describe, expect, test } from 'vitest'
import { draw, nearest, step, timeTicks, withNow, type Box } from './chart'

const BOX: Box = { width: 500, height: 120, left: 40, right: 10, top: 10, bottom: 20 }
const M = 60_000
const T = Date.parse('2026-11-22T16:00:00+08:00')
const win = { from: T, to: T + 60 * M }
const raw = (values: number[], gaps: [number, number][] = []) => ({ gaps, points: values.map((v, i) => [T + i * M, v, []] as [number, number, never[]]) })
const strokes = (d: string) => d.split('M').length - 1

test.each([[10, 4, 5], [1, 4, 0.5], [0.7, 4, 0.2], [42, 4, 20], [8, 4, 2]])('step(%d, %d) → %d', (span, n, s) => expect(step(span, n)).toBeCloseTo(s))

test('a line breaks at a silence and the silence has its place', () => {
  const whole = draw(raw([1, 2, 3, 2, 1]), win, [], BOX)
  expect([strokes(whole.line), whole.gaps.length]).toEqual([1, 0])
  const broken = draw(raw([1, 2, 3, 2, 1], [[T + M, T + 2 * M]]), win, [], BOX)
  expect(strokes(broken.line)).toBe(2)
  expect(broken.gaps).toHaveLength(1)
  expect(broken.gaps[0]!.width).toBeCloseTo(7.5)
  expect(broken.area.match(/Z/g)).toHaveLength(2)
  expect(draw(raw([91, 92, 91]), win, [], BOX).area).toBe('')
})

test('neighbouring buckets are joined, buckets with a silence between are not', () => {
  const page = { bucket_ms: 5 * M, points: [0, 5, 20].map((m) => [T + m * M, 1, []] as [number, number, never[]]), gaps: [[T + 9 * M, T + 21 * M]] as [number, number][] }
  expect(strokes(draw(page, win, [], BOX).line)).toBe(2)
})

describe('limits', () => {
  test('a near one widens the scale', () => {
    const c = draw(raw([4, 5, 4.5]), win, [5.5], BOX)
    expect(c.limits).toHaveLength(1)
    expect(c.yTicks.at(-1)!.value).toBeGreaterThan(5.5)
  })
  test('a far one does not flatten the line', () => expect(draw(raw([1, 1.1, 1.05]), win, [90], BOX).limits).toEqual([]))
})

test('a scale of what is never negative begins at nothing', () => expect(draw(raw([0, 0.2, 0]), win, [], BOX).yTicks[0]!.value).toBe(0))
test('no points: no line, still a frame', () => expect(draw(raw([]), win, [], BOX)).toMatchObject({ line: '', area: '', spots: [] }))
test('a value that never changes has a scale', () => expect(draw(raw([3, 3, 3]), win, [], BOX).yTicks.length).toBeGreaterThan(1))

test('ticks stand on the district\'s round hours', () => {
  expect(timeTicks({ from: T, to: T + 60 * M }, 4)).toEqual([0, 15, 30, 45, 60].map((m) => T + m * M))
  expect(timeTicks({ from: T, to: T + 72 * 60 * M }, 3).map((at) => new Date(at + 8 * 3_600_000).getUTCHours())).toEqual([0, 0, 0])
})

describe('the present', () => {
  const page = raw([1, 2])
  test('the newest value of the stream stands behind what was read', () => expect(withNow(page, { at: T + 9 * M, value: 7, quality: [] }, T + 9 * M, M).points.at(-1)).toEqual([T + 9 * M, 7, []]))
  test('and a silence behind that is a silence', () => expect(withNow(page, null, T + 20 * M, M).gaps).toEqual([[T + M, T + 20 * M]]))
  test('what is current stays as it is', () => expect(withNow(page, { at: T + M, value: 2, quality: [] }, T + M + 1, M)).toBe(page))
})

test('the nearest point', () => expect([nearest([], 3), nearest(draw(raw([1, 2, 3]), win, [], BOX).spots, 48)]).toEqual([-1, 1]))
