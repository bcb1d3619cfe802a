//! The themes as they are in force: kinds, rules with their sources, key figures, and what they want on the wall. A
//! theme whose files could not be read is listed with the reason.

use std::collections::BTreeMap;

use axum::extract::State;
use chengshu_core::model::{Kind, Kpi, Theme, ThresholdRule};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::value::RawValue;

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;
use crate::view::{LabelView, Written};

#[derive(Debug, Serialize, JsonSchema)]
struct MetricView<'a> {
    id: &'a str,
    name: LabelView<'a>,
    unit: &'a str,
    precision: u8,
    min: Option<f64>,
    max: Option<f64>,
    /// Labels of a state metric by its whole number.
    states: BTreeMap<&'a str, LabelView<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct KindView<'a> {
    id: &'a str,
    name: LabelView<'a>,
    expected_interval_s: u32,
    stale_after_s: u32,
    offline_after_s: u32,
    late_after_s: u32,
    metrics: Vec<MetricView<'a>>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct RuleView<'a> {
    id: &'a str,
    version: i32,
    name: LabelView<'a>,
    kind: &'a str,
    metric: &'a str,
    /// critical, urgent, important or general.
    severity: &'static str,
    /// above or below: which side of the limit is abnormal.
    direction: &'static str,
    raise: f64,
    clear: f64,
    source: &'a str,
    /// How sure the source is: A, B or C.
    certainty: &'static str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct KpiDefinition<'a> {
    id: &'a str,
    name: LabelView<'a>,
    kind: &'a str,
    metric: &'a str,
    /// max, min, avg or sum.
    aggregate: &'static str,
    unit: &'a str,
    precision: u8,
    /// Where it normally lies: [low, high].
    band: Option<[f64; 2]>,
    band_source: &'a str,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ThemeView<'a> {
    id: &'a str,
    name: LabelView<'a>,
    version: &'a str,
    /// Why the theme is switched off.
    error: Option<&'a str>,
    kinds: Vec<KindView<'a>>,
    rules: Vec<RuleView<'a>>,
    kpis: Vec<KpiDefinition<'a>>,
    /// The theme's screen.json.
    #[schemars(with = "serde_json::Value")]
    screen: Option<&'a RawValue>,
}

/// All themes.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ThemeList<'a> {
    themes: Vec<ThemeView<'a>>,
}

fn kind(kind: &Kind) -> KindView<'_> {
    let metrics = kind.metrics.iter().map(|metric| MetricView {
        id: metric.id.as_str(),
        name: (&metric.name).into(),
        unit: &metric.unit,
        precision: metric.precision,
        min: metric.min,
        max: metric.max,
        states: metric.states.iter().map(|(number, label)| (number.as_str(), label.into())).collect(),
    });
    KindView {
        id: kind.id.as_str(),
        name: (&kind.name).into(),
        expected_interval_s: kind.expected_interval_s,
        stale_after_s: kind.stale_after_s,
        offline_after_s: kind.offline_after_s,
        late_after_s: kind.late_after_s,
        metrics: metrics.collect(),
    }
}

fn rule(rule: &ThresholdRule) -> RuleView<'_> {
    RuleView {
        id: rule.id.as_str(),
        version: rule.version,
        name: (&rule.name).into(),
        kind: rule.kind.as_str(),
        metric: rule.metric.as_str(),
        severity: rule.severity.word(),
        direction: rule.direction.word(),
        raise: rule.raise,
        clear: rule.clear,
        source: &rule.source,
        certainty: rule.certainty.word(),
    }
}

fn kpi(kpi: &Kpi) -> KpiDefinition<'_> {
    KpiDefinition {
        id: kpi.id.as_str(),
        name: (&kpi.name).into(),
        kind: kpi.kind.as_str(),
        metric: kpi.metric.as_str(),
        aggregate: kpi.aggregate.word(),
        unit: &kpi.unit,
        precision: kpi.precision,
        band: kpi.band,
        band_source: &kpi.band_source,
    }
}

fn theme(theme: &Theme) -> ThemeView<'_> {
    ThemeView {
        id: theme.id.as_str(),
        name: (&theme.name).into(),
        version: &theme.version,
        error: theme.error.as_deref(),
        kinds: theme.kinds.iter().map(|item| kind(item)).collect(),
        rules: theme.rules.iter().map(rule).collect(),
        kpis: theme.kpis.iter().map(kpi).collect(),
        screen: serde_json::from_str(&theme.screen).ok(),
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Written, Problem> {
    let themes = app.board.read(|board| board.themes.clone());
    let visible = themes.iter().filter(|theme| who.scope.covers_theme(theme.id.as_str()));
    Written::json(&ThemeList { themes: visible.map(theme).collect() })
}
