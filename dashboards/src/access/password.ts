// What a new password must be, said while it is typed, and what the hub found wrong, as words with numbers. The rules that need the
// hub (common words, passwords of before) are only said; the hub judges. Pure.
import type { PasswordFault, PasswordPolicy } from '../api/access-types'

/** As the hub has them when nobody changed the policy; a hub that tells its own wins. */
export const USUAL: PasswordPolicy = { min_length: 12, max_length: 128, classes: 3, history: 5, max_age_days: 90 }

export interface Rule { code: 'too_short' | 'few_classes' | 'regular' | 'has_name'; met: boolean; params: Record<string, number> }

const KINDS = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/]

/** Fewer than six different characters, or one run along the alphabet or the digits. */
function isRegular(text: string): boolean {
  const signs = [...text.toLowerCase()].map((c) => c.codePointAt(0)!)
  const runs = signs.slice(1).filter((c, i) => Math.abs(c - signs[i]!) <= 1).length
  return new Set(signs).size < 6 || runs + 3 >= signs.length
}

function hasName(text: string, names: readonly string[]): boolean {
  const low = text.toLowerCase()
  return names.map((n) => n.trim().toLowerCase()).some((name) => {
    const ascii = [...name].every((c) => c.charCodeAt(0) < 128)
    const reversed = [...name].reverse().join('')
    return [...name].length >= (ascii ? 3 : 2) && (low.includes(name) || low.includes(reversed))
  })
}

export function rulesOf(text: string, names: readonly string[], policy: PasswordPolicy = USUAL): Rule[] {
  const length = [...text].length
  const got = KINDS.filter((kind) => kind.test(text)).length
  const needed = Math.min(policy.classes, 4)
  return [
    { code: 'too_short', met: length >= policy.min_length && length <= policy.max_length, params: { least: policy.min_length, most: policy.max_length } },
    { code: 'few_classes', met: got >= needed, params: { needed } },
    { code: 'regular', met: length > 0 && !isRegular(text), params: {} },
    { code: 'has_name', met: length > 0 && !hasName(text, names), params: {} },
  ]
}

/** The number of a fault, whatever the hub calls it and wherever it stands. */
export function numberOf(fault: PasswordFault): number | null {
  const all = { ...fault, ...fault.params } as Record<string, unknown>
  const found = ['least', 'most', 'min', 'max', 'needed', 'history'].map((name) => all[name]).find((v) => typeof v === 'number')
  return (found as number | undefined) ?? null
}
