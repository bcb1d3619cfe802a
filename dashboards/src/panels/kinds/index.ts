// Registers the panel; see KindsPanel.vue. It yields its place on the wall when there are so many themes that they need the
// whole column.
import type { Panel } from '../contract'
import KindsPanel from './KindsPanel.vue'

const MOST_THEMES = 12

export const kinds: Panel = {
  kind: 'kinds',
  component: KindsPanel,
  hasSource: ({ catalogue, devices }) => devices.value.size > 0 && catalogue.value.themes.length <= MOST_THEMES,
}
