// Where somebody belongs who stands where there is nothing for them: a screen at its layout, a person without the city at the desk's
// first view that they may see. Pure.
import type { Me } from '../api/access-types'
import { deskHref, themeHref, WALL_HREF, type Route } from '../state/route'
import { firstView, mayView } from './views'

/** The address of a screen's layout: "wall", or "theme/water". */
const ofLayout = (layout: string | null): string => (layout?.startsWith('theme/') ? themeHref(layout.slice('theme/'.length)) : WALL_HREF)

/** Another address, or null to stay. */
export function landing(who: Me, at: Route): string | null {
  if (who.kind === 'screen') {
    // On the way to signing in as a person it is let go.
    if (at.page === 'login' || at.page === 'setup') return null
    const own = ofLayout(who.layout)
    const here = at.page === 'theme' ? themeHref(at.theme ?? '') : at.page === 'wall' ? WALL_HREF : ''
    return here === own ? null : own
  }
  const city = who.rights.includes('see_city')
  const arrived = at.page === 'login' || at.page === 'enrol'
  if (arrived && (at.page === 'enrol' || who.kind === 'person')) return city ? WALL_HREF : deskHref(firstView(who.rights))
  if (city) return null
  if (at.page === 'wall' || at.page === 'theme') return deskHref(firstView(who.rights))
  return at.page === 'desk' && at.view === 'devices' && !mayView('devices', who.rights) ? deskHref(firstView(who.rights)) : null
}
