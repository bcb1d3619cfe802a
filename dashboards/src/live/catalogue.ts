// What the themes define — kinds, metrics, rules, KPIs — by name. Built once per load of the themes and never changed;
// what a theme does not define is answered with undefined, and the caller shows the bare identifier.
import type { Certainty, Direction, Kind, KpiDefinition, Metric, Rule, Severity, Step, Text, Theme } from '../api/types'

/** One step of a rule that looks at a metric's value itself: what figures, hours and trends can show beside it. */
export interface Limit extends Step {
  /** The rule's id; a ladder has it once for each step. */
  rule: string
  name: Text
  source: string
  certainty: Certainty
  direction: Direction
  severity: Severity
  /** Whom of the kind it is about; null: all of them. */
  only: Pick<Rule, 'devices' | 'groups' | 'areas'> | null
}

/** What says whether a device is among those that a limit is about. */
export interface Belongs { device: string; area?: string | null; groups?: readonly string[] }

export class Catalogue {
  private kinds = new Map<string, Kind>()
  private rules = new Map<string, Rule>()
  private kpis = new Map<string, KpiDefinition>()

  constructor(readonly themes: readonly Theme[]) {
    for (const theme of themes) {
      for (const kind of theme.kinds) this.kinds.set(`${theme.id}/${kind.id}`, kind)
      for (const rule of theme.rules) this.rules.set(rule.id, rule)
      for (const kpi of theme.kpis) this.kpis.set(`${theme.id}/${kpi.id}`, kpi)
    }
  }

  kind(theme: string, id: string | null | undefined): Kind | undefined {
    return id == null ? undefined : this.kinds.get(`${theme}/${id}`)
  }

  metric(theme: string, kind: string | null | undefined, metric: string): Metric | undefined {
    return this.kind(theme, kind)?.metrics.find((m) => m.id === metric)
  }

  kpi(theme: string, id: string): KpiDefinition | undefined {
    return this.kpis.get(`${theme}/${id}`)
  }

  rule(id: string): Rule | undefined {
    return this.rules.get(id)
  }

  /** The word for a value of a state metric, if it has one. */
  word(metric: Metric | undefined, value: number): Text | undefined {
    return metric?.states[String(value)]
  }

  /** All KPIs of a theme: those of its screen first, in its order. */
  allKpis(theme: Theme): KpiDefinition[] {
    const first = this.screenKpis(theme)
    return [...first, ...theme.kpis.filter((k) => !first.some((f) => f.id === k.id))]
  }

  /** A metric as the rule means it: of its first kind that has it, else of the first kind that has one. */
  metricOf(theme: string, rule: Rule, metric: string): Metric | undefined {
    const kinds = rule.kinds.length ? rule.kinds : (this.themes.find((x) => x.id === theme)?.kinds ?? []).map((k) => k.id)
    for (const kind of kinds) {
      const found = this.metric(theme, kind, metric)
      if (found) return found
    }
    return undefined
  }

  /** The first metric of that name in any theme: for rules that look at devices of another kind. */
  anyMetric(metric: string): Metric | undefined {
    for (const kind of this.kinds.values()) {
      const found = kind.metrics.find((m) => m.id === metric)
      if (found) return found
    }
    return undefined
  }

  /** The limits of a kind's metric, from the mildest to the gravest, upper ones first. A rule that names no kind is about every kind that measures the metric. */
  limitsOf(theme: string, kind: string | null | undefined, metric: string): Limit[] {
    if (!this.metric(theme, kind, metric)) return []
    const rules = this.themes.find((x) => x.id === theme)?.rules ?? []
    const mine = rules.filter((r) => r.signal.what === 'value' && r.metric === metric && (!r.kinds.length || r.kinds.includes(kind!)))
    const limits = mine.flatMap(({ id, name, source, certainty, direction, devices, groups, areas, steps }) => {
      const only = devices.length || groups.length || areas.length ? { devices, groups, areas } : null
      return steps.map((step) => ({ ...step, rule: id, name, source, certainty, direction, only }))
    })
    const way = (l: Limit) => (l.direction === 'below' ? -1 : 1)
    return limits.sort((a, b) => way(b) - way(a) || (a.raise - b.raise) * way(a))
  }

  /** KPIs of one theme in the order of its screen; unknown ids are left out rather than shown empty. */
  screenKpis(theme: Theme): KpiDefinition[] {
    const order = theme.screen?.kpis ?? theme.kpis.map((k) => k.id)
    return order.flatMap((id) => this.kpi(theme.id, id) ?? [])
  }
}

/** Whether a limit is about this device; what is not known of the device is taken as told by nobody. */
export function isAbout({ only }: Limit, d: Belongs): boolean {
  if (!only) return true
  const among = !only.devices.length || only.devices.includes(d.device)
  const grouped = !only.groups.length || (d.groups ?? []).some((g) => only.groups.includes(g))
  return among && grouped && (!only.areas.length || only.areas.some((a) => d.area?.startsWith(a)))
}
