// Which rights there are, which of them a service may hold, and which view of the desk asks which. As hub/access says it; the hub
// decides.
import type { RightId, RoleId } from '../api/access-types'

export const ALL_RIGHTS: readonly RightId[] = [
  'own', 'see_city', 'see_work', 'see_operation', 'see_raw', 'export', 'edit_register', 'add_photo', 'correct', 'replay', 'ingest', 'command', 'approve_command', 'try_frames', 'webhooks',
  'unmask', 'see_accounts', 'manage_accounts', 'manage_keys', 'grant', 'read_audit', 'configure',
]
/** These need a person who answers for them. */
const OF_PEOPLE: readonly RightId[] = ['own', 'approve_command', 'unmask', 'see_accounts', 'manage_accounts', 'manage_keys', 'grant', 'read_audit', 'configure']
export const SERVICE_RIGHTS = ALL_RIGHTS.filter((right) => !OF_PEOPLE.includes(right))

export const ROLES: readonly RoleId[] = ['operator', 'dispatcher', 'handler', 'field_worker', 'maintainer', 'steward', 'leader', 'system_admin', 'security_admin', 'audit_admin']
export const ADMINISTRATORS: readonly RoleId[] = ['system_admin', 'security_admin', 'audit_admin']
