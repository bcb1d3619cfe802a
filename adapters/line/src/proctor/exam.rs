//! What a device is examined by: limits, the protocol's commands, what its deviations mean, and what values are possible.
//! Filled in by whoever knows the protocol; decides nothing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::{CommandKind, Kind, KindId, Label, Metric, MetricId};

/// What a counted code says about the device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bears {
    /// Something was refused: the hub would lose it, or have to ask again.
    Refused,
    /// Not as the standard has it, and taken all the same.
    Tolerated,
    /// The same in a report; an answer rightly is so.
    ToleratedUnasked,
    /// Its clock is wrong.
    Clock,
    /// The platform sets the clock by itself: times from now on say nothing of the clock that the device came with.
    ClockSet,
    /// It speaks for another device.
    Identity,
    /// A value that is not believed.
    Value,
    /// What the platform did or what was provoked: says nothing against the device.
    Ours,
}

/// A code in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Meaning {
    /// Chinese.
    pub zh: &'static str,
    /// English.
    pub en: &'static str,
    /// What it says.
    pub bears: Bears,
}

/// The kinds of devices that the themes know, with units and ranges.
#[derive(Debug, Clone, Default)]
pub struct Kinds(BTreeMap<KindId, Arc<Kind>>);

impl Kinds {
    /// These.
    #[must_use]
    pub fn new(kinds: impl IntoIterator<Item = Arc<Kind>>) -> Self {
        Self(kinds.into_iter().map(|kind| (kind.id.clone(), kind)).collect())
    }

    /// Whether a theme has this kind.
    #[must_use]
    pub fn has(&self, kind: &KindId) -> bool {
        self.0.contains_key(kind)
    }

    /// Its name for people, and its own.
    #[must_use]
    pub fn name(&self, kind: &KindId) -> Label {
        match self.0.get(kind) {
            Some(known) => super::label(format!("{} {kind}", known.name.zh), format!("{}, {kind}", known.name.en)),
            None => super::label(kind.as_str(), kind.as_str()),
        }
    }

    /// A metric as its kind has it; of a device without a known kind, the first that measures it.
    #[must_use]
    pub fn metric(&self, kind: Option<&KindId>, metric: &MetricId) -> Option<&Metric> {
        match kind.and_then(|kind| self.0.get(kind)) {
            Some(kind) => kind.metric(metric),
            None => self.0.values().find_map(|kind| kind.metric(metric)),
        }
    }

    /// Whether its unit is known: its own, or that of the metric that it is a mean, a total or an extreme of.
    #[must_use]
    pub fn has_unit(&self, kind: Option<&KindId>, metric: &MetricId) -> bool {
        let name = metric.as_str();
        let bases = name.match_indices('_').filter_map(|(at, _)| MetricId::parse(name.get(..at)?).ok());
        self.metric(kind, metric).is_some() || bases.into_iter().any(|base| self.metric(kind, &base).is_some())
    }
}

/// One examination.
#[derive(Debug, Clone)]
pub struct Exam {
    /// The protocol, for people.
    pub protocol: Label,
    /// Whether it is spoken over UDP: there is no connection to cut.
    pub udp: bool,
    /// The longest wait for anything that the device should do.
    pub limit: Duration,
    /// An unconfirmed report comes again within this.
    pub resend_within: Duration,
    /// And at most so many times on one connection.
    pub resends: u32,
    /// What comes by itself is a heartbeat; a report comes when somebody triggers it (a detector, a button).
    pub by_hand: bool,
    /// Whether devices of this protocol may send pictures.
    pub pictures: bool,
    /// What it is asked, in this order; `set_clock` is kept for its own check.
    pub commands: Vec<CommandKind>,
    /// What it is not asked, and why.
    pub left_out: Vec<(CommandKind, Label)>,
    /// What a counted code means; none: a deviation that was taken.
    pub meaning: fn(&str) -> Option<Meaning>,
    /// Units and ranges.
    pub kinds: Kinds,
}

/// Why a question is left out that does not say by itself what is meant.
pub(super) const NEEDS_PARAMS: (&str, &str) = ("需要参数", "needs parameters");

/// Why the command is not asked, when that is told by the command itself.
fn unfit(kind: &CommandKind) -> Option<Label> {
    if kind.dangerous {
        return Some(super::label("危险操作", "dangerous"));
    }
    kind.params.iter().any(|param| param.required).then(|| super::label(NEEDS_PARAMS.0, NEEDS_PARAMS.1))
}

impl Exam {
    /// An examination of a protocol with these commands, with usual limits; those of `spared` are not sent.
    #[must_use]
    pub fn new(protocol: Label, commands: &[CommandKind], spared: &[(&str, Label)]) -> Self {
        let why = |kind: &CommandKind| {
            unfit(kind).or_else(|| spared.iter().find(|(name, _)| *name == kind.name).map(|(_, why)| why.clone()))
        };
        let left_out = commands.iter().filter_map(|kind| Some((*kind, why(kind)?))).collect();
        Self {
            protocol,
            udp: false,
            limit: Duration::from_secs(600),
            resend_within: Duration::from_secs(60),
            resends: 3,
            by_hand: false,
            pictures: false,
            commands: commands.iter().filter(|kind| why(kind).is_none()).copied().collect(),
            left_out,
            meaning: |_| None,
            kinds: Kinds::default(),
        }
    }

    /// The command that sets the clock, where there is one.
    #[must_use]
    pub fn set_clock(&self) -> Option<&CommandKind> {
        self.commands.iter().find(|kind| kind.name == "set_clock")
    }

    /// What it is asked in the step of questions.
    pub fn questions(&self) -> impl Iterator<Item = &CommandKind> {
        self.commands.iter().filter(|kind| kind.name != "set_clock")
    }

    /// A code in words.
    #[must_use]
    pub fn meaning(&self, code: &str) -> Meaning {
        let unknown = Meaning { zh: "与标准不符", en: "not as the standard has it", bears: Bears::Tolerated };
        (self.meaning)(code).unwrap_or(unknown)
    }
}
