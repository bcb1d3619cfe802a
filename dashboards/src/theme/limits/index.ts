// Registers the panel; see LimitsPanel.vue.
import type { Panel } from '../../panels/contract'
import LimitsPanel from './LimitsPanel.vue'

export const limits: Panel = { kind: 'limits', component: LimitsPanel, hasSource: (live) => live.catalogue.value.themes.length > 0 }
