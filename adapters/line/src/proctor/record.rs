//! What happened in an examination, in its order. Bounded; judged elsewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;

use chengshu_core::model::{CommandId, CommandKind, Delivery, DeviceId, KindId, Timestamp};

use super::likeness;
use super::step::Step;

/// Arrivals that are kept; later ones are counted only.
const KEPT: usize = 20_000;
/// How far back the same report is looked for.
const LOOK_BACK: usize = 500;
/// Arrivals that show one code.
const SHOWN: usize = 3;

/// What was done with an arrival.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// Made durable.
    Kept,
    /// Not confirmed on purpose.
    Withheld,
    /// The connection was cut on purpose instead.
    Cut,
}

/// Something that came.
#[derive(Debug, Clone)]
pub(super) struct Arrival {
    pub(super) conn: u32,
    pub(super) at: Timestamp,
    pub(super) step: Step,
    pub(super) delivery: Delivery,
    pub(super) pictures: usize,
    pub(super) fate: Fate,
    /// It was answered.
    pub(super) answered: bool,
    /// The first arrival that said the same.
    pub(super) repeats: Option<usize>,
    /// A question was open: it may be the answer.
    pub(super) asked: bool,
    /// The platform had set the clock before by itself or by the examination.
    pub(super) clock_set: bool,
    pub(super) report: bool,
}

impl Arrival {
    /// A report that the device made by itself, for the first time.
    pub(super) const fn fresh(&self) -> bool {
        self.report && self.repeats.is_none() && !self.asked
    }

    /// A report that nothing provoked and nobody was asked to trigger.
    pub(super) const fn calm(&self) -> bool {
        self.fresh() && matches!(self.step, Step::Clock | Step::Watch)
    }
}

/// A connection, or a peer of a UDP socket.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) peer: SocketAddr,
    pub(super) from: Timestamp,
    /// When and why it ended.
    pub(super) until: Option<(Timestamp, String)>,
    /// Something readable came by it.
    pub(super) spoke: Option<Timestamp>,
    /// How long it may be silent, by the protocol's own word.
    pub(super) silence_ms: i64,
    pub(super) heard: Option<Timestamp>,
    /// The longest time without a byte.
    pub(super) longest_ms: i64,
}

/// Confirmed, or a stable code and words.
pub(super) type Answer = Result<(), (&'static str, String)>;

/// A command and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) id: CommandId,
    pub(super) kind: CommandKind,
    pub(super) given: Timestamp,
    pub(super) conn: u32,
    pub(super) tries: u32,
    /// When, and how.
    pub(super) result: Option<(Timestamp, Answer)>,
}

/// How often a code was counted, and the first arrivals that it belongs to.
#[derive(Debug, Clone, Default)]
pub(super) struct Counted {
    pub(super) times: u64,
    pub(super) arrivals: Vec<usize>,
}

/// Everything that happened.
#[derive(Debug, Default)]
pub(super) struct Record {
    pub(super) arrivals: Vec<Arrival>,
    pub(super) beyond: u64,
    pub(super) lines: BTreeMap<u32, Line>,
    pub(super) counts: BTreeMap<&'static str, Counted>,
    pub(super) devices: BTreeSet<DeviceId>,
    pub(super) kinds: BTreeMap<DeviceId, KindId>,
    pub(super) asked: Vec<Asked>,
    /// When steps began and ended, and whether they ended for want of what they waited for.
    pub(super) steps: BTreeMap<Step, (Timestamp, Option<(Timestamp, bool)>)>,
    /// The report that was withheld and came again.
    pub(super) proven: Option<usize>,
    pub(super) withheld: Vec<usize>,
    /// What was on its way when the connection was cut.
    pub(super) owed: Vec<usize>,
    pub(super) cut: Option<Timestamp>,
    pub(super) back: Option<Timestamp>,
}

impl Record {
    /// Keeps an arrival; none when there are too many.
    pub(super) fn arrived(&mut self, arrival: Arrival) -> Option<usize> {
        let presence = arrival.delivery.presence.iter();
        let present = presence.filter_map(|presence| Some((&presence.device, presence.birth.as_ref()?)));
        let births = arrival.delivery.births.iter().map(|(device, birth)| (device, birth));
        for (device, birth) in births.chain(present) {
            self.kinds.extend(birth.kind.clone().map(|kind| (device.clone(), kind)));
        }
        if self.arrivals.len() >= KEPT {
            self.beyond += 1;
            return None;
        }
        self.arrivals.push(arrival);
        Some(self.arrivals.len() - 1)
    }

    /// The first arrival that said what `delivery` says.
    pub(super) fn before(&self, delivery: &Delivery) -> Option<usize> {
        let from = self.arrivals.len().saturating_sub(LOOK_BACK);
        let known = self.arrivals[from..].iter().enumerate();
        let mut same = known.filter(|(_, a)| a.report && likeness::same(&a.delivery, delivery));
        same.next().map(|(at, arrival)| arrival.repeats.unwrap_or(from + at))
    }

    pub(super) fn count(&mut self, code: &'static str, arrival: Option<usize>) {
        let counted = self.counts.entry(code).or_default();
        counted.times += 1;
        if counted.arrivals.len() < SHOWN {
            counted.arrivals.extend(arrival);
        }
    }

    /// Whether the step ended because it got what it waited for.
    pub(super) fn done(&self, step: Step) -> bool {
        self.steps.get(&step).is_some_and(|(_, end)| end.is_some_and(|(_, done)| done))
    }

    /// Whether the step was tried to its end.
    pub(super) fn tried(&self, step: Step) -> bool {
        self.steps.get(&step).is_some_and(|(_, end)| end.is_some())
    }

    /// The arrivals that said what the arrival `first` said, itself included.
    pub(super) fn copies(&self, first: usize) -> impl Iterator<Item = &Arrival> {
        let all = self.arrivals.iter().enumerate();
        all.filter(move |(at, arrival)| *at == first || arrival.repeats == Some(first)).map(|(_, arrival)| arrival)
    }
}
