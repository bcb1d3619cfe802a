// Registers the panel; see UnseenPanel.vue.
import type { Panel } from '../contract'
import UnseenPanel from './UnseenPanel.vue'

export const unseen: Panel = { kind: 'unseen', component: UnseenPanel, hasSource: (live) => live.devices.value.size > 0 }
