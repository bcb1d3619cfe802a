// Which alarms get a label on the map and where: the worst alarm of each of the top few devices that have a place.
// Also the boxes that these labels and all alarm marks cover, so that names beneath them can step aside.
import { computed, type ComputedRef } from 'vue'
import type { Alarm } from '../../api/types'
import { byUrgency } from '../../format/severity'
import type { View } from '../../map/grid'
import { placeLeaders, type Placed } from '../../map/leaders'
import { designScale } from '../../map/tokens'
import type { LiveView } from '../../live/use'

const MOST = 5
const NARROW_PX = 520
const MARK_RADIUS = 9
/** Where the search stands (MapSearch.vue): labels and names keep away. */
const SEARCH = { width: 200, height: 44 }

export interface Leader extends Placed { alarm: Alarm; k: number }
export interface Box { left: number; right: number; top: number; bottom: number }

export function topAlarms(alarms: Iterable<Alarm>, most: number): Alarm[] {
  const devices = new Set<string>()
  const top: Alarm[] = []
  for (const a of [...alarms].sort(byUrgency)) {
    if (!a.place || devices.has(a.device) || top.length >= most) continue
    devices.add(a.device)
    top.push(a)
  }
  return top
}

export function useLeaders(live: LiveView, view: () => View): { leaders: ComputedRef<Leader[]>; boxes: ComputedRef<Box[]>; marks: ComputedRef<Box[]> } {
  const leaders = computed(() => {
    const v = view()
    const k = designScale()
    // A label whose mark is out of sight points at nothing.
    const seen = [...live.alarms.value.values()].filter((a) => a.place && inside(v, pixel(v, a)))
    const top = topAlarms(seen, v.width < NARROW_PX ? 1 : MOST)
    const marks = top.map((a) => ({ id: a.id, ...pixel(v, a) }))
    const frame = { width: v.width, height: v.height - 40 * k, labelWidth: 184 * k, labelHeight: 46 * k, reach: 84 * k, topLeft: SEARCH.height * k }
    return placeLeaders(marks, frame).map((p) => ({ ...p, k, alarm: top.find((a) => a.id === p.id)! }))
  })
  const boxes = computed(() => [
    { left: 0, right: SEARCH.width * designScale(), top: 0, bottom: SEARCH.height * designScale() },
    ...leaders.value.map(({ lx, ly, side, k }) => {
      const w = 184 * k
      return { left: side === 'left' ? lx - w : lx, right: side === 'left' ? lx : lx + w, top: ly - 16 * k, bottom: ly + 22 * k }
    }),
  ])
  const marks = computed(() => {
    const v = view()
    const r = MARK_RADIUS * designScale()
    return [...live.alarms.value.values()].flatMap((a) => {
      if (!a.place) return []
      const { x, y } = pixel(v, a)
      return [{ left: x - r, right: x + r, top: y - r, bottom: y + r }]
    })
  })
  return { leaders, boxes, marks }
}

function pixel(v: View, a: Alarm): { x: number; y: number } {
  const { x, y } = v.project([a.place!.lng, a.place!.lat])
  return { x, y }
}

const inside = (v: View, { x, y }: { x: number; y: number }) => x > 0 && y > 0 && x < v.width && y < v.height

/** Whether a text of this width, centred on a point, would lie under one of the boxes. */
export function covered(boxes: readonly Box[], at: { x: number; y: number }, width: number): boolean {
  return boxes.some((b) => at.x + width / 2 > b.left && at.x - width / 2 < b.right && at.y > b.top && at.y - 14 < b.bottom)
}
