//! The loader from outside: the embedded themes stand up, a theme made at run time loads, and every mistake is found,
//! all of them at once and each with its line.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test's helpers may")]

use std::fs;
use std::path::Path;

use chengshu_core::model::{Certainty, Theme};
use chengshu_topics::load;

const TOPIC: &str = r#"name = { zh = "公园", en = "Parks" }
version = "3"
[[kind]]
id = "gate"
name = { zh = "闸机", en = "Gate" }
expected_interval_s = 10
stale_after_s = 30
offline_after_s = 60
metrics = [{ id = "people", name = { zh = "人数", en = "People" }, min = 0, max = 500 }]
[[rule]]
id = "park.crowded"
version = 1
name = { zh = "拥挤", en = "Crowded" }
kind = "gate"
metric = "people"
severity = "important"
direction = "above"
raise = 100
clear = 95
source = "practice"
certainty = "C"
[[kpi]]
id = "people"
name = { zh = "人数", en = "People" }
kind = "gate"
metric = "people"
aggregate = "sum"
unit = ""
precision = 0
band = [0, 100]
band_source = "practice"
"#;

fn write(dir: &Path, theme: &str, topic: &str) {
    let folder = dir.join(theme);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("topic.toml"), topic).unwrap();
    fs::write(folder.join("screen.json"), r#"{"kpis": ["people"]}"#).unwrap();
    fs::write(folder.join("zh-CN.json"), r#"{"title": "公园"}"#).unwrap();
    fs::write(folder.join("en.json"), r#"{"title": "Parks"}"#).unwrap();
}

fn find(dir: &Path, id: &str) -> Theme {
    load(Some(dir)).into_iter().find(|theme| theme.id.as_str() == id).unwrap()
}

/// The error of theme `park` after `edit` has been at its folder; the other themes must not mind.
fn error_after(edit: impl FnOnce(&Path)) -> String {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "park", TOPIC);
    edit(&dir.path().join("park"));
    assert_eq!(find(dir.path(), "water").error, None);
    let theme = find(dir.path(), "park");
    assert!(theme.kinds.is_empty() && theme.rules.is_empty() && theme.kpis.is_empty());
    theme.error.expect("a mistake")
}

fn error_of(from: &str, to: &str) -> String {
    assert!(TOPIC.contains(from), "{from}");
    error_after(|folder| fs::write(folder.join("topic.toml"), TOPIC.replacen(from, to, 1)).unwrap())
}

#[test]
fn every_embedded_theme_loads_without_a_mistake() {
    let themes = load(None);
    assert!(themes.iter().any(|theme| theme.id.as_str() == "water"));
    for theme in &themes {
        assert_eq!(theme.error, None, "{}", theme.id);
        assert!(!theme.kinds.is_empty() && !theme.kpis.is_empty());
        let screen: serde_json::Value = serde_json::from_str(&theme.screen).unwrap();
        assert!(!screen["kpis"].as_array().unwrap().is_empty());
        assert!(screen["texts"]["zh-CN"].is_object() && screen["texts"]["en"].is_object());
    }
}

#[test]
fn what_the_themes_share_has_one_name_and_every_limit_has_an_origin() {
    let themes = load(None);
    let ids: Vec<&str> = themes.iter().map(|theme| theme.id.as_str()).collect();
    assert_eq!(ids, ["fire", "housing", "water"]);
    for theme in &themes {
        for metric in theme.kinds.iter().flat_map(|kind| &kind.metrics) {
            let state = !metric.states.is_empty(); // `battery_low` is what a station says of it, not how much there is
            assert_eq!(
                !state && metric.id.as_str().contains("batt"),
                metric.id.as_str() == "battery",
                "{} {}",
                theme.id,
                metric.id
            );
            assert!(metric.id.as_str() != "battery" || metric.unit == "V", "{}: one unit too", theme.id);
            assert!(metric.min.is_some() && metric.max.is_some(), "{} {}: no range", theme.id, metric.id);
            assert!(metric.unit.is_empty() != metric.states.is_empty(), "{} {}: unit or states", theme.id, metric.id);
        }
        for rule in &theme.rules {
            let said = ["local practice", "demo setting"].iter().any(|word| rule.source.contains(word));
            assert_eq!(said, rule.certainty == Certainty::C, "{}: {}", rule.id, rule.source);
            assert!(rule.source.contains(" | "), "{}: the source in both languages", rule.id);
        }
    }
}

/// The limits of the domain reference, as far as a theme may not soften them in silence.
#[test]
fn fire_and_housing_say_what_the_reference_says() {
    let themes = load(None);
    let rules: Vec<_> = themes.iter().flat_map(|theme| &theme.rules).collect();
    let table = [
        ("fire.smoke_alarm", 1.0, Certainty::A),
        ("fire.smoke_temperature", 54.0, Certainty::B),
        ("fire.residual_current_300", 300.0, Certainty::A),
        ("fire.residual_current_500", 500.0, Certainty::A),
        ("fire.cable_70", 70.0, Certainty::B),
        ("fire.hydrant_low", 0.14, Certainty::A),
        ("fire.hydrant_no_pressure", 0.1, Certainty::A),
        ("fire.gas_low", 20.0, Certainty::B),
        ("fire.gas_high", 40.0, Certainty::B),
        ("fire.component_fire", 1.0, Certainty::A),
        ("fire.system_fire", 1.0, Certainty::A),
        ("housing.pm10_150", 150.0, Certainty::C),
        ("housing.dust_hour_150", 150.0, Certainty::C),
        ("housing.noise_over_limit", 0.1, Certainty::A),
        ("housing.crane_moment_90", 90.0, Certainty::B),
        ("housing.crane_wind", 13.8, Certainty::B),
        ("housing.crane_verticality", 4.0, Certainty::B),
        ("housing.lift_care_overdue", 16.0, Certainty::B),
        ("housing.pit_wall_21", 21.0, Certainty::C),
        ("housing.pit_settlement_20", 20.0, Certainty::C),
        ("housing.settlement_10", 10.0, Certainty::B),
    ];
    for (id, raise, certainty) in table {
        let rule = rules.iter().find(|rule| rule.id.as_str() == id).unwrap();
        assert_eq!((rule.steps[0].raise, rule.certainty), (raise, certainty), "{id}");
    }
}

#[test]
fn water_says_what_the_reference_says() {
    let water = load(None).into_iter().find(|theme| theme.id.as_str() == "water").unwrap();
    let rule = |id: &str| water.rules.iter().find(|rule| rule.id.as_str() == id).unwrap().clone();
    let all = water
        .rules
        .iter()
        .map(|r| (r.id.to_string(), r.steps[0].raise, r.steps[0].clear, format!("{:?}", r.certainty)));
    let rain_and_depth: Vec<_> = all.filter(|(id, ..)| id.contains("rain_") || id.contains("logging")).collect();
    let expect = |id: &str, raise, clear, certainty: &str| (format!("water.{id}"), raise, clear, certainty.to_owned());
    assert_eq!(
        rain_and_depth,
        [
            expect("waterlogging_15", 15.0, 14.2, "C"),
            expect("waterlogging_27", 27.0, 25.6, "C"),
            expect("waterlogging_40", 40.0, 38.0, "C"),
            expect("rain_6h_yellow", 50.0, 47.5, "A"),
            expect("rain_3h_orange", 50.0, 47.5, "A"),
            expect("rain_3h_red", 100.0, 95.0, "A"),
            expect("station_rain_3h_orange", 50.0, 47.5, "A"),
            expect("station_rain_3h_red", 100.0, 95.0, "A"),
            expect("station_rain_6h_yellow", 50.0, 47.5, "A"),
        ]
    );
    assert!(rule("water.river_warning").source.contains("演示设定"), "no published value: says so");
    assert_eq!(water.kinds.first().map(|kind| kind.id.as_str()), Some("river_level"), "the guess for a bare level");
}

#[test]
fn a_theme_made_at_run_time_loads_beside_the_embedded_ones() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "park", TOPIC);
    fs::create_dir(dir.path().join(".git")).unwrap();
    let themes = load(Some(dir.path()));
    assert_eq!(themes.len(), load(None).len() + 1);
    let park = find(dir.path(), "park");
    assert_eq!(park.error, None);
    assert_eq!((park.version.as_str(), park.name.en.as_str()), ("3", "Parks"));
    assert_eq!((park.kinds.len(), park.rules.len(), park.kpis.len()), (1, 1, 1));
    assert_eq!(park.kinds[0].late_after_s, 300);
    assert_eq!(park.screen, r#"{"kpis":["people"],"texts":{"en":{"title":"Parks"},"zh-CN":{"title":"公园"}}}"#);
}

