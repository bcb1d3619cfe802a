//! Each vector is a payload, byte for byte, and beside it what becomes of it. After a wanted change:
//! `UPDATE=1 cargo test -p chengshu-mapping`, and read the difference.

use std::path::Path;

use bytes::Bytes;
use chengshu_core::model::Timestamp;
use serde_json::Value;

use super::{OWN, link};
use crate::{Mappings, builtin, render};

#[test]
fn vectors_decode_as_written() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let all = [builtin::all().unwrap(), Mappings::load(OWN).unwrap()];
    let mut used = Vec::new();
    for entry in std::fs::read_dir(&dir).unwrap() {
        let path = entry.unwrap().path();
        let Some(stem) = path.to_string_lossy().strip_suffix(".expected.json").map(str::to_owned) else { continue };
        let mut golden: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let payload = std::fs::read(format!("{stem}.json")).unwrap();
        let name = golden["mapping"].as_str().unwrap();
        let source = golden["source"].as_str().unwrap();
        let mapping = all.iter().find_map(|set| set.find(name)).unwrap_or_else(|| panic!("{stem}: no mapping {name}"));
        let found = |set: &Mappings| {
            let found = if source.starts_with('/') { set.find_path(source) } else { set.find_topic(source) };
            found.map(|mapping| mapping.name().to_owned())
        };
        assert_eq!(all.iter().find_map(found).as_deref(), Some(name), "{stem}");
        let received = Timestamp::from_ms(golden["received"].as_i64().unwrap());
        let decoded = mapping.decode_counted(source, Bytes::from(payload), received, &link());
        used.push(name.to_owned());
        let actual = render::json(&decoded);
        if std::env::var_os("UPDATE").is_some() {
            golden["decoded"] = actual;
            std::fs::write(&path, format!("{golden:#}\n")).unwrap();
        } else {
            assert_eq!(actual, golden["decoded"], "{stem}");
        }
    }
    for mapping in all.iter().flat_map(Mappings::iter) {
        assert!(used.iter().any(|name| name == mapping.name()), "{} has no vector", mapping.name());
    }
}

#[test]
fn people_see_values_and_reasons() {
    let set = Mappings::load(OWN).unwrap();
    let payload = include_bytes!("../../vectors/own-records.json");
    let received = Timestamp::from_ms(1_730_421_002_000);
    let mapping = set.find("pumps").unwrap();
    let decoded = mapping.decode_counted("plant/7/pumps", Bytes::from_static(payload), received, &link());
    let text = render::text(&decoded);
    for line in [
        "P-7-1  forebay_level = 3.21  at 2024-11-01T00:30:00.000Z",
        "P-7-1  temperature = 22.5",
        "1 record(s) passed over",
        "P-7-2 running  not_a_number: running is the text \"stuck\"; expected one of OFF, ON",
        "P-7-2 forebay_level  not_a_number: forebay_level is null; expected a number",
        "P-7-3 forebay_level  time_unreadable: /ts is not there",
        "device unknown running  bad_name: device id is \"P-7-5 a\"",
    ] {
        assert!(text.contains(line), "{line} is missing in\n{text}");
    }
    assert!(decoded.is_understood());
}

#[test]
fn what_the_broker_kept_must_say_its_time() {
    let text = "[[mapping]]\nname = \"t\"\ntopic = \"t/{device}\"\ntheme = \"water\"\ndevice = \"{device}\"\n\
        at = { pointer = \"/ts\", format = \"ms\", missing = \"arrival\" }\n\
        values = [{ metric = \"level\", pointer = \"/l\" }]";
    let set = Mappings::load(text).unwrap_or_else(|mistakes| panic!("{mistakes}"));
    let mapping = set.find_topic("t/W-1").unwrap();
    let kept = |payload: String| mapping.decode_retained("t/W-1", Bytes::from(payload), super::NOW, &link());
    let timed = kept(format!("{{\"l\":1,\"ts\":{}}}", super::NOW.ms() - 1000));
    assert_eq!((timed.readings.len(), timed.rejected.len()), (1, 0));
    let timeless = kept("{\"l\":1}".to_owned());
    assert!(timeless.readings.is_empty());
    assert!(timeless.rejected[0].detail.contains("nobody knows when"), "{:?}", timeless.rejected);
    assert_eq!(mapping.decode("t/W-1", Bytes::from_static(b"{\"l\":1}"), super::NOW, &link()).readings.len(), 1);
    let never = super::mapping("values = [{ metric = \"level\", pointer = \"/l\" }]\n");
    let never =
        never.find("t").unwrap().decode_retained("t/W-1", Bytes::from_static(b"{\"l\":1}"), super::NOW, &link());
    assert_eq!((never.readings.len(), never.rejected.len()), (0, 1));
    assert_eq!(set.only(&["u".to_owned()]).iter().count(), 0);
}
