// Registers the panel; see AlarmsPanel.vue.
import type { Panel } from '../contract'
import AlarmsPanel from './AlarmsPanel.vue'

export const alarms: Panel = { kind: 'alarms', component: AlarmsPanel, hasSource: (live) => live.status.value !== null }
