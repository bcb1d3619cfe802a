//! A theme as data: kinds, rules and key figures. What the loader in `topics/` reads and what rules, KPIs and screens
//! are made from; it decides nothing itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Freshness, KindId, KpiId, Label, MetricId, Rule, ThemeId};

/// How sure a limit is (来源可信度), as marked in the domain reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Certainty {
    /// The text of the standard was seen.
    A,
    /// Well known, not checked against the text.
    B,
    /// Local practice.
    C,
}

impl Certainty {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
            Self::C => "C",
        }
    }
}

/// One quantity of a kind.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Metric {
    /// Its name on the wire.
    pub id: MetricId,
    /// For people.
    pub name: Label,
    /// Unit as it is shown, e.g. `m`; empty for a state.
    #[serde(default)]
    pub unit: String,
    /// Decimal places that make sense.
    #[serde(default)]
    pub precision: u8,
    /// Lowest value that the instrument can give.
    pub min: Option<f64>,
    /// Highest value that the instrument can give.
    pub max: Option<f64>,
    /// Labels of a state metric, by its whole number.
    #[serde(default)]
    pub states: BTreeMap<String, Label>,
}

/// A kind of device (物模型): what it measures and how often it should be heard.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// Its name in the theme.
    pub id: KindId,
    /// For people.
    pub name: Label,
    /// How often it reports when all is well, seconds.
    pub expected_interval_s: u32,
    /// Silent for longer than this: stale.
    pub stale_after_s: u32,
    /// Silent for longer than this: offline.
    pub offline_after_s: u32,
    /// A reading that arrives later than this is flagged late, seconds.
    #[serde(default = "late_after_default")]
    pub late_after_s: u32,
    /// Readings that came in another order than they were taken are put in order within this many milliseconds before rules
    /// decide on them (乱序容忍); later ones are only told of in hindsight.
    #[serde(default)]
    pub reorder_ms: u32,
    /// What it measures.
    pub metrics: Vec<Metric>,
}

const fn late_after_default() -> u32 {
    300
}

impl Kind {
    /// The deadlines of this kind.
    #[must_use]
    pub const fn freshness(&self) -> Freshness {
        Freshness { stale_after_s: self.stale_after_s, offline_after_s: self.offline_after_s }
    }

    /// The metric of that name.
    #[must_use]
    pub fn metric(&self, id: &MetricId) -> Option<&Metric> {
        self.metrics.iter().find(|metric| metric.id == *id)
    }
}

/// Which side of the limit is abnormal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// At or above the limit.
    Above,
    /// At or below the limit.
    Below,
}

impl Direction {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }
}

/// How many values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Aggregate {
    /// The largest.
    Max,
    /// The smallest.
    Min,
    /// The mean.
    Avg,
    /// The sum.
    Sum,
}

impl Aggregate {
    /// The word on the wire.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Max => "max",
            Self::Min => "min",
            Self::Avg => "avg",
            Self::Sum => "sum",
        }
    }
}

/// A key figure (城市体征): one metric of one kind, over all devices that are live.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kpi {
    /// Its name in the theme.
    pub id: KpiId,
    /// For people.
    pub name: Label,
    /// The kind of the devices that it covers.
    pub kind: KindId,
    /// The metric that it aggregates.
    pub metric: MetricId,
    /// How.
    pub aggregate: Aggregate,
    /// Unit as it is shown.
    pub unit: String,
    /// Decimal places that make sense.
    pub precision: u8,
    /// Where it normally lies, [low, high].
    pub band: Option<[f64; 2]>,
    /// Where the band comes from.
    #[serde(default)]
    pub band_source: String,
}

/// A theme (专题): the upstream version of what a deployment may change locally.
#[derive(Debug, Clone, PartialEq)]
pub struct Theme {
    /// Its folder's name.
    pub id: ThemeId,
    /// For people.
    pub name: Label,
    /// Version of the file.
    pub version: String,
    /// For how long its readings are kept when that is shorter than the hub's own limit, days.
    pub keep_readings_days: Option<u32>,
    /// Kinds of devices.
    pub kinds: Vec<Arc<Kind>>,
    /// Alarm rules.
    pub rules: Vec<Rule>,
    /// Key figures.
    pub kpis: Vec<Kpi>,
    /// What the theme wants on the wall: a JSON text for the dashboards.
    pub screen: String,
    /// Why the theme is switched off, if its files could not be read.
    pub error: Option<String>,
}

impl Theme {
    /// The kind of that name.
    #[must_use]
    pub fn kind(&self, id: &KindId) -> Option<&Arc<Kind>> {
        self.kinds.iter().find(|kind| kind.id == *id)
    }

    /// The first kind that measures all of `metrics`: what an unannounced device most likely is.
    #[must_use]
    pub fn kind_of_metrics<'a>(&self, metrics: impl Iterator<Item = &'a MetricId> + Clone) -> Option<&Arc<Kind>> {
        self.kinds.iter().find(|kind| metrics.clone().all(|metric| kind.metric(metric).is_some()))
    }
}
