//! Each kind of signal by itself.

use super::*;
use crate::hear;

#[test]
fn change_over_a_window() {
    let rule = above(json!({ "what": "change", "metric": "level", "over_s": 600 }), 0.5, 0.2, json!({}));
    check(&rule, &[(0, 1.0), (300, 1.4), (600, 1.5), (900, 1.6), (1200, 1.65)], "+600i -1200i");
    check(&rule, &[(0, 1.0), (500, 9.0)], "");
    check(&rule, &[(0, 1.0), (2000, 9.0)], "");
    // falling is the other side
    let steps = json!([{ "severity": "urgent", "raise": -0.5, "clear": -0.2 }]);
    let falls = compiled(rule_of(
        Direction::Below,
        json!({ "what": "change", "metric": "level", "over_s": 60 }),
        steps,
        json!({}),
    ));
    check(&falls, &[(0, 2.0), (60, 1.4), (120, 1.3)], "+60u -120u");
}

#[test]
fn a_value_that_does_not_move() {
    let rule = above(json!({ "what": "stuck", "metric": "level", "tolerance": 0.01 }), 600.0, 1.0, json!({}));
    check(&rule, &[(0, 1.0), (200, 1.0), (400, 1.01), (599, 1.0), (600, 1.0), (700, 1.2)], "+600i -700i");
    check(&rule, &[(0, 1.0), (200, 1.0), (700, 1.0), (900, 1.0)], "");
    check(&rule, &[(0, 1.0), (200, 1.1), (400, 1.0), (600, 1.1), (800, 1.0)], "");
}

#[test]
fn a_spike_against_the_values_before() {
    let rule = above(json!({ "what": "spike", "metric": "level", "of": 5 }), 3.0, 1.0, json!({}));
    check(&rule, &[(1, 1.0), (2, 1.1), (3, 9.0)], "");
    check(&rule, &[(1, 1.0), (2, 1.1), (3, 0.9), (4, 1.0), (5, 1.2), (6, 9.0), (7, 1.0)], "+6i -7i");
    check(&rule, &[(1, 1.0), (2, 1.1), (3, 0.9), (4, 1.0), (5, 1.2), (6, -7.0)], "+6i");
}

#[test]
fn states_and_bits() {
    let rule = above(json!({ "what": "state", "metric": "mode", "states": [2, 3] }), 1.0, 0.0, json!({}));
    check(&rule, &[(1, 1.0), (2, 2.0), (3, 3.0), (4, 0.0), (5, 2.5)], "+2i -4i");
    let rule = above(json!({ "what": "bits", "metric": "flags", "mask": 6 }), 1.0, 0.0, json!({}));
    check(&rule, &[(1, 1.0), (2, 4.0), (3, 2.0), (4, 9.0), (5, -2.0)], "+2i -4i");
}

#[test]
fn a_device_against_its_neighbours() {
    let rule = above(json!({ "what": "against", "metric": "pm10", "others": "all" }), 50.0, 30.0, json!({}));
    let mut bench = Bench::new(&rule);
    bench.reading(1, 200.0, Quality::empty());
    assert_eq!(bench.said(), "", "nobody to compare with");
    bench.others = Some(150.0);
    bench.reading(2, 200.0, Quality::empty());
    bench.others = Some(170.0);
    bench.reading(3, 200.0, Quality::empty());
    assert_eq!(bench.said(), "+2i -3i");
    let rule = above(
        json!({ "what": "against", "metric": "pm10", "others": "gateway", "over_s": 100 }),
        50.0,
        30.0,
        json!({}),
    );
    let mut bench = Bench::new(&rule);
    bench.others = Some(100.0);
    for (second, value) in [(10, 100.0), (50, 100.0), (100, 200.0), (149, 200.0), (199, 120.0)] {
        bench.reading(second, value, Quality::empty());
    }
    assert_eq!(bench.said(), "+149i", "its own mean counts, not one value");
}

fn silence() -> Compiled {
    let steps = json!([
        { "severity": "general", "raise": 600, "clear": 599 },
        { "severity": "urgent", "raise": 3600, "clear": 3599 }
    ]);
    compiled(rule_of(Direction::Above, json!({ "what": "silence" }), steps, json!({})))
}

#[test]
fn silence_has_an_exact_deadline() {
    let rule = silence();
    let id = device();
    let subject = Subject { device: &id, gap_ms: 0, others: None };
    let mut bench = Bench::new(&rule);
    assert_eq!(bench.due(), None, "never heard: there is no deadline");
    hear(&rule, &subject, &mut bench.state, at(100), at(0), &mut bench.out);
    assert_eq!(bench.due(), Some(700_000));
    bench.time(699_999);
    assert_eq!(bench.said(), "");
    bench.time(700_000);
    assert_eq!((bench.said().as_str(), bench.due()), ("+700g", Some(3_700_000)));
    hear(&rule, &subject, &mut bench.state, at(800), at(0), &mut bench.out);
    assert_eq!((bench.said().as_str(), bench.due()), ("+700g -800g", Some(1_400_000)));
    bench.time(10_000_000);
    assert_eq!(bench.said(), "+700g -800g +1400g ^4400u", "both steps, each at its moment, though looked at late");
    assert_eq!(bench.due(), None);
    hear(&rule, &subject, &mut bench.state, at(20_000), at(0), &mut bench.out);
    assert_eq!(bench.out.last().map(word).unwrap(), "-20000u");
    // whoever was away cannot say that it was silent meanwhile
    let said = bench.said();
    hear(&rule, &subject, &mut bench.state, at(30_000), at(30_001), &mut bench.out);
    assert_eq!((bench.said(), bench.due()), (said, Some(30_600_000)));
}
