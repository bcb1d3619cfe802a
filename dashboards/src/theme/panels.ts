// Every panel that a theme's page may have, one line each, and where it stands. A theme's screen.json names those that it
// wants and their order (`page`); a name that is not here shows that in its own place.
import { defineComponent } from 'vue'
import type { Theme } from '../api/types'
import { t } from '../i18n'
import { alarms } from '../panels/alarms'
import type { Panel } from '../panels/contract'
import { ended } from '../panels/ended'
import { map } from '../panels/map'
import { today } from '../panels/today'
import { unseen } from '../panels/unseen'
import { figures } from './figures'
import { hours } from './hours'
import { kindstates } from './kindstates'
import { limits } from './limits'
import { unplaced } from './unplaced'

export const AREAS = ['left', 'centre', 'strip', 'right', 'foot'] as const
export type Area = (typeof AREAS)[number]

const PLACES: Record<string, readonly [Area, Panel]> = {
  figures: ['left', figures],
  map: ['centre', map],
  hours: ['strip', hours],
  kinds: ['strip', kindstates],
  today: ['strip', today],
  alarms: ['right', alarms],
  ended: ['right', ended],
  unplaced: ['right', unplaced],
  unseen: ['right', unseen],
  limits: ['foot', limits],
}

/** A theme that says nothing has these. */
const USUAL = ['figures', 'map', 'hours', 'kinds', 'alarms', 'ended', 'unplaced', 'unseen', 'limits']

export function panelsOf(theme: Pick<Theme, 'screen'> | undefined): Record<Area, Panel[]> {
  const areas = Object.fromEntries(AREAS.map((a) => [a, [] as Panel[]])) as Record<Area, Panel[]>
  const named = theme?.screen?.page
  for (const name of new Set(Array.isArray(named) ? named : USUAL)) {
    const [area, panel] = Object.hasOwn(PLACES, name) ? PLACES[name]! : (['strip', unknown(String(name))] as const)
    areas[area].push(panel)
  }
  return areas
}

const unknown = (name: string): Panel => ({
  kind: 'theme',
  hasSource: () => true,
  component: defineComponent(() => {
    throw new Error(t('theme.panel', { name, known: Object.keys(PLACES).join(', ') }))
  }),
})
