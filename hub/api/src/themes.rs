//! The themes as they are in force: kinds, rules with their sources, key figures, and what they want on the wall. A
//! theme whose files could not be read is listed with the reason.

use std::collections::BTreeMap;

use axum::extract::State;
use chengshu_core::model::{DeviceId, Hours, Kind, KindId, Kpi, MetricId, Rule, Signal, Theme};
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
    /// Devices of these kinds; empty: of all that measure what it looks at.
    #[schemars(with = "Vec<String>")]
    kinds: &'a [KindId],
    /// These devices only; empty: all.
    #[schemars(with = "Vec<String>")]
    devices: &'a [DeviceId],
    /// Devices of these groups only; empty: all.
    groups: &'a [String],
    /// Devices in these areas (division codes and what begins with them); empty: all.
    areas: &'a [String],
    /// The metric that it looks at, where it looks at one of its own device.
    metric: Option<&'a str>,
    /// The number that it looks at: `what` is value, change, stuck, spike, silence, state, bits, against or expression.
    #[schemars(with = "SignalView")]
    signal: &'a Signal,
    /// above or below: which side of the limits is abnormal.
    direction: &'static str,
    /// Its ladder.
    steps: Vec<StepView<'a>>,
    /// Abnormal for so long before it is raised, seconds.
    for_s: u32,
    /// Less grave or normal for so long before that is believed, seconds.
    hold_s: u32,
    /// In so many of the last readings before it is raised.
    repeat: Option<RepeatView>,
    source: &'a str,
    /// How sure the source is: A, B or C.
    certainty: &'static str,
}

/// One step of a ladder.
#[derive(Debug, Serialize, JsonSchema)]
struct StepView<'a> {
    /// critical, urgent, important or general.
    severity: &'static str,
    /// Abnormal from here on.
    raise: f64,
    /// Normal again from here on.
    clear: f64,
    /// Only in these hours, China Standard Time: {"from": "22:00", "to": "06:00", "days": [1, 7]}.
    #[schemars(with = "Option<serde_json::Value>")]
    hours: Option<&'a Hours>,
}

/// n of m.
#[derive(Debug, Serialize, JsonSchema)]
struct RepeatView {
    times: u8,
    of: u8,
}

/// A signal: `what`, and what goes with it.
#[derive(JsonSchema)]
#[schemars(extend("additionalProperties" = true))]
#[expect(dead_code, reason = "only its shape is told")]
struct SignalView {
    what: String,
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

fn rule(rule: &Rule) -> RuleView<'_> {
    let steps = rule.steps.iter().map(|step| StepView {
        severity: step.severity.word(),
        raise: step.raise,
        clear: step.clear,
        hours: step.hours.as_ref(),
    });
    RuleView {
        id: rule.id.as_str(),
        version: rule.version,
        name: (&rule.name).into(),
        kinds: &rule.scope.kinds,
        devices: &rule.scope.devices,
        groups: &rule.scope.groups,
        areas: &rule.scope.areas,
        metric: rule.signal.metric().map(MetricId::as_str),
        signal: &rule.signal,
        direction: rule.direction.word(),
        steps: steps.collect(),
        for_s: rule.timing.for_s,
        hold_s: rule.timing.hold_s,
        repeat: rule.timing.repeat.map(|repeat| RepeatView { times: repeat.times, of: repeat.of }),
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
