//! Alarm rules as data (研判规则): whom they are about, which number they look at, from where on that number is abnormal, and
//! for how long it has to be so. The logic stands in `rules`; this file only says what can be said.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Aggregate, Certainty, DeviceId, Direction, KindId, Label, MetricId, RuleId, Severity};

/// An alarm rule. `version` rises with every change, so that each alarm can say which one decided.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Rule {
    /// Unique in the hub; begins with its theme.
    pub id: RuleId,
    /// Raised with every change.
    pub version: i32,
    /// For people.
    pub name: Label,
    /// Which devices it is about.
    pub scope: RuleScope,
    /// The number that it looks at.
    pub signal: Signal,
    /// Which side of the limits is abnormal.
    pub direction: Direction,
    /// The ladder: how grave from where on. At least one.
    pub steps: Vec<RuleStep>,
    /// For how long, and how often.
    pub timing: Timing,
    /// The standard, clause or practice that the limits come from.
    pub source: String,
    /// How sure that source is.
    pub certainty: Certainty,
}

impl Rule {
    /// The gravest and the least grave step.
    #[must_use]
    pub fn severities(&self) -> Option<(Severity, Severity)> {
        let all = || self.steps.iter().map(|step| step.severity);
        Some((all().min()?, all().max()?))
    }

    /// The limits that hold for alarms of this severity: those of the first such step.
    #[must_use]
    pub fn step(&self, severity: Severity) -> Option<&RuleStep> {
        self.steps.iter().find(|step| step.severity == severity)
    }
}

/// Which devices of its theme a rule is about (适用范围). What is empty does not narrow it down.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RuleScope {
    /// Devices of these kinds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<KindId>,
    /// These devices.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<DeviceId>,
    /// Devices of one of these groups of the register.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// Devices in one of these areas: a division code takes in the codes that begin with it (GB/T 2260).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<String>,
}

/// The number that a rule looks at (研判量), made from readings of one device or of several.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "snake_case", deny_unknown_fields)]
pub enum Signal {
    /// The value itself (阈值).
    Value {
        /// Of this metric.
        metric: MetricId,
    },
    /// The value minus the one at the beginning of the window (变化率): positive when it rose.
    Change {
        /// Of this metric.
        metric: MetricId,
        /// Length of the window, seconds.
        over_s: u32,
    },
    /// For how long the value has not moved, seconds (死值).
    Stuck {
        /// Of this metric.
        metric: MetricId,
        /// Moves of at most this much are none.
        #[serde(default)]
        tolerance: f64,
    },
    /// How far the value lies from the median of those before it, on either side (跳变).
    Spike {
        /// Of this metric.
        metric: MetricId,
        /// Values before it that are looked at, 3 to 60.
        of: u8,
    },
    /// For how long nothing was heard of the device, seconds (无数据).
    Silence {},
    /// 1 while the metric is in one of these states, else 0 (状态).
    State {
        /// Of this metric.
        metric: MetricId,
        /// Whole numbers.
        states: Vec<i64>,
    },
    /// 1 while any of these bits is set, else 0 (位状态).
    Bits {
        /// Of this metric.
        metric: MetricId,
        /// The bits.
        mask: u32,
    },
    /// The mean of the window minus the mean of the others that the rule is about (同类偏差): drift against neighbours,
    /// a site against its district.
    Against {
        /// Of this metric.
        metric: MetricId,
        /// Who the others are.
        others: Others,
        /// Length of the window of its own values, seconds; 0 = its newest value.
        #[serde(default)]
        over_s: u32,
    },
    /// What a CEL expression says over several metrics and devices (组合表达式): a number, or true = 1 and false = 0.
    Expression {
        /// The expression.
        cel: String,
        /// The names in it.
        inputs: BTreeMap<String, RuleInput>,
    },
}

