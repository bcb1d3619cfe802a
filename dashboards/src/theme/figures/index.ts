// Registers the panel; see FiguresPanel.vue.
import type { Panel } from '../../panels/contract'
import FiguresPanel from './FiguresPanel.vue'

export const figures: Panel = { kind: 'figures', component: FiguresPanel, hasSource: (live) => live.catalogue.value.themes.length > 0 }
