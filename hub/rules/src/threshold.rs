//! A threshold with its way back. Raises when the value reaches the limit, clears when it has come back to the clear
//! value; in between nothing changes, so a trembling value does not flap.

use chengshu_core::model::{AlarmId, Crossing, DeviceId, Direction, Quality, ThresholdRule, Timestamp, Transition};

/// What the rules see of a reading.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// Device time.
    pub at: Timestamp,
    /// Hub time of arrival.
    pub received: Timestamp,
    /// The value.
    pub value: f64,
    /// What is known against it: a flagged value neither raises nor clears.
    pub quality: Quality,
}

/// The state of one rule on one device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RuleState {
    /// The active alarm, if any.
    pub active: Option<AlarmId>,
    /// Readings at or before this time have been decided on.
    pub decided: Option<Timestamp>,
}

/// The state afterwards. Applied only when the transaction that carries the transitions has been committed.
pub type Delta = RuleState;

/// Decides on one reading.
#[must_use]
pub fn step(
    rule: &ThresholdRule,
    device: &DeviceId,
    state: &RuleState,
    sample: &Sample,
) -> (Delta, Option<Transition>) {
    let seen = state.decided.is_some_and(|decided| sample.at <= decided);
    if seen || !sample.quality.is_good() {
        return (*state, None);
    }
    let delta = |active| Delta { active, decided: Some(sample.at) };
    let transition = |crossing, alarm: Option<AlarmId>| {
        let id = AlarmId::of(&rule.id, rule.version, device, sample.at, crossing);
        Transition {
            id,
            alarm: alarm.unwrap_or(id),
            crossing,
            rule: rule.id.clone(),
            rule_version: rule.version,
            device: device.clone(),
            metric: rule.metric.clone(),
            at: sample.at,
            received: sample.received,
            value: sample.value,
        }
    };
    match state.active {
        None if reaches(rule.direction, sample.value, rule.raise) => {
            let raised = transition(Crossing::Raised, None);
            (delta(Some(raised.alarm)), Some(raised))
        }
        Some(alarm) if reaches(opposite(rule.direction), sample.value, rule.clear) => {
            (delta(None), Some(transition(Crossing::Cleared, Some(alarm))))
        }
        active => (delta(active), None),
    }
}

fn reaches(direction: Direction, value: f64, limit: f64) -> bool {
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

#[cfg(test)]
mod tests {
    use chengshu_core::model::{Certainty, KindId, Label, MetricId, RuleId, Severity};
    use proptest::prelude::*;

    use super::*;

    fn rule(direction: Direction, raise: f64, clear: f64) -> ThresholdRule {
        ThresholdRule {
            id: RuleId::parse("water.test").unwrap(),
            version: 1,
            name: Label { zh: "试".into(), en: "test".into() },
            kind: KindId::parse("river_level").unwrap(),
            metric: MetricId::parse("level").unwrap(),
            severity: Severity::Important,
            direction,
            raise,
            clear,
            source: "test".into(),
            certainty: Certainty::C,
        }
    }

    /// Runs readings (second, value, good) through the rule and names the transitions: `+` raised, `-` cleared.
    fn check(rule: &ThresholdRule, readings: &[(i64, f64, bool)], expected: &str) {
        let device = DeviceId::parse("D").unwrap();
        let mut state = RuleState::default();
        let mut seen = String::new();
        for (second, value, good) in readings {
            let at = Timestamp::from_ms(second * 1000);
            let quality = if *good { Quality::empty() } else { Quality::OUT_OF_RANGE };
            let (delta, transition) = step(rule, &device, &state, &Sample { at, received: at, value: *value, quality });
            state = delta;
            match transition.map(|t| t.crossing) {
                Some(Crossing::Raised) => seen.push_str(&format!("+{second}")),
                Some(Crossing::Cleared) => seen.push_str(&format!("-{second}")),
                None => {}
            }
        }
        assert_eq!(seen, expected, "{readings:?}");
    }

    #[test]
    fn raises_at_the_limit_and_clears_at_the_clear_value() {
        let above = rule(Direction::Above, 5.5, 5.3);
        check(&above, &[(1, 5.4, true), (2, 5.5, true), (3, 5.6, true), (4, 5.31, true), (5, 5.3, true)], "+2-5");
        check(&above, &[(1, 5.5, true), (2, 5.4, true), (3, 5.5, true)], "+1");
        let below = rule(Direction::Below, 0.14, 0.15);
        check(&below, &[(1, 0.2, true), (2, 0.14, true), (3, 0.145, true), (4, 0.15, true)], "+2-4");
    }

    #[test]
    fn flagged_and_old_readings_decide_nothing() {
        let above = rule(Direction::Above, 5.5, 5.3);
        check(&above, &[(1, 9.0, false), (2, 5.0, true)], "");
        check(&above, &[(1, 9.0, true), (2, 1.0, false), (3, 1.0, true)], "+1-3");
        check(&above, &[(10, 5.0, true), (9, 9.0, true), (10, 9.0, true), (11, 5.0, true)], "");
    }

    proptest! {
        #[test]
        fn replay_gives_the_same_and_raise_and_clear_alternate(values in prop::collection::vec((0i64..50, 0f64..10.0), 0..200)) {
            let rule = rule(Direction::Above, 5.5, 4.5);
            let device = DeviceId::parse("D").unwrap();
            let run = || {
                let mut state = RuleState::default();
                let mut out = Vec::new();
                for (second, value) in &values {
                    let at = Timestamp::from_ms(*second);
                    let (delta, transition) = step(&rule, &device, &state, &Sample { at, received: at, value: *value, quality: Quality::empty() });
                    state = delta;
                    out.extend(transition);
                }
                out
            };
            let out = run();
            prop_assert_eq!(&out, &run());
            for (n, transition) in out.iter().enumerate() {
                let expected = if n % 2 == 0 { Crossing::Raised } else { Crossing::Cleared };
                prop_assert_eq!(transition.crossing, expected);
            }
        }
    }
}
