//! What holds for any readings: a replay says the same, raise and clear alternate, and within the reorder window the order
//! of arrival does not matter.

use proptest::prelude::*;

use super::*;
use crate::{Durable, Reorder};

/// Readings as they come: device time in ms, and value.
type Arrivals = Vec<(i64, f64)>;

fn rules() -> Vec<Compiled> {
    let steps = || json!([{ "severity": "general", "raise": 5, "clear": 4 }, { "severity": "urgent", "raise": 7, "clear": 6 }, { "severity": "critical", "raise": 9, "clear": 8 }]);
    let signals = [
        level(),
        json!({ "what": "change", "metric": "level", "over_s": 10 }),
        json!({ "what": "stuck", "metric": "level", "tolerance": 0.5 }),
        json!({ "what": "spike", "metric": "level", "of": 3 }),
    ];
    let timings = [
        json!({}),
        json!({ "for_s": 5 }),
        json!({ "hold_s": 4 }),
        json!({ "for_s": 3, "hold_s": 7 }),
        json!({ "repeat": { "times": 2, "of": 3 } }),
    ];
    let all = signals.iter().flat_map(|signal| timings.iter().map(move |timing| (signal.clone(), timing.clone())));
    all.map(|(signal, timing)| compiled(rule_of(Direction::Above, signal, steps(), timing))).collect()
}

/// Runs readings (ms, value) with a window of `window_ms`, and whatever still waits at the end.
fn run(rule: &Compiled, arrivals: &[(i64, f64)], window_ms: i64) -> Vec<Transition> {
    let id = device();
    let subject = Subject { device: &id, gap_ms: GAP_S * 1000, others: None };
    let (mut state, mut out, mut order) = (RuleState::default(), Vec::new(), Reorder::default());
    for (ms, value) in arrivals {
        let at = Timestamp::from_ms(*ms);
        // what is compared must not depend on the moment of arrival
        order.push(at, at, Sample { at, received: at, value: *value, quality: Quality::empty() });
        order.ready(window_ms).for_each(|sample| observe(rule, &subject, &mut state, &sample, &mut out));
    }
    order.flush().for_each(|sample| observe(rule, &subject, &mut state, &sample, &mut out));
    out
}

/// Readings in order, and the same in an order in which none is behind a newer one by more than the window.
fn shuffled() -> impl Strategy<Value = (Arrivals, Arrivals)> {
    let readings = prop::collection::vec((1i64..1500, 0f64..12.0, 0i64..2000), 1..120);
    readings.prop_map(|steps| {
        let mut at = 0;
        let mut delayed: Vec<(i64, i64, f64)> = Vec::new();
        for (step, value, delay) in steps {
            at += step;
            delayed.push((at + delay, at, value));
        }
        let sorted = delayed.iter().map(|(_, at, value)| (*at, *value)).collect();
        delayed.sort_by_key(|(arrival, at, _)| (*arrival, *at));
        (sorted, delayed.into_iter().map(|(_, at, value)| (at, value)).collect())
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn order_within_the_window_does_not_matter((sorted, arrived) in shuffled()) {
        for rule in rules() {
            prop_assert_eq!(run(&rule, &sorted, 0), run(&rule, &arrived, 2000), "{:?}", rule.rule().signal);
        }
    }

    #[test]
    fn raise_and_clear_alternate_and_severity_never_jumps_unsaid(values in prop::collection::vec((1i64..20, 0f64..12.0), 0..200)) {
        let mut at = 0;
        let readings: Vec<(i64, f64)> = values.into_iter().map(|(step, value)| { at += step * 1000; (at, value) }).collect();
        for rule in rules() {
            let out = run(&rule, &readings, 0);
            prop_assert_eq!(&out, &run(&rule, &readings, 0), "a replay says the same");
            let mut active: Option<(chengshu_core::model::AlarmId, Severity)> = None;
            let mut last = i64::MIN;
            for transition in &out {
                prop_assert!(transition.at.ms() >= last && transition.since <= transition.at);
                last = transition.at.ms();
                match (transition.crossing, active) {
                    (Crossing::Raised, None) => active = Some((transition.alarm, transition.severity)),
                    (Crossing::Worsened, Some((alarm, severity))) => {
                        prop_assert!(alarm == transition.alarm && transition.severity < severity);
                        active = Some((alarm, transition.severity));
                    }
                    (Crossing::Eased, Some((alarm, severity))) => {
                        prop_assert!(alarm == transition.alarm && transition.severity > severity);
                        active = Some((alarm, transition.severity));
                    }
                    (Crossing::Cleared, Some((alarm, severity))) => {
                        prop_assert!(alarm == transition.alarm && transition.severity == severity);
                        active = None;
                    }
                    (crossing, active) => prop_assert!(false, "{crossing:?} while {active:?}"),
                }
            }
        }
    }

    /// A hub that was killed goes on with what it wrote down, and with the memory that readings bring back.
    #[test]
    fn a_restart_changes_nothing(values in prop::collection::vec((1i64..8, 0f64..12.0), 1..80), cut in 0usize..80) {
        let mut second = 0;
        let readings: Vec<(i64, f64)> = values.into_iter().map(|(step, value)| { second += step; (second, value) }).collect();
        for rule in rules() {
            let (mut whole, mut before) = (Bench::new(&rule), Bench::new(&rule));
            readings.iter().for_each(|(second, value)| whole.reading(*second, *value, Quality::empty()));
            let (early, late) = readings.split_at(cut.min(readings.len()));
            early.iter().for_each(|(second, value)| before.reading(*second, *value, Quality::empty()));
            let written = serde_json::to_string(&before.state.durable()).unwrap();

            // the memory comes back from all readings, what waits from what was written, the alarm from its row
            let mut after = Bench::new(&rule);
            early.iter().for_each(|(second, value)| after.reading(*second, *value, Quality::empty()));
            after.state.restore(serde_json::from_str::<Durable>(&written).unwrap());
            after.state.active = before.state.active;
            after.out.clear();
            late.iter().for_each(|(second, value)| after.reading(*second, *value, Quality::empty()));
            before.out.extend(after.out);
            prop_assert_eq!(before.out, whole.out);
        }
    }
}
