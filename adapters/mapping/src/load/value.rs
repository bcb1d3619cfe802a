//! Reads one entry of `values`. A unit is only checked: what is stored has the unit of its kind, and no conversion
//! happens that was not declared as scale and offset.

use std::collections::BTreeMap;

use chengshu_core::model::MetricId;
use toml::Value as Toml;

use super::{checked, condition};
use crate::fields::{Fields, number, show};
use crate::mapping::{Missing, Value};
use crate::number::{Convert, Scale};
use crate::pointer;
use crate::text::Text;

pub(super) const EXAMPLE: &str = "{ metric = \"level\", pointer = \"/object/level\" }";

pub(super) fn read(mut fields: Fields<'_>, names: &[&str]) -> Option<Value> {
    let pointer = fields.need("pointer", pointer::EXPECTED, "pointer = \"/object/level\"");
    let members = pointer.as_ref().is_some_and(|text| text.ends_with("/*"));
    let pointer = pointer.and_then(|text| {
        let object = text.strip_suffix("/*").unwrap_or(&text);
        checked(&mut fields, "pointer", object, "pointer = \"/object/level\"")
    });
    let metric = metric(&mut fields, names, members);
    let factor = fields.number("scale");
    if factor == Some(0.0) {
        fields.mistake("scale", "0", "a factor that leaves something of the value", "scale = 0.01");
    }
    let offset = fields.number("offset");
    let text = fields.flag("text").unwrap_or_default();
    let words = words(&mut fields);
    unit(&mut fields, factor.is_some() || offset.is_some());
    let missing = missing(&mut fields, members);
    let when = condition::when(&mut fields);
    fields.end();
    let scale = Scale::new(factor.unwrap_or(1.0));
    let convert = Convert { scale, offset: offset.unwrap_or_default(), words, text };
    Some(Value { metric: metric?, pointer: pointer?, members, convert, missing, when })
}

fn metric(fields: &mut Fields<'_>, names: &[&str], members: bool) -> Option<Text> {
    let mend = if members { "metric = \"{key}\"" } else { "metric = \"level\"" };
    let text = fields.need("metric", "the metric's name", mend)?;
    let metric = Text::parse(&text, names, members, |part| MetricId::parse(part).is_ok());
    match metric {
        Ok(metric) if members && !metric.uses_key() => {
            let expected = "a name with {key} in it, since each member of the object needs its own";
            fields.mistake("metric", format!("{text:?}"), expected, mend);
            None
        }
        Ok(metric) => Some(metric),
        Err(expected) => {
            fields.mistake("metric", format!("{text:?}"), expected, mend);
            None
        }
    }
}

fn words(fields: &mut Fields<'_>) -> BTreeMap<String, f64> {
    let mend = "map = { ON = 1, OFF = 0 }";
    let mut words = BTreeMap::new();
    for (word, value) in fields.table("map", mend).into_iter().flatten() {
        match number(&value) {
            Some(number) => drop(words.insert(word, number)),
            None => fields.mistake(&format!("map.{word}"), show(&value), "a finite number", mend),
        }
    }
    words
}

fn unit(fields: &mut Fields<'_>, scaled: bool) {
    let mend = "unit = { given = \"cm\", target = \"m\" }";
    let Some(table) = fields.table("unit", mend) else { return };
    let mut inner = fields.inner("unit", table);
    let given = inner.need("given", "the unit in the message", "given = \"cm\"");
    let target = inner.need("target", "the unit of the device's kind", "target = \"m\"");
    inner.end();
    if let (Some(given), Some(target)) = (given, target)
        && given != target
        && !scaled
    {
        let expected = format!("scale or offset, from {given} to {target}: no unit is converted on its own");
        fields.mistake("scale", "nothing", expected, "scale = 0.01");
    }
}

fn missing(fields: &mut Fields<'_>, members: bool) -> Missing {
    let found = match fields.take("missing") {
        None => return Missing::Reject,
        Some(Toml::String(text)) if text == "reject" => return Missing::Reject,
        Some(Toml::String(text)) if text == "skip" => return Missing::Skip,
        Some(other) => other,
    };
    if let Some(number) = number(&found).filter(|_| !members) {
        return Missing::Is(number);
    }
    let expected = if members { "\"reject\" or \"skip\"" } else { "\"reject\", \"skip\" or the number it stands for" };
    fields.mistake("missing", show(&found), expected, "missing = \"skip\"");
    Missing::Reject
}
