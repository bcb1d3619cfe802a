// The wire types of accounts, rights and audit, written by hand after the contract of issue 6: the hub's OpenAPI document has them
// as soon as its part is merged, and then they become aliases onto schema.d.ts like the others.
import type { Millis, Text } from './types'

export type RoleId = 'operator' | 'dispatcher' | 'handler' | 'field_worker' | 'maintainer' | 'steward' | 'leader' | 'system_admin' | 'security_admin' | 'audit_admin'
export type RightId =
  | 'own' | 'see_city' | 'see_work' | 'see_operation' | 'see_raw' | 'export' | 'edit_register' | 'add_photo' | 'correct' | 'replay' | 'ingest' | 'command' | 'approve_command'
  | 'try_frames' | 'webhooks' | 'unmask' | 'see_accounts' | 'manage_accounts' | 'manage_keys' | 'grant' | 'read_audit' | 'configure'

/** Everything, or these. */
export type Part = 'all' | string[]
export interface Extent { themes: Part; departments: Part; areas: Part; camera_groups: Part }
export interface Grant { roles: RoleId[]; scope: Extent[]; from: Millis | null; until: Millis | null }

/** A provider of single sign-on. */
export interface Provider { id: string; name: Text }
/** How a provider knows somebody; without a provider the configuration names it no longer. */
export interface Linked { provider: Provider | null; issuer: string; subject: string; name: string | null }
export interface LoginOffer { password: boolean; sso: Provider[]; setup: boolean; policy?: PasswordPolicy | null }
export type LoginAnswer = { state: 'done' } | { state: 'totp'; ticket: string }
export type Must = 'password' | 'totp'
export interface Me {
  kind: 'person' | 'screen' | 'service' | 'local' | 'demo'
  id: string
  name: string
  user: string | null
  roles: RoleId[]
  rights: RightId[]
  grants: Grant[]
  must: Must[]
  session: { id: string; began: Millis; until: Millis; idle_s: number; from: string | null; sso?: string | null; sign_out?: string | null } | null
  /** What a screen shows. */
  layout: string | null
  /** Whether a second factor is set; a hub that does not say leaves it out. */
  totp?: boolean | null
  /** Whether there is a password, and how a provider knows the account. */
  password?: boolean | null
  linked?: Linked | null
}
export interface Session { id: string; began: Millis; used: Millis; from: string | null; agent: string | null; current?: boolean }
export interface TotpOffer { secret: string; uri: string }
/** Numbers stand under `params`, or beside the code. */
export interface PasswordFault { code: string; params?: Record<string, number> | null; [name: string]: unknown }

export interface Person {
  id: string; user: string; name: string; department: string | null; phone: string | null; disabled: boolean; locked_until: Millis | null; totp: boolean; sso: boolean; linked?: Linked | null
  password_set: Millis | null; last_login: Millis | null; sessions: number; grants: Grant[]; version: number
}
export interface PersonPage { people: Person[]; next: string | null }
export interface PersonOrder { user?: string; name: string; department: string | null; phone?: string | null }

export interface Matrix {
  roles: { id: RoleId; name: Text }[]
  rights: { id: RightId; name: Text; detail: Text | string; roles: RoleId[] }[]
  routes: { method: string; path: string; right: RightId | null }[]
}
export interface PasswordPolicy { min_length: number; max_length: number; classes: number; history: number; max_age_days: number }
export interface LockoutPolicy { wrong: number; window_s: number; lock_s: number; longest_lock_s: number; forget_s: number; address_wrong: number; address_accounts: number }
export interface SessionPolicy { idle_s: number; absolute_s: number; most: number; screen_s: number }
export interface Policy { password: PasswordPolicy; lockout: LockoutPolicy; session: SessionPolicy; totp_required: RoleId[] }

export interface Service {
  id: string; name: string; department: string | null; rights: RightId[]; scope: Extent[]; expires: Millis | null; quota_per_minute: number; created: Millis
  last_used: Millis | null; last_from: string | null; revoked: boolean
}
export interface ServiceRights { rights: RightId[]; scope: Extent[]; expires: Millis | null; quota_per_minute: number }
export interface Screen { id: string; name: string; layout: string; scope: Extent[]; enrolled: Millis; renewed: Millis; last_used: Millis | null; last_from: string | null; revoked: boolean }
export interface EnrolOffer { code: string; secret: string; until: Millis }

export type Outcome = 'done' | 'denied' | 'failed'
export interface AuditLine {
  id: number | string; at: Millis; who: string; name: string | null; kind: string; from: string | null; act: string; act_name: Text; object: string | null; outcome: Outcome
  reason: string | null; detail: Record<string, unknown>
}
export interface AuditPage { lines: AuditLine[]; next: number | string | null }
export interface AuditQuery { from?: Millis | null; to?: Millis | null; who?: string; act?: string; outcome?: string; object?: string }
export type Break = 'altered' | 'missing' | 'rewritten'
export type Protection = 'separate' | 'superuser' | 'owner' | 'schema' | 'creator' | 'disarmed'
export interface Verified { ok: boolean; lines: number; batches: number; head: string | null; at: Millis; broken: { batch: number; line: number | null; what: Break } | null; protection: Protection }
export interface AuditCopy { kind: 'file' | 'syslog'; to: string; waiting: number; at: Millis | null; trouble: { since: Millis; code: string; detail: string } | null }
export interface AuditStanding {
  lines: number; batches: number; head: string; oldest: Millis | null; keep_days: number; protection: Protection; copies: AuditCopy[]; kept_wrong: Break | null; verified: Verified | null
}
