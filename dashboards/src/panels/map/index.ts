// Registers the panel; see MapPanel.vue.
import type { Panel } from '../contract'
import MapPanel from './MapPanel.vue'

export const map: Panel = {
  kind: 'map',
  component: MapPanel,
  hasSource: (live) => live.status.value !== null,
}
