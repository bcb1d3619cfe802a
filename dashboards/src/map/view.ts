// The geography of this screen: what is fitted into view, and where the names of neighbours and of the sea stand.
// Label positions are a matter of drawing, not of survey; town names come from data only.
import type { Text } from '../api/types'

export const DISTRICT = '441702'
export const REVIEW_NUMBER = 'GS(2024)0650号'
/** Extent of the district's border, west, south, east, north. */
export const EXTENT: [number, number, number, number] = [111.708, 21.548, 112.036, 21.968]

export interface Label { name: Text; at: [number, number]; rank: 'far' | 'sea' }

export const LABELS: Label[] = [
  { name: { zh: '阳 西 县', en: 'Yangxi' }, at: [111.64, 21.705], rank: 'far' },
  { name: { zh: '阳 东 区', en: 'Yangdong' }, at: [112.1, 21.9], rank: 'far' },
  { name: { zh: '阳 春 市', en: 'Yangchun' }, at: [111.665, 21.955], rank: 'far' },
  { name: { zh: '南 海', en: 'South China Sea' }, at: [112.1, 21.66], rank: 'sea' },
]

/** Where a town's name stands beside its point, in CSS pixels at one rem = 16; the rest stand above. */
export const TOWN_OFFSET: Record<string, [number, number]> = {
  平冈镇: [30, 16], 埠场镇: [30, 4], 白沙街道: [-8, -9], 岗列街道: [38, 6], 城西街道: [-14, 18], 双捷镇: [0, -10],
}
