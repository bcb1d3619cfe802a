// Which right each view of the desk asks, and where somebody begins. What is hidden here is refused by the hub as well. Pure.
import type { RightId } from '../api/access-types'
import type { ListView, View } from '../state/route'

export const VIEW_RIGHTS: Record<View, RightId | null> = {
  devices: 'see_city', device: 'see_city', label: 'see_city', commission: 'see_city', maintenance: 'see_work', frames: 'try_frames', receivers: 'webhooks', account: null,
  people: 'see_accounts', person: 'see_accounts', matrix: null, services: 'see_accounts', screens: 'see_accounts', audit: 'read_audit', policy: 'grant',
}

export const mayView = (view: View, rights: readonly RightId[]): boolean => VIEW_RIGHTS[view] === null || rights.includes(VIEW_RIGHTS[view])

const FIRST: readonly ListView[] = ['devices', 'audit', 'people']
export const firstView = (rights: readonly RightId[]): ListView => FIRST.find((view) => mayView(view, rights)) ?? 'account'
