//! Expressions over several inputs: all of one message are taken in before anything is decided.

use super::*;
use crate::{decide, take};

fn flood(cel: &str) -> Compiled {
    let signal = json!({ "what": "expression", "cel": cel, "inputs": {
        "level": { "metric": "level" },
        "rain": { "metric": "rain", "device": "GAUGE", "over_s": 600, "how": "sum" }
    } });
    above(signal, 1.0, 0.0, json!({}))
}

/// Messages: second, then (input, value) of each reading in it.
fn run(rule: &Compiled, messages: &[(i64, &[(usize, f64)])]) -> String {
    let mut bench = Bench::new(rule);
    let id = device();
    let subject = Subject { device: &id, gap_ms: GAP_S * 1000, others: None };
    for (second, readings) in messages {
        for (input, value) in *readings {
            let sample = Sample { at: at(*second), received: at(*second), value: *value, quality: Quality::empty() };
            take(rule, &mut bench.state, *input, &sample);
        }
        decide(rule, &subject, &mut bench.state, at(*second), &mut bench.out);
    }
    bench.said()
}

#[test]
fn and_or_not_over_windows() {
    let rule = flood("level > 5.5 && rain >= 20.0");
    assert_eq!(rule.inputs().len(), 2);
    assert_eq!(run(&rule, &[(0, &[(0, 6.0)]), (10, &[(1, 10.0)]), (20, &[(1, 10.0)]), (30, &[(0, 5.0)])]), "+20i -30i");
    assert_eq!(run(&rule, &[(0, &[(0, 6.0), (1, 25.0)])]), "+0i");
    assert_eq!(run(&rule, &[(0, &[(0, 6.0)])]), "", "one input is not known yet");
    assert_eq!(run(&rule, &[(0, &[(1, 25.0)]), (400, &[(0, 6.0)])]), "", "its newest rain is too old to be believed");
    let rule = flood("!(level <= 5.5) || math.abs(rain - 30.0) < 1.0");
    assert_eq!(run(&rule, &[(0, &[(0, 1.0), (1, 30.5)]), (5, &[(1, 10.0)])]), "+0i -5i");
}

#[test]
fn order_inside_a_message_does_not_matter() {
    let rule = flood("level > 5.5 && rain < 1.0");
    let before: (i64, &[(usize, f64)]) = (0, &[(0, 1.0), (1, 0.0)]);
    let one = run(&rule, &[before, (10, &[(0, 6.0), (1, 9.0)])]);
    let other = run(&rule, &[before, (10, &[(1, 9.0), (0, 6.0)])]);
    assert_eq!((one.as_str(), other.as_str()), ("", ""));
}

#[test]
fn a_number_may_have_a_ladder() {
    let signal = json!({ "what": "expression", "cel": "a - b", "inputs": { "a": { "metric": "up" }, "b": { "metric": "down" } } });
    let steps = json!([{ "severity": "general", "raise": 1, "clear": 0.8 }, { "severity": "critical", "raise": 2, "clear": 1.8 }]);
    let rule = compiled(rule_of(Direction::Above, signal, steps, json!({})));
    assert_eq!(run(&rule, &[(0, &[(0, 5.0), (1, 4.0)]), (1, &[(1, 2.0)]), (2, &[(0, 2.0)])]), "+0g ^1c -2c");
}