#[test]
fn the_panels_of_a_theme_s_page_are_handed_on_as_they_stand() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "park", TOPIC);
    fs::write(dir.path().join("park/screen.json"), r#"{"kpis": ["people"], "page": ["map", "figures"]}"#).unwrap();
    let screen: serde_json::Value = serde_json::from_str(&find(dir.path(), "park").screen).unwrap();
    assert_eq!(screen["page"], serde_json::json!(["map", "figures"]));
}

/// The page that teaches a newcomer the eleventh theme must not lie.
#[test]
fn the_theme_of_the_readme_loads_as_it_stands_there() {
    let page = include_str!("../README.md");
    let topic = page.split_once("```toml\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "park", topic);
    let park = find(dir.path(), "park");
    assert_eq!(park.error, None);
    assert_eq!((park.kinds.len(), park.rules.len(), park.kpis.len()), (1, 1, 1));
    for theme in load(None) {
        assert!(page.contains(&format!("[{0}]({0}/README.md)", theme.id)), "{} is not in the list", theme.id);
    }
}

#[test]
fn a_folder_of_the_same_name_replaces_the_embedded_theme() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "water", &TOPIC.replace("park.", "water."));
    let water = find(dir.path(), "water");
    assert_eq!((water.error, water.kinds.len()), (None, 1));
}

