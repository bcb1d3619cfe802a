// The map's style: sea with waterlines, land, neighbours, the district in focus, device points, alarm marks.
// No tiles, no glyphs, nothing from outside; texts are drawn by the page above the map.
import type { LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { DISTRICT } from './view'
import type { Tokens } from './tokens'

export type Border = 'display' | 'official'

const NOTHING = { type: 'FeatureCollection' as const, features: [] }
const WAVES = [0.62, 0.46, 0.34, 0.24, 0.16, 0.1]

export function layers(t: Tokens, scale: number): LayerSpecification[] {
  const focus: ['==', string, string] = ['==', 'adcode', DISTRICT]
  const others: ['!=', string, string] = ['!=', 'adcode', DISTRICT]
  const px = (n: number) => n * scale
  return [
    { id: 'sea', type: 'background', paint: { 'background-color': t.sea } },
    {
      id: 'waves', type: 'line', source: 'waterlines',
      paint: { 'line-color': t.wave, 'line-width': px(0.8), 'line-opacity': ['at', ['get', 'i'], ['literal', WAVES]] },
    },
    { id: 'land', type: 'fill', source: 'land', paint: { 'fill-color': t.land, 'fill-outline-color': t.adm } },
    { id: 'others', type: 'fill', source: 'districts', filter: others, paint: { 'fill-color': t['land-2'] } },
    { id: 'others-line', type: 'line', source: 'districts', filter: others, paint: { 'line-color': t.adm, 'line-width': px(1) } },
    { id: 'shade', type: 'line', source: 'districts', filter: focus, paint: { 'line-color': t.shade, 'line-width': px(18), 'line-blur': px(16), 'line-opacity': 0.7 } },
    { id: 'focus', type: 'fill', source: 'districts', filter: focus, paint: { 'fill-color': t.focus } },
    { id: 'coast', type: 'line', source: 'districts', filter: focus, paint: { 'line-color': t.coast, 'line-width': px(1.2) } },
    {
      id: 'devices', type: 'symbol', source: 'devices',
      layout: { 'icon-image': ['concat', 'state-', ['get', 'state']], 'icon-allow-overlap': true, 'icon-ignore-placement': true, 'icon-size': scale },
    },
    {
      id: 'alarms', type: 'symbol', source: 'alarms',
      layout: {
        'icon-image': ['concat', 'severity-', ['get', 'severity']], 'icon-allow-overlap': true, 'icon-ignore-placement': true,
        'symbol-sort-key': ['-', 9, ['get', 'rank']], 'icon-size': scale,
      },
    },
  ]
}

export function style(t: Tokens, scale: number, border: Border): StyleSpecification {
  const file = (name: string) => ({ type: 'geojson' as const, data: `/map/${name}.geojson`, tolerance: 0.2 })
  return {
    version: 8,
    sources: {
      waterlines: file('waterlines'),
      land: file('land_gshhg'),
      districts: file(border === 'official' ? 'districts_yangjiang' : 'districts_display'),
      devices: { type: 'geojson', data: NOTHING },
      alarms: { type: 'geojson', data: NOTHING },
    },
    layers: layers(t, scale),
  }
}
