// Registers the panel; see MapPanel.vue. Loaded apart, so that figures and alarms stand before the map library arrives.
import { defineAsyncComponent } from 'vue'
import type { Panel } from '../contract'

export const map: Panel = {
  kind: 'map',
  component: defineAsyncComponent(() => import('./MapPanel.vue')),
  hasSource: (live) => live.status.value !== null,
}