#[test]
fn each_mistake_is_told_with_its_line_what_was_read_and_what_would_be_right() {
    let table: &[(&str, &str, &str)] = &[
        (
            "version = \"3\"",
            "version = \"3\"\nverison = 4",
            "topic.toml:3: theme: verison is unknown; expected one of name, version",
        ),
        ("version = \"3\"", "", "theme: version is missing; expected a text"),
        (
            "en = \"Parks\"",
            "de = \"Parks\"",
            "topic.toml:1: theme: name is { zh = \"公园\", de = \"Parks\" }; expected { zh = ",
        ),
        ("en = \"Parks\"", "en = \" \"", "topic.toml:1: theme: name is empty in a language"),
        ("id = \"gate\"", "id = \"Gate\"", "topic.toml:4: kind: id is \"Gate\"; expected 1 to 64 of a-z"),
        (
            "expected_interval_s = 10",
            "expected_interval_s = 30",
            "topic.toml:6: kind gate: expected_interval_s is 30; expected 1 or more and below stale_after_s = 30",
        ),
        (
            "stale_after_s = 30",
            "stale_after_s = 60",
            "topic.toml:7: kind gate: stale_after_s is 60; expected less than offline_after_s = 60",
        ),
        ("stale_after_s = 30", "stale_after_s = -3", "topic.toml:7: kind: stale_after_s is -3; expected whole seconds"),
        ("metrics = [", "metrics = [] #", "topic.toml:9: kind gate: metrics is empty"),
        ("metrics = [", "metrics = [7, ", "topic.toml:9: kind: metrics is 7; expected a list of tables"),
        ("min = 0", "min = 500", "kind gate: metric people: min is 500; expected less than max = 500"),
        ("min = 0", "min = -inf", "kind gate: metric people: min is -inf; expected a finite number"),
        ("min = 0", "mim = 0", "topic.toml:9: metric: mim is unknown; expected one of id, name, unit"),
        ("max = 500", "max = 500, precision = 12", "precision is 12; expected 0 to 9"),
        (
            "max = 500",
            "max = 500, states = { on = { zh = \"开\", en = \"on\" } }",
            "state is \"on\"; expected a whole number",
        ),
        (
            "max = 500 }",
            "max = 500 }, { id = \"people\", name = { zh = \"人\", en = \"P\" } }",
            "metric \"people\" stands there twice",
        ),
        (
            "id = \"park.crowded\"",
            "id = \"water.crowded\"",
            "topic.toml:11: rule: id is \"water.crowded\"; expected it to begin with \"park.\"",
        ),
        ("version = 1\n", "version = 0\n", "topic.toml:12: rule park.crowded: version is 0; expected 1 or more"),
        (
            "kind = \"gate\"\nmetric = \"people\"\nseverity",
            "kind = \"door\"\nmetric = \"people\"\nseverity",
            "topic.toml:14: rule park.crowded: kind is \"door\"; expected one of gate",
        ),
        (
            "metric = \"people\"\nseverity",
            "metric = \"persons\"\nseverity",
            "topic.toml:15: rule park.crowded: metric is \"persons\"; expected one of people",
        ),
        (
            "severity = \"important\"",
            "severity = \"yellow\"",
            "topic.toml:16: rule: severity is \"yellow\"; expected \"critical\"",
        ),
        ("clear = 95", "clear = 100", "topic.toml:19: rule park.crowded: clear is 100; expected less than raise = 100"),
        (
            "direction = \"above\"",
            "direction = \"below\"",
            "rule park.crowded: clear is 95; expected more than raise = 100",
        ),
        ("raise = 100", "raise = nan", "topic.toml:18: rule park.crowded: raise is NaN; expected a finite number"),
        ("raise = 100", "raise = \"100\"", "topic.toml:18: rule: raise is \"100\"; expected a number"),
        (
            "raise = 100",
            "raise = 501",
            "topic.toml:18: rule park.crowded: raise is 501; expected a value that people can have, 0.0 to 500.0",
        ),
        (
            "source = \"practice\"",
            "source = \"\"",
            "topic.toml:20: rule park.crowded: source is empty; expected the standard",
        ),
        (
            "certainty = \"C\"",
            "certainty = \"D\"",
            "topic.toml:21: rule: certainty is \"D\"; expected \"A\", \"B\" or \"C\"",
        ),
        (
            "kind = \"gate\"\nmetric = \"people\"\naggregate",
            "kind = \"door\"\nmetric = \"people\"\naggregate",
            "topic.toml:25: kpi people: kind is \"door\"; expected one of gate",
        ),
        (
            "aggregate = \"sum\"",
            "aggregate = \"total\"",
            "topic.toml:27: kpi: aggregate is \"total\"; expected \"max\"",
        ),
        (
            "band = [0, 100]",
            "band = [100, 0]",
            "topic.toml:30: kpi people: band is [100, 0]; expected the low end first",
        ),
        ("band = [0, 100]", "band = [0]", "topic.toml:30: kpi: band is [0]; expected [low, high]"),
        ("band_source = \"practice\"", "", "kpi people: band_source is empty"),
        ("[[rule]]", "[[rule]\n", "topic.toml:10: not TOML"),
    ];
    for (from, to, expected) in table {
        let error = error_of(from, to);
        assert!(error.contains(expected), "{from:?} → {to:?}\n got {error}\nwant {expected}");
        assert_eq!(error.lines().count(), 1, "no mistake that is only the shadow of another: {error}");
    }
}

