// Registers the panel; see UnplacedPanel.vue.
import type { Panel } from '../../panels/contract'
import UnplacedPanel from './UnplacedPanel.vue'

export const unplaced: Panel = { kind: 'unplaced', component: UnplacedPanel, hasSource: (live) => [...live.standing.value.values()].some((d) => !d.place) }
