// Deterministic places inside the district's border, denser around a few centres, as real stations are.
// Reads the committed border; invents coordinates for the fake hub only.
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export function random(seed) {
  let s = seed >>> 0
  return () => ((s = (Math.imul(s, 1664525) + 1013904223) >>> 0) / 2 ** 32)
}

// Not `new URL(…, import.meta.url)`: the bundler of the component tests would take that for an asset of the page.
const HERE = dirname(fileURLToPath(import.meta.url))
const border = JSON.parse(readFileSync(join(HERE, '../public/map/district_441702.geojson'), 'utf8')).features[0].geometry.coordinates[0]
const CENTRES = [[111.955, 21.862, 0.03], [111.92, 21.79, 0.04], [111.877, 21.755, 0.035], [111.79, 21.93, 0.03], [111.88, 21.6, 0.03], [111.86, 21.85, 0.06]]

function inside(x, y) {
  let is = false
  for (let i = 0; i + 1 < border.length; i++) {
    const [x1, y1] = border[i], [x2, y2] = border[i + 1]
    if (y1 > y !== y2 > y && x < x1 + ((y - y1) / (y2 - y1)) * (x2 - x1)) is = !is
  }
  return is
}

export function placeIn(rand) {
  const gauss = () => Math.sqrt(-2 * Math.log(rand() + 1e-9)) * Math.cos(6.2832 * rand())
  for (;;) {
    const [cx, cy, spread] = CENTRES[Math.floor(rand() * CENTRES.length)]
    const lng = cx + gauss() * spread, lat = cy + gauss() * spread
    if (inside(lng, lat)) return { lng: +lng.toFixed(5), lat: +lat.toFixed(5), datum: 'cgcs2000' }
  }
}
