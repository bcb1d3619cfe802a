// Registers the panel; see KindStatesPanel.vue.
import type { Panel } from '../../panels/contract'
import KindStatesPanel from './KindStatesPanel.vue'

export const kindstates: Panel = { kind: 'kindstates', component: KindStatesPanel, hasSource: (live) => live.devices.value.size > 0 }
