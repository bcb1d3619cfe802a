// Registers the panel; see KindsPanel.vue. It yields its place on the wall when the themes need the whole column.
import type { Panel } from '../contract'
import KindsPanel from './KindsPanel.vue'

const MOST_KPIS = 9

export const kinds: Panel = {
  kind: 'kinds',
  component: KindsPanel,
  hasSource: ({ catalogue, devices }) =>
    devices.value.size > 0 && catalogue.value.themes.reduce((n, t) => n + catalogue.value.screenKpis(t).length, 0) <= MOST_KPIS,
}
