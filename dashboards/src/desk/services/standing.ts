// How a service's key stands. Pure.
import type { Service } from '../../api/access-types'

const SOON_MS = 14 * 86_400_000
export type ServiceState = 'good' | 'none' | 'soon' | 'expired' | 'revoked'

export function stateOfService(s: Service, now: number): ServiceState {
  if (s.revoked) return 'revoked'
  if (s.expires !== null && s.expires <= now) return 'expired'
  if (!s.rights.length) return 'none'
  return s.expires !== null && s.expires - now < SOON_MS ? 'soon' : 'good'
}