impl Signal {
    /// The word on the wire.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Value { .. } => "value",
            Self::Change { .. } => "change",
            Self::Stuck { .. } => "stuck",
            Self::Spike { .. } => "spike",
            Self::Silence {} => "silence",
            Self::State { .. } => "state",
            Self::Bits { .. } => "bits",
            Self::Against { .. } => "against",
            Self::Expression { .. } => "expression",
        }
    }

    /// The one metric of the device itself that it looks at, if it looks at one.
    #[must_use]
    pub const fn metric(&self) -> Option<&MetricId> {
        match self {
            Self::Value { metric }
            | Self::Change { metric, .. }
            | Self::Stuck { metric, .. }
            | Self::Spike { metric, .. }
            | Self::State { metric, .. }
            | Self::Bits { metric, .. }
            | Self::Against { metric, .. } => Some(metric),
            Self::Silence {} | Self::Expression { .. } => None,
        }
    }
}

/// With whom a device is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Others {
    /// All that the rule is about.
    All,
    /// Those behind the same gateway.
    Gateway,
    /// Those of the same area of the register.
    Area,
}

/// What a name in an expression stands for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleInput {
    /// This metric.
    pub metric: MetricId,
    /// Of this device; left out: of the one that the rule is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceId>,
    /// Over the last so many seconds; 0 = the newest value.
    #[serde(default)]
    pub over_s: u32,
    /// What of the window.
    #[serde(default = "RuleInput::how_default")]
    pub how: Aggregate,
}

impl RuleInput {
    const fn how_default() -> Aggregate {
        Aggregate::Avg
    }
}

/// One step of the ladder (分级限值), with its way back: a value that trembles around one limit does not flap.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleStep {
    /// How grave.
    pub severity: Severity,
    /// Abnormal from here on.
    pub raise: f64,
    /// Normal again from here on.
    pub clear: f64,
    /// Only in these hours; left out: always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hours: Option<Hours>,
}

/// Hours of the day in China Standard Time (时段): from the first minute on, before the second; over midnight where the
/// second lies before the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// Minute of the day, 0 to 1439.
    #[serde(with = "clock")]
    pub from: u16,
    /// Minute of the day, 1 to 1440.
    #[serde(with = "clock")]
    pub to: u16,
    /// Days of the week on which the span begins, 1 = Monday; empty = every day.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub days: Vec<u8>,
}

/// For how long and how often (时限). Zero is "at once".
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Timing {
    /// Abnormal for so long before it is raised, seconds (on-delay). Graver steps of a raised alarm wait for nothing.
    pub for_s: u32,
    /// Less grave or normal for so long before that is believed, seconds (off-delay).
    pub hold_s: u32,
    /// Abnormal in so many of the last readings before it is raised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
}

/// n of m (重复次数).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// So many abnormal ones, 1 or more.
    pub times: u8,
    /// Among the last so many, at most 64.
    pub of: u8,
}

/// Minutes of the day as people write them: `06:30`, up to `24:00`.
mod clock {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(super) fn serialize<S: Serializer>(minute: &u16, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(&format_args!("{:02}:{:02}", minute / 60, minute % 60))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<u16, D::Error> {
        let text = String::deserialize(from)?;
        let parts = text.split_once(':').filter(|(hour, minute)| hour.len() == 2 && minute.len() == 2);
        let minute = parts.and_then(|(hour, minute)| {
            let (hour, minute) = (hour.parse::<u16>().ok()?, minute.parse::<u16>().ok()?);
            (minute < 60 && hour * 60 + minute <= 1440).then_some(hour * 60 + minute)
        });
        minute.ok_or_else(|| D::Error::custom(format!("hour {text:?}; expected 00:00 to 24:00")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_are_written_as_people_write_them() {
        let read = |text: &str| serde_json::from_str::<Hours>(text);
        let night = read(r#"{"from":"22:00","to":"06:00"}"#).unwrap();
        assert_eq!((night.from, night.to), (1320, 360));
        assert_eq!(serde_json::to_string(&night).unwrap(), r#"{"from":"22:00","to":"06:00"}"#);
        assert_eq!(read(r#"{"from":"00:00","to":"24:00"}"#).unwrap().to, 1440);
        for wrong in
            [r#"{"from":"24:01","to":"06:00"}"#, r#"{"from":"6","to":"07:00"}"#, r#"{"from":"06:60","to":"07:00"}"#]
        {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
