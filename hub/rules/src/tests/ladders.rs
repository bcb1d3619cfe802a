//! Ladders: raise and clear values apart, several severities, hours of the day, and what is known against a reading.

use super::*;

fn water() -> Compiled {
    let steps = json!([
        { "severity": "general", "raise": 15, "clear": 14.2 },
        { "severity": "urgent", "raise": 27, "clear": 25.6 },
        { "severity": "critical", "raise": 40, "clear": 38 }
    ]);
    compiled(rule_of(Direction::Above, level(), steps, json!({})))
}

#[test]
fn raises_at_the_limit_and_clears_at_the_clear_value() {
    let rule = above(level(), 5.5, 5.3, json!({}));
    check(&rule, &[(1, 5.4), (2, 5.5), (3, 5.6), (4, 5.31), (5, 5.3)], "+2i -5i");
    check(&rule, &[(1, 5.5), (2, 5.4), (3, 5.5)], "+1i");
    let steps = json!([{ "severity": "important", "raise": 0.14, "clear": 0.15 }]);
    let below = compiled(rule_of(Direction::Below, level(), steps, json!({})));
    check(&below, &[(1, 0.2), (2, 0.14), (3, 0.145), (4, 0.15)], "+2i -4i");
}

#[test]
fn one_alarm_climbs_and_comes_down_the_ladder() {
    check(
        &water(),
        &[
            (1, 14.9),
            (2, 15.0),
            (3, 26.0),
            (4, 27.0),
            (5, 41.0),
            (6, 39.0),
            (7, 37.0),
            (8, 20.0),
            (9, 14.3),
            (10, 14.2),
        ],
        "+2g ^4u ^5c v7u v8g -10g",
    );
    check(&water(), &[(1, 50.0), (2, 0.0)], "+1c -2c");
    check(&water(), &[(1, 26.0), (2, 40.0), (3, 26.0)], "+1g ^2c v3u");
}

#[test]
fn all_transitions_of_a_climb_are_about_one_alarm_and_say_their_limits() {
    let rule = water();
    let mut bench = Bench::new(&rule);
    for (second, value) in [(1, 16.0), (2, 28.0), (3, 10.0)] {
        bench.reading(second, value, Quality::empty());
    }
    let ids: Vec<_> = bench.out.iter().map(|transition| transition.alarm).collect();
    assert!(ids.iter().all(|id| *id == bench.out[0].id), "the identity of the raise");
    assert_eq!((bench.out[1].limit.raise, bench.out[1].limit.clear, bench.out[1].value), (27.0, 25.6, 28.0));
}

#[test]
fn flagged_and_old_readings_decide_nothing_but_derived_ones_do() {
    let rule = above(level(), 5.5, 5.3, json!({}));
    let run = |readings: &[(i64, f64, Quality)]| {
        let mut bench = Bench::new(&rule);
        readings.iter().for_each(|(second, value, quality)| bench.reading(*second, *value, *quality));
        bench.said()
    };
    let good = Quality::empty();
    for flag in Quality::all().iter().filter(|flag| *flag != Quality::DERIVED) {
        assert_eq!(run(&[(1, 9.0, flag), (2, 5.0, good)]), "", "{flag:?}");
        assert_eq!(run(&[(1, 9.0, good), (2, 1.0, flag), (3, 1.0, good)]), "+1i -3i", "{flag:?}");
    }
    assert_eq!(run(&[(1, 9.0, Quality::DERIVED)]), "+1i");
    assert_eq!(run(&[(10, 5.0, good), (9, 9.0, good), (10, 9.0, good), (11, 5.0, good)]), "");
}

#[test]
fn noise_has_other_limits_by_night() {
    // GB 3096 class 2: 60 dB by day, 50 dB by night
    let steps = json!([
        { "severity": "important", "raise": 60, "clear": 58, "hours": { "from": "06:00", "to": "22:00" } },
        { "severity": "important", "raise": 50, "clear": 48, "hours": { "from": "22:00", "to": "06:00" } }
    ]);
    let rule = compiled(rule_of(Direction::Above, level(), steps, json!({})));
    let t = |text: &str| Timestamp::parse(&format!("2026-11-24T{text}:00+08:00")).unwrap().ms() / 1000;
    check(&rule, &[(t("21:00"), 55.0), (t("21:58"), 55.0)], "");
    let (night, later) = (t("22:00"), t("22:02"));
    check(&rule, &[(t("21:58"), 55.0), (night, 55.0), (later, 47.0)], &format!("+{night}i -{later}i"));
    // raised by day, and still above the night's way back
    let (noon, gone) = (t("21:59"), t("22:04"));
    check(&rule, &[(noon, 61.0), (later, 49.0), (gone, 48.0)], &format!("+{noon}i -{gone}i"));
}

#[test]
fn what_holds_only_at_school_time_is_over_when_school_is() {
    let steps =
        json!([{ "severity": "general", "raise": 50, "clear": 48, "hours": { "from": "08:00", "to": "12:00" } }]);
    let rule = compiled(rule_of(Direction::Above, level(), steps, json!({})));
    let t = |text: &str| Timestamp::parse(&format!("2026-11-24T{text}:00+08:00")).unwrap().ms() / 1000;
    let (eight, noon) = (t("08:00"), t("12:00"));
    check(
        &rule,
        &[(t("07:59"), 70.0), (eight, 70.0), (t("11:59"), 70.0), (noon, 70.0)],
        &format!("+{eight}g -{noon}g"),
    );
}
