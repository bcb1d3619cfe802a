//! The facts of a happening: the JSON object that was written down with it. Read leniently, for it may have been written by
//! an older hub or by one with more kinds of rules; what is not there, or is something else, is simply not known.

use chengshu_core::model::{Lang, Timestamp};
use serde_json::Value;

use super::plain::plain;

/// Characters of a name at most.
const NAME: usize = 80;

pub(super) struct Facts(Value);

impl Facts {
    pub(super) fn of(data: &str) -> Self {
        Self(serde_json::from_str(data).unwrap_or_default())
    }

    /// A word or an id.
    pub(super) fn word(&self, key: &str) -> Option<&str> {
        self.0[key].as_str().filter(|text| !text.is_empty())
    }

    /// A name that somebody gave: one line of it.
    pub(super) fn name(&self, key: &str) -> Option<String> {
        self.word(key).map(|text| plain(text, NAME))
    }

    /// A name in two languages.
    pub(super) fn label(&self, key: &str, lang: Lang) -> Option<String> {
        self.0[key][lang.word()].as_str().filter(|text| !text.is_empty()).map(|text| plain(text, NAME))
    }

    pub(super) fn time(&self, key: &str) -> Option<Timestamp> {
        self.0[key].as_i64().map(Timestamp::from_ms)
    }

    fn number(&self, key: &str) -> Option<f64> {
        self.0[key].as_f64().filter(|number| number.is_finite())
    }

    /// A number with its unit, with as many decimals as make sense, or what a state is called.
    pub(super) fn value(&self, key: &str, lang: Lang) -> Option<String> {
        if key == "value"
            && let Some(name) = self.label("value_name", lang)
        {
            return Some(name);
        }
        let number = self.number(key)?;
        let text = match self.0["precision"].as_u64() {
            Some(precision) => format!("{number:.*}", precision.min(9) as usize),
            None => shortest(number),
        };
        Some(match self.name("unit") {
            Some(unit) => format!("{text} {unit}"),
            None => text,
        })
    }

    /// `5.82 m ≥ 5.50 m`, or the value alone.
    pub(super) fn comparison(&self, lang: Lang) -> Option<String> {
        let value = self.value("value", lang)?;
        let known = self.label("value_name", lang).is_none();
        let (Some(number), Some(limit)) = (self.number("value"), self.number("limit").filter(|_| known)) else {
            return Some(value);
        };
        let sign = if number >= limit { '≥' } else { '≤' };
        Some(format!("{value} {sign} {}", self.value("limit", lang)?))
    }

    /// What it is about: the device's name, else its id, else the theme.
    pub(super) fn subject(&self, lang: Lang) -> String {
        let device = self.name("device_name").or_else(|| self.name("device"));
        device.or_else(|| self.theme(lang)).unwrap_or_default()
    }

    pub(super) fn theme(&self, lang: Lang) -> Option<String> {
        self.label("theme_name", lang).or_else(|| self.name("theme"))
    }

    pub(super) fn rule(&self, lang: Lang) -> Option<String> {
        self.label("rule_name", lang).or_else(|| self.name("rule"))
    }
}

/// Without the noise of binary fractions: 0.1 + 0.2 is 0.3.
fn shortest(number: f64) -> String {
    let text = format!("{number:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_as_people_write_them() {
        for (data, told) in [
            (r#"{"value":5.8200001,"limit":5.5,"unit":"m","precision":2}"#, "5.82 m ≥ 5.50 m"),
            (r#"{"value":-0.5,"limit":0,"precision":1}"#, "-0.5 ≤ 0.0"),
            (r#"{"value":0.30000000000000004,"limit":null}"#, "0.3"),
            (r#"{"value":1,"limit":1,"value_name":{"zh":"开启","en":"open"}}"#, "开启"),
            (r#"{"value":1200000,"unit":""}"#, "1200000"),
        ] {
            assert_eq!(Facts::of(data).comparison(Lang::Zh).as_deref(), Some(told), "{data}");
        }
        for odd in ["", "[]", "{", r#"{"value":"5"}"#, r#"{"value":null,"limit":5}"#] {
            assert_eq!(Facts::of(odd).comparison(Lang::Zh), None, "{odd}");
            assert_eq!(Facts::of(odd).subject(Lang::En), "", "{odd}");
        }
    }
}
