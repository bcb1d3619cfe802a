//! From what happened to findings: one function for each check, each pure. What there was no occasion for is not seen, and
//! never passed.

mod answers;
mod clock;
mod faults;
mod form;
mod rhythm;
mod values;

use chengshu_core::model::{Label, Timestamp};

use super::check::{Check, Finding, Sample, Verdict, Weight};
use super::exam::Exam;
use super::label;
use super::record::{Arrival, Record};

/// Bytes that a finding shows.
const SAMPLES: usize = 5;

/// Every check, in the order of the report.
pub(super) fn judge(exam: &Exam, record: &Record, now: Timestamp) -> Vec<Finding> {
    let one = |check: &Check| match check {
        Check::Connects => form::connects(exam, record),
        Check::FirstFrame => form::first_frame(record),
        Check::Deviations => form::deviations(exam, record),
        Check::Identity => form::identity(exam, record),
        Check::Clock => clock::clock(exam, record),
        Check::SetClock => clock::set_clock(exam, record),
        Check::Confirmed => faults::confirmed(record),
        Check::Resends => faults::resends(exam, record),
        Check::GoesOn => faults::goes_on(exam, record),
        Check::ComesBack => faults::comes_back(exam, record),
        Check::NothingLost => faults::nothing_lost(exam, record),
        Check::Answers => answers::answers(exam, record),
        Check::Rhythm => rhythm::rhythm(record),
        Check::KeepAlive => rhythm::keep_alive(record, now),
        Check::Values => values::values(exam, record),
        Check::Order => values::order(record),
        Check::Alarm => values::alarm(record),
        Check::Picture => values::picture(exam, record),
    };
    Check::ALL.iter().map(one).collect()
}

/// A finding in the making.
struct Draft(Finding);

impl Draft {
    fn new(check: Check, zh: impl Into<String>, en: impl Into<String>) -> Self {
        let expected = label(zh, en);
        let (weight, verdict) = (check.weight(), Verdict::NotSeen);
        Self(Finding { check, weight, expected, seen: Vec::new(), samples: Vec::new(), verdict })
    }

    fn saw(&mut self, zh: impl Into<String>, en: impl Into<String>) {
        self.0.seen.push(label(zh, en));
    }

    fn show<'a>(&mut self, arrivals: impl IntoIterator<Item = &'a Arrival>) {
        for arrival in arrivals {
            let sample = Sample::new(arrival.at, &arrival.delivery.raw);
            if self.0.samples.len() < SAMPLES && !self.0.samples.contains(&sample) {
                self.0.samples.push(sample);
            }
        }
    }

    fn passed(mut self) -> Finding {
        self.0.verdict = Verdict::Passed;
        self.0
    }

    fn failed(mut self, weight: Weight) -> Finding {
        (self.0.verdict, self.0.weight) = (Verdict::Failed, weight.max(self.0.weight));
        self.0
    }

    /// There was no occasion; a check that this device cannot be put to is no gap.
    fn not_seen(mut self, applies: bool) -> Finding {
        if !applies {
            self.0.weight = Weight::Advice;
        }
        self.0
    }
}

/// A span for people.
fn span(ms: i64) -> Label {
    let seconds = ms as f64 / 1000.0;
    match seconds.abs() {
        s if s < 90.0 => label(format!("{seconds:.1} 秒"), format!("{seconds:.1} s")),
        s if s < 5400.0 => label(format!("{:.1} 分钟", seconds / 60.0), format!("{:.1} min", seconds / 60.0)),
        s if s < 172_800.0 => label(format!("{:.1} 小时", seconds / 3600.0), format!("{:.1} h", seconds / 3600.0)),
        _ => label(format!("{:.1} 天", seconds / 86_400.0), format!("{:.1} days", seconds / 86_400.0)),
    }
}
