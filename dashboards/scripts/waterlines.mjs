// Draws the coast-parallel waterlines of the map: iso-lines of the distance to land, from a raster distance field.
// Input and output both lie in public/map; the output is committed, so a build needs no run of this script.
// It adds no geography of its own: every line is an offset of the GSHHG coast (see public/map/SOURCES.md).
import { readFileSync, writeFileSync } from 'node:fs'
import { contours } from 'd3-contour'

const DIR = new URL('../public/map/', import.meta.url)
const BOX = { west: 111.2, east: 112.68, south: 21.4, north: 22.0 }
const STEP_LAT = 0.001
const KM_PER_DEG = 111.195
const STEP_LNG = STEP_LAT / Math.cos((21.75 * Math.PI) / 180) // square cells
const OFFSETS_KM = [0.35, 0.8, 1.4, 2.2, 3.2, 4.4]
const W = Math.round((BOX.east - BOX.west) / STEP_LNG)
const H = Math.round((BOX.north - BOX.south) / STEP_LAT)

/** 1 where land: even-odd scan conversion, one row at a time. */
function rasterise(polygons) {
  const land = new Uint8Array(W * H)
  for (let j = 0; j < H; j++) {
    const lat = BOX.south + (j + 0.5) * STEP_LAT
    const cuts = []
    for (const polygon of polygons)
      for (const ring of polygon)
        for (let i = 0; i + 1 < ring.length; i++) {
          const [x1, y1] = ring[i], [x2, y2] = ring[i + 1]
          if (y1 <= lat !== y2 <= lat) cuts.push(x1 + ((lat - y1) / (y2 - y1)) * (x2 - x1))
        }
    cuts.sort((a, b) => a - b)
    for (let c = 0; c + 1 < cuts.length; c += 2) {
      const from = Math.max(0, Math.ceil((cuts[c] - BOX.west) / STEP_LNG - 0.5))
      const to = Math.min(W - 1, Math.floor((cuts[c + 1] - BOX.west) / STEP_LNG - 0.5))
      for (let i = from; i <= to; i++) land[j * W + i] = 1
    }
  }
  return land
}

/** Exact Euclidean distance transform (Felzenszwalb), squared, in one dimension. */
function edt1d(f, n) {
  const d = new Float64Array(n), v = new Int32Array(n), z = new Float64Array(n + 1)
  let k = 0
  z[0] = -1e20
  z[1] = 1e20
  for (let q = 1; q < n; q++) {
    let s
    do {
      s = (f[q] + q * q - (f[v[k]] + v[k] * v[k])) / (2 * q - 2 * v[k])
    } while (s <= z[k] && --k > -1)
    v[++k] = q
    z[k] = s
    z[k + 1] = 1e20
  }
  for (let q = 0, m = 0; q < n; q++) {
    while (z[m + 1] < q) m++
    d[q] = (q - v[m]) ** 2 + f[v[m]]
  }
  return d
}

function distanceKm(land) {
  const g = new Float64Array(W * H)
  for (let i = 0; i < W; i++) {
    const col = new Float64Array(H)
    for (let j = 0; j < H; j++) col[j] = land[j * W + i] ? 0 : 1e12
    const d = edt1d(col, H)
    for (let j = 0; j < H; j++) g[j * W + i] = d[j]
  }
  for (let j = 0; j < H; j++) {
    const d = edt1d(g.subarray(j * W, (j + 1) * W), W)
    for (let i = 0; i < W; i++) g[j * W + i] = Math.sqrt(d[i]) * STEP_LAT * KM_PER_DEG
  }
  return g
}

/** Drops points nearer than the tolerance to the chord, so the file stays small (Douglas–Peucker). */
function simplify(pts, tol) {
  const keep = new Uint8Array(pts.length)
  keep[0] = keep[pts.length - 1] = 1
  const stack = [[0, pts.length - 1]]
  while (stack.length) {
    const [a, b] = stack.pop()
    const [ax, ay] = pts[a], [bx, by] = pts[b]
    const len = Math.hypot(bx - ax, by - ay) || 1e-12
    let far = 0, at = -1
    for (let i = a + 1; i < b; i++) {
      const d = Math.abs((pts[i][0] - ax) * (by - ay) - (pts[i][1] - ay) * (bx - ax)) / len
      const e = len < 1e-9 ? Math.hypot(pts[i][0] - ax, pts[i][1] - ay) : d
      if (e > far) {
        far = e
        at = i
      }
    }
    if (far <= tol) continue
    keep[at] = 1
    stack.push([a, at], [at, b])
  }
  return pts.filter((_, i) => keep[i])
}

const land = JSON.parse(readFileSync(new URL('land_gshhg.geojson', DIR), 'utf8'))
const polygons = land.features.flatMap((f) => (f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates))
const field = distanceKm(rasterise(polygons))
const toLngLat = ([x, y]) => [+(BOX.west + x * STEP_LNG).toFixed(5), +(BOX.south + y * STEP_LAT).toFixed(5)]
const onEdge = ([x, y]) => x < 0.6 || y < 0.6 || x > W - 0.6 || y > H - 0.6

/** Contour rings close along the raster's edge; those stretches are no coast and are cut out. */
function openLines(ring) {
  const lines = [[]]
  for (const p of ring) {
    if (!onEdge(p)) lines.at(-1).push(p)
    else if (lines.at(-1).length) lines.push([])
  }
  return lines.filter((l) => l.length > 12)
}

const features = contours().size([W, H]).thresholds(OFFSETS_KM)(field).map((c, i) => ({
  type: 'Feature',
  properties: { i, km: OFFSETS_KM[i] },
  geometry: {
    type: 'MultiLineString',
    coordinates: c.coordinates.flat().flatMap(openLines).map((l) => simplify(l, 0.45).map(toLngLat)).filter((l) => l.length > 3),
  },
}))
const out = JSON.stringify({ type: 'FeatureCollection', features })
writeFileSync(new URL('waterlines.geojson', DIR), out + '\n')
console.log(`waterlines.geojson: ${features.length} offsets, ${(out.length / 1024).toFixed(0)} KiB, grid ${W}×${H}`)
