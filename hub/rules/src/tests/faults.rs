//! What makes no sense is told once, with what would be right.

use super::*;

fn faults(change: impl FnOnce(&mut Value)) -> String {
    let mut parts = json!({
        "direction": "above", "signal": level(),
        "steps": [{ "severity": "general", "raise": 1, "clear": 0 }], "timing": {}
    });
    change(&mut parts);
    let direction = serde_json::from_value(parts["direction"].take()).unwrap();
    let rule = rule_of(direction, parts["signal"].take(), parts["steps"].take(), parts["timing"].take());
    let faults = Compiled::new(Arc::new(rule)).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{} {}", fault.field, fault.text)).collect::<Vec<_>>().join("; ")
}

#[test]
fn each_is_named() {
    assert_eq!(faults(|_| {}), "");
    let cel = |cel: &str| json!({ "what": "expression", "cel": cel, "inputs": { "a": { "metric": "m" } } });
    let cases: [(&str, Value, &str); 17] = [
        ("/steps", json!([]), "steps is empty"),
        ("/steps/0/clear", json!(1), "clear is 1; expected less than raise = 1"),
        (
            "/steps",
            json!([{ "severity": "general", "raise": 5, "clear": 0 }, { "severity": "urgent", "raise": 2, "clear": 0 }]),
            "expected the graver one further out",
        ),
        (
            "/steps",
            json!([{ "severity": "general", "raise": 5, "clear": 0 }, { "severity": "general", "raise": 6, "clear": 0 }]),
            "name general twice",
        ),
        (
            "/steps/0",
            json!({ "severity": "general", "raise": 1, "clear": 0, "hours": { "from": "06:00", "to": "08:00", "days": [8] } }),
            "day 8; expected 1 (Monday) to 7",
        ),
        ("/timing", json!({ "for_s": 9_999_999 }), "for_s is 9999999; expected at most 604800"),
        ("/timing", json!({ "repeat": { "times": 3, "of": 2 } }), "repeat is 3 of 2"),
        ("/timing", json!({ "repeat": { "times": 1, "of": 65 } }), "of 64 or less"),
        ("/timing", json!({ "for_s": 1, "repeat": { "times": 1, "of": 2 } }), "beside for_s"),
        ("/signal", json!({ "what": "spike", "metric": "m", "of": 2 }), "expected 3 to 60"),
        ("/signal", json!({ "what": "change", "metric": "m", "over_s": 0 }), "expected 1 to 604800"),
        ("/signal", json!({ "what": "bits", "metric": "m", "mask": 0 }), "mask 0"),
        ("/signal", cel("a >"), "is no CEL expression"),
        ("/signal", cel("b > 1.0"), "names \"b\", which is no input; expected one of a"),
        ("/signal", cel("a * 2 > 1.0"), "write 2.0, not 2"),
        ("/signal", cel("[a].map(x, x)"), "has '[' in it"),
        ("/signal", cel("a == 1.0 ? a : a > 2.0 ? true : a"), ""),
    ];
    for (path, value, expected) in cases {
        let said = faults(|parts| *parts.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value.clone());
        assert!(if expected.is_empty() { said.is_empty() } else { said.contains(expected) }, "{path} {value}: {said}");
    }
}

#[test]
fn an_expression_cannot_be_deep_or_long() {
    let said = |cel: String| {
        faults(|parts| {
            parts["signal"] = json!({ "what": "expression", "cel": cel, "inputs": { "a": { "metric": "m" } } })
        })
    };
    assert!(said(format!("{}a{}", "(".repeat(40), ")".repeat(40))).contains("brackets in one another"));
    assert!(said("a + ".repeat(200) + "a").contains("expected 1 to 500"));
}