#[test]
fn ids_are_unique() {
    for (what, twice) in [("kind", "[[kind]]"), ("rule", "[[rule]]"), ("kpi", "[[kpi]]")] {
        let start = TOPIC.find(twice).unwrap();
        let end = TOPIC[start + 2..].find("\n[[").map_or(TOPIC.len(), |at| start + 2 + at + 1);
        let error = error_after(|folder| {
            fs::write(folder.join("topic.toml"), format!("{TOPIC}{}", &TOPIC[start..end])).unwrap()
        });
        assert!(error.contains(&format!("{what}: id ")) && error.contains("stands in line"), "{error}");
    }
}

#[test]
fn the_other_files_are_checked_too() {
    let put =
        |file: &'static str, text: &'static str| error_after(move |folder| fs::write(folder.join(file), text).unwrap());
    assert!(
        put("screen.json", r#"{"kpis": ["peoples"]}"#)
            .contains("screen.json: kpis names \"peoples\"; expected one of people")
    );
    assert!(put("screen.json", r#"{"kpis": ["people", "people"]}"#).contains("twice"));
    assert!(put("screen.json", r#"{"kpis": [], "page": ["map", "map"]}"#).contains("page names \"map\" twice"));
    assert!(put("screen.json", r#"{"kpis": [], "panels": 1}"#).contains("screen.json:1: unknown field `panels`"));
    assert!(
        put("en.json", r#"{"titel": "Parks"}"#)
            .contains("en.json: key \"title\" is missing; expected the same keys as in zh-CN.json")
    );
    assert!(put("en.json", r#"{"title": ""}"#).contains("en.json: \"title\" is empty"));
    let error = error_after(|folder| fs::remove_file(folder.join("en.json")).unwrap());
    assert!(error.contains("en.json: is missing; every theme has"), "{error}");
    let error = error_after(|folder| fs::write(folder.join("zh-CN.json"), [0xff, 0xfe]).unwrap());
    assert!(error.contains("zh-CN.json: cannot be read"), "{error}");
    let error = error_after(|folder| fs::write(folder.join("topic.toml"), "#".repeat(2 << 20)).unwrap());
    assert!(error.contains("topic.toml: has 2097152 bytes; expected at most 1048576"), "{error}");
}

#[test]
fn all_mistakes_are_told_together_in_the_order_of_the_file() {
    let error = error_after(|folder| {
        let topic =
            TOPIC.replace("clear = 95", "clear = 105\nhold = 3").replace("stale_after_s = 30", "stale_after_s = 90");
        fs::write(folder.join("topic.toml"), topic.replace("certainty = \"C\"", "")).unwrap();
        fs::write(folder.join("screen.json"), "[]").unwrap();
    });
    let lines: Vec<&str> = error.lines().map(|line| line.rsplit_once("/park/").unwrap().1).collect();
    assert_eq!(lines.len(), 4, "{error}");
    assert!(lines[0].starts_with("topic.toml:7: kind gate: stale_after_s is 90"));
    assert!(lines[1].starts_with("topic.toml:10: rule: certainty is missing"));
    assert!(lines[2].starts_with("topic.toml:20: rule: hold is unknown"));
    assert!(lines[3].starts_with("screen.json:1: "));
}

#[test]
fn what_is_no_theme_at_all_is_told_and_harms_nobody() {
    let dir = tempfile::tempdir().unwrap();
    write(dir.path(), "Water", TOPIC);
    let themes = load(Some(dir.path()));
    let broken = themes.iter().find(|theme| theme.error.is_some()).unwrap();
    assert_eq!(broken.id.as_str(), "broken:water");
    assert!(broken.error.as_deref().unwrap().contains("\"Water\"; expected 1 to 32 of a-z 0-9 _ -"));
    let themes = load(Some(&dir.path().join("nowhere")));
    assert_eq!(themes.len(), load(None).len() + 1);
    assert!(themes.iter().any(|theme| theme.error.as_deref().is_some_and(|error| error.starts_with("topics_dir "))));
}

/// The long form: ladders, times, hours, and every signal, as the README of topics describes them.
#[test]
fn every_kind_of_rule_can_be_written() {
    let rule = |body: &str| {
        let head = "[[rule]]\nid = \"park.crowded\"\nversion = 1\nname = { zh = \"拥挤\", en = \"Crowded\" }\nsource = \"s\"\ncertainty = \"C\"\n";
        let (before, rest) = TOPIC.split_once("[[rule]]").unwrap();
        let (_, kpi) = rest.split_once("[[kpi]]").unwrap();
        format!("{before}{head}{body}\n[[kpi]]{kpi}")
    };
    let good = [
        "kind = \"gate\"\nmetric = \"people\"\ndirection = \"above\"\nfor_s = 60\nhold_s = 30\nsteps = [{ severity = \"general\", raise = 50, clear = 45 }, { severity = \"urgent\", raise = 90, clear = 80, hours = { from = \"22:00\", to = \"06:00\" } }]",
        "metric = \"people\"\nsignal = { what = \"change\", over_s = 600 }\ndirection = \"above\"\nseverity = \"general\"\nraise = 50\nclear = 40",
        "metric = \"people\"\nsignal = { what = \"stuck\", tolerance = 0.5 }\nseverity = \"general\"\nraise = 3600\nclear = 1",
        "metric = \"people\"\nsignal = { what = \"spike\", of = 5 }\nseverity = \"general\"\nraise = 50\nclear = 10",
        "metric = \"people\"\nsignal = { what = \"state\", states = [2] }\nseverity = \"general\"\nrepeat = { times = 2, of = 3 }",
        "metric = \"people\"\nsignal = { what = \"bits\", mask = 4 }\nseverity = \"general\"",
        "metric = \"people\"\nsignal = { what = \"against\", others = \"area\", over_s = 3600 }\ndirection = \"above\"\nseverity = \"general\"\nraise = 50\nclear = 40",
        "kinds = [\"gate\"]\nsignal = { what = \"silence\" }\nsteps = [{ severity = \"general\", raise = 600 }, { severity = \"urgent\", raise = 3600 }]",
        "areas = [\"441702\"]\ngroups = [\"a\"]\ndevices = [\"G-1\"]\nsignal = { what = \"expression\", cel = \"n > 50.0 && other > 50.0\", inputs = { n = { metric = \"people\", over_s = 600, how = \"max\" }, other = { metric = \"people\", device = \"G-2\" } } }\nseverity = \"critical\"",
    ];
    for body in good {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "park", &rule(body));
        let park = find(dir.path(), "park");
        assert_eq!((park.error, park.rules.len()), (None, 1), "{body}");
    }
    let bad = [
        (
            "kind = \"gate\"\ndirection = \"above\"\nseverity = \"general\"\nraise = 1\nclear = 0",
            "rule: metric is missing",
        ),
        ("metric = \"people\"\nsignal = { what = \"guess\" }\nseverity = \"general\"", "unknown variant `guess`"),
        (
            "metric = \"people\"\nsignal = { what = \"bits\", mask = 4, mark = 1 }\nseverity = \"general\"",
            "unknown field `mark`",
        ),
        (
            "metric = \"persons\"\nsignal = { what = \"bits\", mask = 4 }\nseverity = \"general\"",
            "expected one that some kind measures",
        ),
        (
            "metric = \"people\"\ndirection = \"above\"\nsteps = [{ severity = \"general\", raise = 1 }]",
            "a step has no limits",
        ),
        (
            "metric = \"people\"\ndirection = \"above\"\nfor_s = -1\nseverity = \"general\"\nraise = 1\nclear = 0",
            "for_s is -1; expected whole seconds",
        ),
        (
            "signal = { what = \"expression\", cel = \"n >\", inputs = { n = { metric = \"people\" } } }\nseverity = \"general\"",
            "is no CEL expression",
        ),
        (
            "signal = { what = \"expression\", cel = \"n > 1.0\", inputs = { n = { metric = \"persons\" } } }\nseverity = \"general\"",
            "expected one that some kind measures",
        ),
    ];
    for (body, expected) in bad {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "park", &rule(body));
        let error = find(dir.path(), "park").error.unwrap_or_default();
        assert!(error.contains(expected), "{body}\n got {error}\nwant {expected}");
        assert_eq!(error.lines().count(), 1, "{error}");
    }
}
