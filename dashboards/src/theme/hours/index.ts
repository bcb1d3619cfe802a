// Registers the panel; see HoursPanel.vue.
import type { Panel } from '../../panels/contract'
import HoursPanel from './HoursPanel.vue'

export const hours: Panel = { kind: 'hours', component: HoursPanel, hasSource: (live) => live.devices.value.size > 0 }
