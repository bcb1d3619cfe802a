// Every panel kind, one line each, and where the wall puts them. Nothing else names a panel.
import type { Panel } from './contract'
import { alarms } from './alarms'
import { ended } from './ended'
import { kinds } from './kinds'
import { links } from './links'
import { map } from './map'
import { themes } from './themes'
import { today } from './today'
import { unseen } from './unseen'

export const AREAS = {
  left: [themes, kinds],
  centre: [map],
  strip: [today, links],
  right: [alarms, ended, unseen],
} satisfies Record<string, Panel[]>
