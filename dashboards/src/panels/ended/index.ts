// Registers the panel; see EndedPanel.vue.
import type { Panel } from '../contract'
import EndedPanel from './EndedPanel.vue'

export const ended: Panel = { kind: 'ended', component: EndedPanel, hasSource: (live) => live.today.value.complete }
