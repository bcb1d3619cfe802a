// Registers the panel; see LinksPanel.vue.
import type { Panel } from '../contract'
import LinksPanel from './LinksPanel.vue'

export const links: Panel = { kind: 'links', component: LinksPanel, hasSource: (live) => live.links.value.size > 0 }
