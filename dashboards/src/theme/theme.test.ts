// A theme's page: the cut of the live data, the strip of hours, which panels stand where, what it says in words.
import { cleanup } from '@testing-library/vue'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { nextTick } from 'vue'
import type { Hours } from '../api/types'
import { nameBefore } from '../format/reading'
import { mount, startHub, words } from '../health/harness'
import { cutTo } from '../live/cut'
import { route } from '../state/route'
import { hourWord, strips, type HourLimit } from './hours/strip'
import { panelsOf } from './panels'
import ThemePage from './ThemePage.vue'

vi.mock('../panels/map', () => ({ map: { kind: 'map', component: () => null, hasSource: () => true } }))

let world: ReturnType<typeof startHub>
beforeEach(() => {
  world = startHub({ themes: 3 })
  route.value = { page: 'theme', part: 'unseen', theme: 'fire', query: {} }
})
afterEach(async () => {
  cleanup()
  vi.unstubAllGlobals()
  await world.hub.stop().catch(() => {})
})

test('the cut holds one theme only, and follows the address and the stream', () => {
  let theme = 'fire'
  const cut = cutTo(world.live, () => theme)
  const all = [...world.live.devices.value.values()]
  expect(cut.devices.value.size).toBe(all.filter((d) => d.theme === 'fire').length)
  expect([...cut.alarms.value.values()].every((a) => a.theme === 'fire')).toBe(true)
  expect([...cut.kpis.value.values()].map((k) => k.theme)).toEqual(Array(6).fill('fire'))
  const link = [...cut.links.value.values()][0]!
  expect(link.devices.total).toBe(cut.devices.value.size)
  theme = 'nobody'
  world.sync()
  expect([cut.devices.value.size, cut.links.value.size, cut.catalogue.value.themes.length]).toEqual([0, 0, 0])
})

const limit: HourLimit = { direction: 'above', raise: 5 }
const page = (...values: (number | null)[][]): Hours => ({ from: 0, hours: 3, final_until: null, devices: values.map((v, i) => ({ device: `d${i}`, unit: 'm', values: v })) })

test('the strip shows the highest first, for "min" the lowest, and marks what lay beyond a limit', () => {
  const made = strips(page([1, 2, null], [9, 3, 3], [null, null, null], [4, 4, 4]), 'max', () => [limit], 2, () => true)
  expect(made.rows.map((r) => r.device)).toEqual(['d1', 'd3'])
  expect(made).toMatchObject({ more: 1, low: 3, high: 9, unit: 'm' })
  expect(made.rows[0]!.cells.map((c) => [c!.share, c!.over])).toEqual([[1, true], [0, false], [0, false]])
  expect(strips(page([1, 2, null], [9, 3, 3]), 'min', () => [{ direction: 'below', raise: 1 }], 5, () => true).rows[0]).toMatchObject({ device: 'd0', cells: [{ share: 1, over: true }, { over: false }, null] })
  expect(strips(page([null, null, null]), 'avg', () => [], 5, () => true).rows).toEqual([])
  expect(strips(page([1, 1, 1]), 'avg', () => [], 5, (d) => d !== 'd0').rows).toEqual([])
  expect(['max', 'min', 'avg', 'sum'].map(hourWord)).toEqual(['max', 'min', 'avg', 'avg'])
})

test('a theme that names no panels has the usual ones; one that names them has those, in its order', () => {
  const kinds = (page?: string[]) => Object.values(panelsOf({ screen: page ? { page } : {} })).flat().map((p) => p.kind)
  expect(kinds()).toEqual(['figures', 'map', 'hours', 'kindstates', 'alarms', 'ended', 'unplaced', 'unseen', 'limits'])
  expect(kinds(['kinds', 'hours', 'map', 'map'])).toEqual(['map', 'kindstates', 'hours'])
  expect(panelsOf(undefined).left).toHaveLength(1)
})

test('a state that is called like its metric is said once', () => {
  expect(nameBefore('故障', { name: '故障', text: '故障', unit: '', state: true })).toBe('')
  expect(nameBefore('主电', { name: '主电', text: '故障', unit: '', state: true })).toBe('主电')
  expect(nameBefore('1', { name: '1', text: '1', unit: '', state: false })).toBe('1')
})

test('the page says figures with band and limits, kinds by state, limits with their origin', async () => {
  const { container } = mount(world.live, ThemePage)
  await nextTick()
  expect(words(container.querySelector('h1'))).toMatch(/^智慧消防/)
  expect(container.querySelectorAll('[data-panel=figures] [data-kpi]')).toHaveLength(6)
  expect(words(container.querySelector('[data-kpi=waterlog_max]'))).toMatch(/最大积水深度.*正常.*0\.0 – 12\.0 cm.*近 30 日.*限值.*≥ 15\.0 cm 可信度 A.*≥ 27\.0 cm 可信度 A/)
  const fire = [...world.live.devices.value.values()].filter((d) => d.theme === 'fire' && d.kind === 'waterlogging')
  expect(words(container.querySelector('[data-kind=waterlogging]'))).toMatch(new RegExp(`内涝积水点 ${fire.filter((d) => d.state === 'live').length} .* ${fire.length}$`))
  expect(words(container.querySelector('[data-rule="water.waterlog_urgent"]'))).toMatch(/道路积水严重.*紧急 ≥ 27\.0 cm.*≤ 22\.0 cm.*GB 51222.*A 见过原文/)
  const says = (rule: string) => words(container.querySelector(`[data-rule="water.${rule}"]`))
  expect(says('river')).toMatch(/河道水位站 · 水位 重要 ≥ 5\.50 m ≤ 5\.30 m 恢复 特急 ≥ 7\.00 m ≤ 6\.80 m 恢复 持续 60 秒 · 恢复须保持 30 秒/)
  expect(says('flood')).toMatch(/紧急 下式成立 level > 5\.0 && rain >= 20\.0 level 水位 rain .* · 1 小时雨量，近 10 分钟最大值/)
  expect(says('waterlog_night')).toMatch(/仅区域 江城区 一般 ≥ 13\.0 cm 22:00–06:00（周一至周五）/)
  expect(container.querySelectorAll('[data-tab]')).toHaveLength(3)
})
