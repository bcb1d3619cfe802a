// Registers the panel; see TodayPanel.vue.
import type { Panel } from '../contract'
import TodayPanel from './TodayPanel.vue'

export const today: Panel = { kind: 'today', component: TodayPanel, hasSource: (live) => live.today.value.complete }
