//! Files full of mistakes: every one is told, at once, with what mends it.

use super::OWN;
use crate::{Mappings, builtin};

fn mistakes(text: &str) -> Vec<String> {
    Mappings::load(text).unwrap_err().0.iter().map(ToString::to_string).collect()
}

#[test]
fn every_mistake_is_told_at_once() {
    let text = r#"
mapings = 1
[[mapping]]
name = "Lora"
topic = "application/+/device/{device}/up"
theme = "{site}"
device = "a b"
at = { pointer = "time", format = "unix" }
each = "$.records"
skip_when = { pointer = "/a" }
colour = "red"
values = [
  { metric = "PM2.5", pointer = "/a~b" },
  { metric = "level", pointer = "/l", scale = 0, offset = "x", missing = "never", map = { ON = "1" } },
  { metric = "level", pointer = "/o/*" },
  { metric = "depth", pointer = "/d", unit = { given = "cm", target = "m" }, ponter = "/e" },
]
online = { words = { on = 1 }, missing = 0 }
[[mapping]]
theme = "Water"
[[mapping]]
name = "a"
path = "/push/{x}"
theme = "water"
device = "{x}"
values = [{ metric = "level", pointer = "/l" }]
[[mapping]]
name = "a"
path = "/push/{y}"
theme = "water"
device = "{y}"
values = [{ metric = "level", pointer = "/l" }]
"#;
    let list = mistakes(text);
    let all = list.join("\n");
    for part in [
        "the file: mapings",
        "Lora: name",
        "Lora: topic: read \"application/+/device/{device}/up\"",
        "Lora: theme: read \"{site}\"; expected a placeholder that the pattern has ({device})",
        "Lora: device",
        "Lora: at.pointer: read \"time\"",
        "mend it with: pointer = \"/time\"",
        "Lora: at.format",
        "Lora: each: read \"$.records\"",
        "mend it with: each = \"/records\"",
        "Lora: skip_when[0].equals",
        "Lora: colour",
        "Lora: values[0].metric",
        "Lora: values[0].pointer: read \"/a~b\"",
        "Lora: values[1].scale",
        "Lora: values[1].offset",
        "Lora: values[1].missing",
        "Lora: values[1].map.ON",
        "Lora: values[2].metric: read \"level\"; expected a name with {key}",
        "Lora: values[3].scale: read nothing; expected scale or offset, from cm to m",
        "Lora: values[3].ponter: read \"/e\"; expected a known key; did you mean `pointer`?",
        "Lora: online.pointer: read nothing",
        "Lora: online.words.on",
        "Lora: online.missing",
        "mapping[1]: name",
        "mapping[1]: topic: read neither topic nor path",
        "mapping[1]: theme: read \"Water\"",
        "mapping[1]: device: read nothing",
        "mapping[1]: values: read nothing",
        "a: name: read \"a\"; expected a name that no other mapping has",
    ] {
        assert!(all.contains(part), "{part} is missing in:\n{all}");
    }
    assert!(list.iter().all(|mistake| mistake.contains("read ") && mistake.contains("expected ")), "{all}");
}

#[test]
fn files_that_are_none_and_patterns_that_hide_each_other() {
    assert!(mistakes("[[mapping]\nname")[0].starts_with("the file: line 1: read"));
    assert!(mistakes("")[0].contains("expected a list of [[mapping]]"));
    assert!(mistakes("mapping = 3")[0].contains("read 3"));
    let one = |name: &str, path: &str| {
        format!(
            "[[mapping]]\nname = \"{name}\"\npath = \"{path}\"\ntheme = \"water\"\ndevice = \"/d\"\nonline = {{ pointer = \"/o\" }}\n"
        )
    };
    let hidden = mistakes(&[one("a", "/p/{x}"), one("b", "/p/{y}")].concat());
    assert!(hidden[0].contains("b: path: read \"/p/{y}\"; expected a pattern that \"a\" has not taken"), "{hidden:?}");
    let set = Mappings::load(&[one("a", "/p/one"), one("b", "/p/{y}")].concat()).unwrap();
    assert_eq!(set.find_path("/p/one").unwrap().name(), "a");
    assert_eq!(set.find_path("/p/two").unwrap().name(), "b");
    assert!(set.find_path("/q").is_none() && set.find_topic("p/two").is_none());
}

#[test]
fn builtins_and_the_example_are_without_mistake() {
    let all = builtin::all().unwrap_or_else(|mistakes| panic!("{mistakes}"));
    assert_eq!(all.iter().count(), builtin::FILES.len());
    for (mapping, (file, text)) in all.iter().zip(builtin::FILES) {
        assert_eq!(file.strip_suffix(".toml"), Some(mapping.name()));
        assert!(text.starts_with('#'), "{file} does not say what it is");
        assert!(mapping.topic_filter().is_some() || mapping.path().is_some());
    }
    assert_eq!(all.find("chirpstack4").unwrap().topic_filter().unwrap(), "application/+/device/+/event/up");
    assert!(Mappings::load(OWN).is_ok());
    let readme = include_str!("../../README.md");
    for block in readme.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()) {
        assert!(Mappings::load(block).is_ok(), "{}", Mappings::load(block).unwrap_err());
    }
}
