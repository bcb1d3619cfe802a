//! From one step to the next: what becomes of a delivery in each, and when a step has what it waits for. Judges nothing.

use std::collections::{BTreeMap, BTreeSet};

use chengshu_core::model::{Delivery, Timestamp};

use super::invigilate::Proctor;
use super::likeness;
use super::record::Fate;
use super::step::Step;

/// Reports of one sort that are withheld; when all of them are overdue nothing better is hoped for.
const PATIENCE: usize = 3;
/// Fresh reports of one sort that show an interval.
const REPORTS: usize = 4;

impl Proctor {
    /// What shall become of a delivery.
    pub(super) fn fate(&mut self, delivery: &Delivery, now: Timestamp) -> Fate {
        if !likeness::is_report(delivery) || self.is_asked(now) {
            return Fate::Kept;
        }
        let before = self.record.before(delivery);
        match self.step {
            Step::Withhold => match before {
                Some(first) if self.record.withheld.contains(&first) => {
                    self.record.proven.get_or_insert(first);
                    Fate::Kept
                }
                None if self.record.proven.is_none() && self.withheld_of(delivery) < PATIENCE => Fate::Withheld,
                _ => Fate::Kept,
            },
            Step::Cut if before.is_none() && self.is_proven_sort(delivery) => Fate::Cut,
            _ => Fate::Kept,
        }
    }

    /// Whether a report of this sort was seen to come again; when none was, any may.
    pub(super) fn is_proven_sort(&self, delivery: &Delivery) -> bool {
        let proven = self.record.proven.and_then(|at| self.record.arrivals.get(at));
        proven.is_none_or(|proven| self.sort(&proven.delivery) == self.sort(delivery))
    }

    /// How many reports of this sort were withheld: heartbeats, which nobody sends again, must not use up what waits for an
    /// alarm.
    fn withheld_of(&self, delivery: &Delivery) -> usize {
        let (sort, withheld) = (self.sort(delivery), self.record.withheld.iter());
        withheld.filter_map(|at| self.record.arrivals.get(*at)).filter(|a| self.sort(&a.delivery) == sort).count()
    }

    /// What sort of report it is. Where a heartbeat tells of the same quantities as an alarm, only the alarm has events.
    fn sort(&self, delivery: &Delivery) -> (BTreeSet<String>, bool) {
        (likeness::sort(delivery), self.exam.by_hand && !delivery.events.is_empty())
    }

    /// Goes to the next step when this one has what it waits for, or has waited long enough.
    pub(super) fn move_on(&mut self, now: Timestamp) {
        loop {
            let late = now.since(self.since) >= i64::try_from(self.exam.limit.as_millis()).unwrap_or(i64::MAX);
            let record = &self.record;
            let after =
                |step: Step| record.arrivals.iter().any(|a| a.fresh() && a.step == step && a.fate == Fate::Kept);
            let done = match self.step {
                Step::Connect => !record.arrivals.is_empty(),
                Step::Report => record.arrivals.iter().any(|a| a.report),
                Step::Withhold => record.proven.is_some(),
                Step::GoOn => after(Step::GoOn),
                Step::Ask => self.is_all_asked(),
                Step::Clock => self.is_clock_done(),
                Step::Watch => {
                    let mut calm = BTreeMap::<_, usize>::new();
                    for arrival in record.arrivals.iter().filter(|a| a.calm()) {
                        *calm.entry(likeness::sort(&arrival.delivery)).or_default() += 1;
                    }
                    calm.values().any(|reports| *reports >= REPORTS)
                }
                Step::Cut => self.exam.udp || record.cut.is_some(),
                Step::Return => {
                    record.cut.is_none()
                        || (record.back.is_some() && record.owed.iter().all(|at| record.copies(*at).nth(1).is_some()))
                }
                Step::Over => return,
            };
            let hopeless = self.step == Step::Withhold && self.is_hopeless(now);
            if !done && !late && !hopeless {
                return;
            }
            let next = match self.step {
                Step::Connect if !done => Step::Over,
                Step::Connect => Step::Report,
                Step::Report if !done => Step::Ask, // it has nothing to confirm
                Step::Report => Step::Withhold,
                Step::Withhold if !done => Step::Ask,
                Step::Withhold => Step::GoOn,
                Step::GoOn => Step::Ask,
                Step::Ask => Step::Clock,
                Step::Clock => Step::Watch,
                Step::Watch => Step::Cut,
                Step::Cut if !done || self.exam.udp => Step::Over,
                Step::Cut => Step::Return,
                Step::Return | Step::Over => Step::Over,
            };
            self.enter(next, done, now);
        }
    }

    fn enter(&mut self, step: Step, done: bool, now: Timestamp) {
        if let Some((_, end)) = self.record.steps.get_mut(&self.step) {
            *end = Some((now, done));
        }
        (self.step, self.since) = (step, now);
        self.record.steps.insert(step, (now, None));
        let empty = match step {
            Step::Ask => self.exam.questions().next().is_none(),
            Step::Clock => self.exam.set_clock().is_none(),
            Step::Cut => self.exam.udp,
            _ => false,
        };
        if !empty {
            self.news.push(step.prompt(&self.exam));
        }
    }

    /// Reports of one sort stayed away again and again.
    fn is_hopeless(&self, now: Timestamp) -> bool {
        let within = i64::try_from(self.exam.resend_within.as_millis()).unwrap_or(i64::MAX);
        let withheld = self.record.withheld.iter().filter_map(|at| self.record.arrivals.get(*at));
        let overdue: Vec<_> =
            withheld.filter(|a| now.since(a.at) > within).map(|a| likeness::sort(&a.delivery)).collect();
        let most = overdue.iter().map(|one| overdue.iter().filter(|other| *other == one).count()).max();
        !self.exam.by_hand && most.unwrap_or(0) >= PATIENCE
    }
}
