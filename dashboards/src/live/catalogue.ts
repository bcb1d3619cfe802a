// What the themes define — kinds, metrics, rules, KPIs — by name. Built once per load of the themes and never changed;
// what a theme does not define is answered with undefined, and the caller shows the bare identifier.
import type { Kind, KpiDefinition, Metric, Rule, Text, Theme } from '../api/types'

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

  /** The rules on what a KPI is made of, from the mildest limit to the gravest. */
  rulesOf(theme: Theme, kpi: KpiDefinition): Rule[] {
    const mine = theme.rules.filter((r) => r.kind === kpi.kind && r.metric === kpi.metric)
    return mine.sort((a, b) => (a.direction === 'below' ? b.raise - a.raise : a.raise - b.raise))
  }

  /** KPIs of one theme in the order of its screen; unknown ids are left out rather than shown empty. */
  screenKpis(theme: Theme): KpiDefinition[] {
    const order = theme.screen?.kpis ?? theme.kpis.map((k) => k.id)
    return order.flatMap((id) => this.kpi(theme.id, id) ?? [])
  }
}
