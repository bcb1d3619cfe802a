// The alarms of the fake hub: ladders on values judged as the hub would judge them (without waiting), silence by the clock,
// and one alarm of each other kind standing from the beginning, because nothing here computes changes or medians.
import { KINDS, RULES } from './theme.mjs'

export const ORDER = ['critical', 'urgent', 'important', 'general']
const rank = (severity) => ORDER.indexOf(severity)
const DAY_MS = 86_400_000
const ZONE_MS = 28_800_000
const unitOf = (signal, metric) => (['silence', 'stuck'].includes(signal.what) ? 's' : ['state', 'bits'].includes(signal.what) ? '' : (metric?.unit ?? ''))

export const ruleOf = (id) => RULES.find((r) => r.id === `water.${id}`)
const about = (rule, d) => (!rule.kinds.length || rule.kinds.includes(d.kind)) && (!rule.devices.length || rule.devices.includes(d.device)) && !rule.areas.length

/** An alarm as the API tells it. `more` overrides: since, worst, …. */
export function alarmOf(rule, step, d, value, at, more = {}) {
  const metric = KINDS.find((k) => k.id === d.kind)?.metrics.find((m) => m.id === rule.metric)
  return {
    id: `${rule.id}:${d.device}:${at}`, rule: rule.id, rule_version: rule.version, rule_name: rule.name, theme: d.theme, device: d.device, device_name: d.name,
    place: d.place, metric: rule.metric, metric_name: metric?.name ?? null, unit: unitOf(rule.signal, metric), signal: rule.signal.what, severity: step.severity, worst: step.severity,
    direction: rule.direction, limit: step.raise, clear: step.clear, value, since: at - 1000 * rule.for_s, raised_at: at, raised_received: at + 120,
    cleared_at: null, cleared_value: null, source: rule.source, certainty: rule.certainty, ...more,
  }
}

/** The gravest step that holds for a value; one that stands holds until its way back. */
function levelOf(rule, value, standing) {
  const holds = (s) => value >= s.raise || (standing && rank(standing.severity) <= rank(s.severity) && value > s.clear)
  return rule.steps.filter((s) => !s.hours && holds(s)).sort((a, b) => rank(a.severity) - rank(b.severity))[0]
}

/** What the present value of a device, or its silence, changes: the alarms that are new or other than before. */
export function judge(d, active, now) {
  const changed = []
  for (const rule of RULES.filter((r) => about(r, d) && ['value', 'silence'].includes(r.signal.what))) {
    const value = rule.signal.what === 'silence' ? (d.state === 'live' || d.last_heard === null ? 0 : (now - d.last_heard) / 1000) : d.metrics[rule.metric]?.value
    if (value === undefined) continue
    const standing = active.find((a) => a.rule === rule.id && a.device === d.device)
    const step = levelOf(rule, value, standing)
    if (step && !standing) changed.push(alarmOf(rule, step, d, value, rule.signal.what === 'silence' ? d.last_heard + 1000 * step.raise : now))
    else if (standing && !step) changed.push({ ...standing, cleared_at: now, cleared_value: value })
    else if (standing && step.severity !== standing.severity)
      changed.push({ ...standing, severity: step.severity, limit: step.raise, clear: step.clear, worst: ORDER[Math.min(rank(standing.worst), rank(step.severity))] })
  }
  return changed
}

/** One alarm of each kind that only a history could raise. */
export function standing(devices, now) {
  const made = (id, device, value, ago, more, n = 0) => alarmOf(ruleOf(id), ruleOf(id).steps[n], devices.get(device), value, now - ago, more)
  return [
    made('river_rise', 'W-RL-014', 0.62, 372_000, { worst: 'urgent' }),
    made('river_stuck', 'W-RL-009', 3_600, 3_720_000),
    made('flood', 'W-RL-016', 1, 144_000),
    made('rain_jump', 'W-RG-021', 34.2, 95_000),
    made('rain_drift', 'W-RG-017', 18.4, 1_930_000),
    made('pump_fault', 'W-PS-008', 1, 610_000),
    made('pump_bits', 'W-PS-011', 1, 2_410_000),
  ]
}

/** What the devices of those alarms read, so that the two agree. */
export const SHOWN = { 'W-PS-008': { run: 2 }, 'W-PS-011': { flags: 4 } }

/** Some alarms of today that have ended. */
export function history(devices, now, rand) {
  const dayStart = Math.floor((now + ZONE_MS) / DAY_MS) * DAY_MS - ZONE_MS
  const ended = []
  for (let i = 0; i < 46; i++) {
    const rule = RULES[Math.floor(rand() * RULES.length)]
    const step = rule.steps[Math.floor(rand() * rule.steps.length)]
    if (step.severity === 'critical' && i % 5) continue
    const at = dayStart + Math.floor(rand() ** 0.6 * (now - dayStart - 660_000))
    const device = [...devices.values()].find((d) => about({ ...rule, areas: [] }, d))
    const yes = ['state', 'bits', 'expression'].includes(rule.signal.what)
    ended.push(alarmOf(rule, step, device, yes ? 1 : step.raise * 1.06, at, { id: `h${i}`, cleared_at: Math.min(at + 600_000, now), cleared_value: yes ? 0 : step.clear, ...(i % 7 === 0 && { worst: ORDER[Math.max(0, rank(step.severity) - 1)] }) }))
  }
  return ended
}
