// The one MapLibre map of a wall: created once, fed with points, restyled in place when theme or size change.
// It draws no text and knows no panel; mount returns its clean-up.
import 'maplibre-gl/dist/maplibre-gl.css'
import { Map as MapLibre, setWorkerUrl } from 'maplibre-gl'
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?worker&url'
import type { Alarm, DeviceFull } from '../api/types'
import { alarmFeatures, deviceFeatures } from './features'
import { Feeder } from './feeder'
import type { View } from './grid'
import { putIcons } from './icons'
import { layers, style, type Border } from './style'
import { designScale, readTokens } from './tokens'
import { EXTENT } from './view'

setWorkerUrl(workerUrl)

/** Repainting the map is the wall's largest cost without a GPU: the background points can wait, alarms cannot. */
const BACKGROUND_MS = 5_000
const NEAR_ZOOM = 13
const FLIGHT_MS = 500

export interface MapEvents {
  moved(view: View, home: boolean): void
  picked(device: string | null): void
  lost(): void
}

export class DistrictMap {
  private map: MapLibre
  private devices: Feeder
  private alarms: Feeder
  private scale = designScale()
  private home = true
  private observer: ResizeObserver

  constructor(box: HTMLElement, border: Border, private events: MapEvents) {
    const map = (this.map = new MapLibre({
      container: box,
      style: style(readTokens(), this.scale, border),
      bounds: EXTENT,
      fitBoundsOptions: { padding: this.padding() },
      maxBounds: [[111.2, 21.36], [112.66, 22.3]],
      minZoom: 8, maxZoom: 16,
      attributionControl: false,
      dragRotate: false, pitchWithRotate: false, touchPitch: false,
      cooperativeGestures: matchMedia('(pointer: coarse)').matches,
      fadeDuration: 0,
      trackResize: false,
    }))
    // A request that the dead hub did not answer is no fault of the map: the page says that the hub is away, and the map
    // asks again when it draws anew. Anything else is reported as before.
    map.on('error', ({ error }) => { if (!('status' in error && error.status === 0)) console.error(error) })
    map.touchZoomRotate.disableRotation()
    this.devices = new Feeder(map, 'devices', BACKGROUND_MS)
    this.alarms = new Feeder(map, 'alarms', 0)
    map.on('style.load', () => putIcons(map, readTokens()))
    map.on('move', () => this.tellView())
    map.on('movestart', (e) => {
      if ('originalEvent' in e && e.originalEvent) this.home = false
    })
    map.on('click', (e) => this.events.picked(this.deviceAt(e.point.x, e.point.y)))
    for (const layer of ['devices', 'alarms']) {
      map.on('mouseenter', layer, () => (map.getCanvas().style.cursor = 'pointer'))
      map.on('mouseleave', layer, () => (map.getCanvas().style.cursor = ''))
    }
    map.on('webglcontextlost', () => this.events.lost())
    this.observer = new ResizeObserver(() => this.resized())
    this.observer.observe(box)
    this.tellView()
  }

  showDevices(devices: ReadonlyMap<string, DeviceFull>): void {
    this.whenReady(() => this.devices.offer(() => deviceFeatures(devices.values())))
  }

  showAlarms(alarms: ReadonlyMap<string, Alarm>): void {
    this.whenReady(() => this.alarms.offer(() => alarmFeatures(alarms.values())))
  }

  /** After a change of theme or size: same map, same sources, new paint. */
  restyle(): void {
    this.whenReady(() => {
      const tokens = readTokens()
      this.scale = designScale()
      putIcons(this.map, tokens)
      for (const layer of layers(tokens, this.scale)) {
        for (const [k, v] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, k as never, v as never)
        if ('layout' in layer && layer.layout && 'icon-size' in layer.layout) this.map.setLayoutProperty(layer.id, 'icon-size', this.scale)
      }
    })
  }

  /** A short way on request; none for those who want no motion. It comes near, and never farther than somebody went already. */
  flyTo(lng: number, lat: number): void {
    this.home = false
    this.map.easeTo({ center: [lng, lat], zoom: Math.max(this.map.getZoom(), NEAR_ZOOM), duration: FLIGHT_MS })
  }

  goHome(): void {
    this.home = true
    this.map.fitBounds(EXTENT, { padding: this.padding(), animate: false })
    this.tellView()
  }

  remove(): void {
    this.observer.disconnect()
    this.devices.stop()
    this.alarms.stop()
    this.map.remove()
  }

  private whenReady(job: () => void): void {
    if (this.map.isStyleLoaded() || this.map.getLayer('alarms')) job()
    else this.map.once('style.load', job)
  }

  private resized(): void {
    this.map.resize()
    if (this.scale !== designScale()) this.restyle()
    if (this.home) this.goHome()
    else this.tellView()
  }

  private tellView(): void {
    const b = this.map.getBounds()
    const { clientWidth: width, clientHeight: height } = this.map.getContainer()
    const project = (at: [number, number]) => this.map.project(at)
    this.events.moved({ width, height, west: b.getWest(), east: b.getEast(), south: b.getSouth(), north: b.getNorth(), project }, this.home)
  }

  /** The alarm or device nearest to a click: a mark on a wall is small, a finger is not. */
  private deviceAt(x: number, y: number): string | null {
    const r = 8 * this.scale
    const hits = this.map.queryRenderedFeatures([[x - r, y - r], [x + r, y + r]], { layers: ['alarms', 'devices'] })
    return (hits[0]?.properties.device as string | undefined) ?? null
  }

  private padding() {
    const s = designScale()
    return { top: 44 * s, bottom: 40 * s, left: 56 * s, right: 32 * s }
  }
}
