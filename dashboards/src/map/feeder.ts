// Feeds one map source: never starts a setData before the last one has been drawn (memory would grow without bound),
// never faster than its interval, never with what is already shown; the newest waiting value wins.
import type { GeoJSONSource, Map as MapLibre } from 'maplibre-gl'
import type { FeatureCollection } from 'geojson'

export class Feeder {
  private waiting: (() => FeatureCollection) | null = null
  private shown = ''
  private busy = false
  private lastAt = -Infinity
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private map: MapLibre, private source: string, private everyMs: number) {}

  /** Takes a maker, not the data: what is never drawn is never built. */
  offer(make: () => FeatureCollection): void {
    this.waiting = make
    this.pump()
  }

  stop(): void {
    clearTimeout(this.timer)
    this.busy = true
  }

  private pump(): void {
    if (this.busy || !this.waiting) return
    const early = this.lastAt + this.everyMs - performance.now()
    if (early > 0) {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.pump(), early)
      return
    }
    const data = this.waiting()
    this.waiting = null
    this.lastAt = performance.now()
    const text = JSON.stringify(data)
    if (text === this.shown) return
    const source = this.map.getSource<GeoJSONSource>(this.source)
    if (!source) return
    this.shown = text
    this.busy = true
    this.map.once('idle', () => {
      this.busy = false
      this.pump()
    })
    source.setData(data)
  }
}
