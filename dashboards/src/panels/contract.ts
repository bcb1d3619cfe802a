// What a panel is to the wall and to a theme's page: a name, a component, and the question whether it has a live source. A panel without
// a source does not exist on the screen. The component takes no props and reads through useLive() only.
import type { Component } from 'vue'
import type { LiveView } from '../live/use'

export interface Panel {
  kind: string
  component: Component
  /** Read inside a computed: name the refs it depends on and it follows them. */
  hasSource(live: LiveView): boolean
}
