//! Where a number stands on the ladder of a rule: the gravest step that it has reached, or that it has not come back from.

use chengshu_core::model::{Direction, Limit, Rule, Severity, Timestamp};

/// How grave `value` is at `at` for something that is `current` already; none when it is normal.
pub(crate) fn level(rule: &Rule, value: f64, at: Timestamp, current: Option<Severity>) -> Option<Severity> {
    let mut found: Option<Severity> = None;
    for step in &rule.steps {
        if step.hours.as_ref().is_some_and(|hours| !crate::hours::holds(hours, at)) {
            continue;
        }
        let raised = reaches(rule.direction, value, step.raise);
        let held = || {
            current.is_some_and(|current| current <= step.severity)
                && !reaches(opposite(rule.direction), value, step.clear)
        };
        if raised || held() {
            found = Some(found.map_or(step.severity, |graver| graver.min(step.severity)));
        }
    }
    found
}

/// The limits of the step of this severity that holds at `at`.
pub(crate) fn limit(rule: &Rule, severity: Severity, at: Timestamp) -> Limit {
    let all = || rule.steps.iter().filter(|step| step.severity == severity);
    let now = all().find(|step| step.hours.as_ref().is_none_or(|hours| crate::hours::holds(hours, at)));
    let step = now.or_else(|| all().next());
    step.map_or(Limit { raise: f64::NAN, clear: f64::NAN }, |step| Limit { raise: step.raise, clear: step.clear })
}

pub(crate) fn reaches(direction: Direction, value: f64, limit: f64) -> bool {
    match direction {
        Direction::Above => value >= limit,
        Direction::Below => value <= limit,
    }
}

const fn opposite(direction: Direction) -> Direction {
    match direction {
        Direction::Above => Direction::Below,
        Direction::Below => Direction::Above,
    }
}
