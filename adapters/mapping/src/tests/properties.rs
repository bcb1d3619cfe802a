//! Whatever comes: no panic, only finite values and believable times, and every item that went in comes out as a
//! reading or as a rejection.

use bytes::Bytes;
use chengshu_core::model::{Limits, Reason, TimeLimits};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{NOW, OWN, link, mapping};
use crate::{Decoded, Mapping, Mappings, builtin};

const THREE: &str = r#"
each = "/r"
at = { pointer = "/t", format = "ms", missing = "arrival" }
values = [
  { metric = "a", pointer = "/a", scale = 0.1 },
  { metric = "b", pointer = "/b", map = { ON = 1, OFF = 0 } },
  { metric = "{/n}", pointer = "/c/0", text = true },
]
skip_when = { pointer = "/skip", equals = true }
"#;

fn decode(mapping: &Mapping, source: &str, payload: impl Into<Bytes>) -> Decoded {
    mapping.decode_counted(source, payload.into(), NOW, &link())
}

fn sane(decoded: &Decoded) -> bool {
    let limits = TimeLimits::default();
    let delivery = &decoded.delivery;
    delivery.readings.iter().all(|r| r.value.is_finite() && limits.refuse(r.at, NOW).is_none())
        && (delivery.items() > 0 || decoded.skipped > 0)
}

fn any_json() -> impl Strategy<Value = Value> {
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        prop::num::f64::ANY.prop_map(Value::from),
        ((NOW.ms() - 100_000)..NOW.ms()).prop_map(Value::from),
        prop_oneof![Just("ON".to_owned()), Just("3.5".to_owned()), ".{0,12}"].prop_map(Value::from),
    ];
    scalar.prop_recursive(4, 40, 6, |inner| {
        let keys = prop_oneof![
            prop::sample::select(vec!["a", "b", "c", "n", "t", "r", "skip", "records", "object", "msg", "time"])
                .prop_map(str::to_owned),
            "[a-z/~*^]{0,6}"
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(keys, inner, 0..6).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn any_bytes_are_accounted_for(source in "(t/D1|plant/7/pumps|/push/onenet/fire|.{0,40})", payload in prop::collection::vec(any::<u8>(), 0..200)) {
        let sets = [builtin::all().unwrap(), Mappings::load(OWN).unwrap(), mapping(THREE)];
        for mapping in sets.iter().flat_map(Mappings::iter) {
            prop_assert!(sane(&decode(mapping, &source, payload.clone())));
            prop_assert!(sane(&decode(mapping, &mapping.example_source(), payload.clone())));
        }
    }

    #[test]
    fn any_json_is_accounted_for(value in any_json()) {
        let sets = [builtin::all().unwrap(), Mappings::load(OWN).unwrap(), mapping(THREE)];
        for mapping in sets.iter().flat_map(Mappings::iter) {
            prop_assert!(sane(&decode(mapping, &mapping.example_source(), value.to_string())));
        }
    }

    #[test]
    fn items_in_are_readings_and_rejections_out(records in prop::collection::vec(any_json(), 1..6)) {
        let set = mapping(THREE);
        let skipped = records.iter().filter(|record| record["skip"] == Value::Bool(true)).count();
        let decoded = decode(set.find("t").unwrap(), "t/D1", json!({ "r": records }).to_string());
        prop_assert_eq!(decoded.skipped, skipped);
        let out = decoded.delivery.readings.len() + decoded.delivery.rejected.len();
        prop_assert_eq!(out, 3 * (records.len() - skipped), "{:?}", decoded.delivery.rejected);
    }

    #[test]
    fn any_file_is_read_or_refused(text in ".{0,200}", key in "[a-z_]{1,10}") {
        let _ = Mappings::load(&text);
        let _ = Mappings::load(&format!("[[mapping]]\n{key} = {text:?}\ntopic = {text:?}\ndevice = {text:?}"));
    }
}

#[test]
fn a_small_message_does_not_fill_the_memory() {
    let values: Vec<String> = (0..200).map(|n| format!("{{ metric = \"m{n}\", pointer = \"/m{n}\" }}")).collect();
    let set = mapping(&format!("each = \"\"\nvalues = [{}]", values.join(",")));
    let payload = format!("[{}0]", "0,".repeat(100_000));
    let decoded = decode(set.find("t").unwrap(), "t/D1", payload);
    assert_eq!(decoded.delivery.rejected.len(), 1);
    assert_eq!(decoded.delivery.rejected[0].reason, Reason::PayloadTooLarge);
}

#[test]
fn limits_are_those_of_the_hub() {
    let set = mapping("values = [{ metric = \"l\", pointer = \"/l\" }]");
    let narrow = Limits { payload_max: 4, ..Limits::default() };
    let decoded = decode(set.limited(narrow).find("t").unwrap(), "t/D1", "{\"l\":1}");
    assert_eq!(decoded.delivery.rejected[0].reason, Reason::PayloadTooLarge);
    assert!(!decoded.is_understood());
}

#[test]
fn the_last_word_on_presence_holds_and_the_earlier_is_told() {
    let set = mapping("each = \"\"\nonline = { pointer = \"/o\" }");
    let decoded = decode(set.find("t").unwrap(), "t/D1", "[{\"o\":\"offline\"},{\"o\":1},{\"o\":\"maybe\"}]");
    assert!(decoded.delivery.presence.as_ref().unwrap().online);
    let details: Vec<_> = decoded.delivery.rejected.iter().map(|rejected| rejected.detail.as_str()).collect();
    assert!(details[0].contains("D1 was offline earlier") && details[1].contains("\"maybe\""), "{details:?}");
}

#[test]
fn seconds_and_milliseconds_mixed_up_are_told_apart() {
    let detail = |format: &str, at: &str| {
        let set = mapping(&format!(
            "values = [{{ metric = \"l\", pointer = \"/l\" }}]\nat = {{ pointer = \"/t\", format = \"{format}\" }}"
        ));
        let decoded = decode(set.find("t").unwrap(), "t/D1", format!("{{\"l\":1,\"t\":{at}}}"));
        decoded.delivery.rejected.first().map(|rejected| rejected.detail.clone())
    };
    assert_eq!(detail("ms", "1795336910000"), None);
    assert_eq!(detail("ms", "\"1795336910000\""), None);
    assert_eq!(detail("s", "1795336910.5"), None);
    assert_eq!(detail("rfc3339", "\"2026-11-22 16:42:00\""), None);
    assert!(detail("ms", "1795336910").unwrap().contains("seconds?"));
    assert!(detail("s", "1795336910000").unwrap().contains("milliseconds?"));
    assert!(detail("rfc3339", "5").unwrap().contains("expected RFC 3339"));
    assert!(detail("ms", "1e300").unwrap().contains("too far"));
}

#[test]
fn null_is_missing_where_missing_is_declared() {
    let set = mapping(
        "values = [{ metric = \"a\", pointer = \"/a\", missing = 5, scale = 2 }, { metric = \"b\", pointer = \"/b\", missing = \"skip\" }, { metric = \"{key}\", pointer = \"/o/*\", missing = \"skip\" }, { metric = \"c\", pointer = \"/c\" }]",
    );
    let decoded = decode(set.find("t").unwrap(), "t/D1", r#"{"a":null,"b":null,"o":{"x":null,"y":1},"c":null}"#);
    let read: Vec<_> = decoded.delivery.readings.iter().map(|r| format!("{}={}", r.metric, r.value)).collect();
    assert_eq!(read, ["a=10", "y=1"]);
    assert_eq!(decoded.delivery.rejected.len(), 1);
}
