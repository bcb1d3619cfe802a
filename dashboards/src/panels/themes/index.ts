// Registers the panel; see ThemesPanel.vue.
import type { Panel } from '../contract'
import ThemesPanel from './ThemesPanel.vue'

export const themes: Panel = { kind: 'themes', component: ThemesPanel, hasSource: (live) => live.catalogue.value.themes.length > 0 }
