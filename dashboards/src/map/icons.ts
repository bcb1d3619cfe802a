// The signs on the map, drawn once per theme into small images: four device states, four severities.
// The same shapes as in the legend and the lists.
import type { Map as MapLibre } from 'maplibre-gl'
import { isHollow, SEVERITIES, SHAPE, STATES } from '../format/severity'
import type { DeviceState, Severity } from '../api/types'
import type { Tokens } from './tokens'

const RATIO = 3

function draw(size: number, paint: (c: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * RATIO
  const c = canvas.getContext('2d')!
  c.scale(RATIO, RATIO)
  c.translate(size / 2, size / 2)
  paint(c)
  return c.getImageData(0, 0, canvas.width, canvas.height)
}

function stateIcon(state: DeviceState, t: Tokens): ImageData {
  return draw(12, (c) => {
    const circle = (r: number) => (c.beginPath(), c.arc(0, 0, r, 0, 7))
    if (state === 'live') {
      c.fillStyle = t.data
      c.globalAlpha = 0.75
      circle(2)
      c.fill()
      return
    }
    c.strokeStyle = t.off
    c.lineWidth = 1.1
    circle(state === 'never' ? 1.5 : 3.2)
    c.stroke()
    if (state === 'stale') c.stroke(new Path2D('M-2.4 1 1-2.4M-1 2.4 2.4-1'))
  })
}

function severityIcon(severity: Severity, t: Tokens): ImageData {
  return draw(24, (c) => {
    c.scale(1.5, 1.5)
    const path = new Path2D(SHAPE[severity])
    c.lineJoin = 'round'
    c.strokeStyle = t.bg
    c.lineWidth = isHollow(severity) ? 4 : 2.4
    c.stroke(path)
    if (isHollow(severity)) {
      c.strokeStyle = t[severity]
      c.lineWidth = 2
      c.stroke(path)
    } else {
      c.fillStyle = t[severity]
      c.fill(path)
    }
  })
}

export function putIcons(map: MapLibre, t: Tokens): void {
  const put = (id: string, image: ImageData) =>
    map.hasImage(id) ? map.updateImage(id, image) : map.addImage(id, image, { pixelRatio: RATIO })
  for (const s of STATES) put(`state-${s}`, stateIcon(s, t))
  for (const s of SEVERITIES) put(`severity-${s}`, severityIcon(s, t))
}
