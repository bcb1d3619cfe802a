// Devices and alarms as GeoJSON points. Only what the signs depend on goes in, so that an unchanged picture
// compares equal and is not redrawn.
import type { Feature, FeatureCollection, Point } from 'geojson'
import type { Alarm, DeviceFull, Place } from '../api/types'
import { rank } from '../format/severity'

function point(place: Place, properties: Record<string, string | number>): Feature<Point> {
  return { type: 'Feature', properties, geometry: { type: 'Point', coordinates: [place.lng, place.lat] } }
}

export function deviceFeatures(devices: Iterable<DeviceFull>): FeatureCollection {
  const features: Feature[] = []
  for (const d of devices) if (d.place) features.push(point(d.place, { device: d.device, state: d.state }))
  return { type: 'FeatureCollection', features }
}

export function alarmFeatures(alarms: Iterable<Alarm>): FeatureCollection {
  const features: Feature[] = []
  for (const a of alarms) if (a.place) features.push(point(a.place, { device: a.device, severity: a.severity, rank: rank(a.severity) }))
  return { type: 'FeatureCollection', features }
}
