//! Reads `topic.toml` into kinds, rules and key figures. It sees to it that every field is there and of its form; whether
//! the whole makes sense is `check`'s business.

use chengshu_core::model::{Kind, Kpi, Label, Metric, Rule};
use toml::de::DeTable;

use crate::fields::{Fields, Lines};
use crate::folder::{Folder, TOPIC};
use crate::mistakes::{Mistakes, line_of};

pub(crate) const LABEL: &str = r#"{ zh = "…", en = "…" }"#;
pub(crate) const WORD: &str = "1 to 64 of a-z 0-9 _ - . : in quotes";
pub(crate) const METRIC: &str = "1 to 64 of A-Z a-z 0-9 _ in quotes";
pub(crate) const TEXT: &str = "a text in quotes";
const SECONDS: &str = "whole seconds such as 30";
pub(crate) const NUMBER: &str = "a number such as 5.5";
/// Readings may arrive 24 days late, and the rollups must still find their neighbours.
pub(crate) const KEEP: &str = "whole days, at least 60";
const PLACES: &str = "a whole number of decimal places, 0 to 9";

/// One entry of the file; `item` is none if a field could not be read, and then other entries may still name its `id`.
pub(crate) struct Entry<T> {
    pub(crate) id: Option<String>,
    pub(crate) item: Option<T>,
    pub(crate) lines: Lines,
}

/// The file, as far as it could be read.
#[derive(Default)]
pub(crate) struct Topic {
    /// False when the file is no TOML: then nothing can be said about what it does not name.
    pub(crate) readable: bool,
    pub(crate) name: Option<Label>,
    pub(crate) version: Option<String>,
    pub(crate) keep_readings_days: Option<u32>,
    pub(crate) kinds: Vec<Entry<Kind>>,
    pub(crate) rules: Vec<Entry<Rule>>,
    pub(crate) kpis: Vec<Entry<Kpi>>,
    /// Where the keys of the file's top stand.
    pub(crate) lines: Lines,
}

/// Reads the file and notes what is wrong with it.
pub(crate) fn read(folder: &Folder, mistakes: &mut Mistakes) -> Topic {
    let source = match folder.text(TOPIC) {
        Ok(source) => source,
        Err(reason) => {
            mistakes.add(TOPIC, 0, reason);
            return Topic::default();
        }
    };
    let (table, errors) = DeTable::parse_recoverable(source);
    for error in &errors {
        let line = error.span().map_or(0, |span| line_of(source, span.start));
        mistakes.add(TOPIC, line, format!("not TOML: {}", error.message()));
    }
    if !errors.is_empty() {
        return Topic::default();
    }
    let mut top = Fields::new(source, "theme", table.into_inner(), 0);
    Topic {
        readable: true,
        name: top.need("name", LABEL, mistakes),
        version: top.need("version", r#"a text such as "1""#, mistakes),
        keep_readings_days: top.may("keep_readings_days", KEEP, mistakes),
        kinds: top.tables("kind", "kind", mistakes).into_iter().map(|table| kind(table, mistakes)).collect(),
        rules: top
            .tables("rule", "rule", mistakes)
            .into_iter()
            .map(|table| crate::rule::read(table, mistakes))
            .collect(),
        kpis: top.tables("kpi", "kpi", mistakes).into_iter().map(|table| kpi(table, mistakes)).collect(),
        lines: top.finish(mistakes),
    }
}

fn kind(mut table: Fields<'_>, m: &mut Mistakes) -> Entry<Kind> {
    let id = table.need("id", WORD, m);
    let name = table.need("name", LABEL, m);
    let expected_interval_s = table.need("expected_interval_s", SECONDS, m);
    let stale_after_s = table.need("stale_after_s", SECONDS, m);
    let offline_after_s = table.need("offline_after_s", SECONDS, m);
    let late_after_s = table.may("late_after_s", SECONDS, m).unwrap_or(300);
    let reorder_ms = table.may("reorder_ms", "milliseconds, 0 to 2000", m).unwrap_or_default();
    let tables = table.tables("metrics", "metric", m);
    let count = tables.len();
    let metrics: Vec<Metric> = tables.into_iter().filter_map(|table| metric(table, m)).collect();
    let whole = metrics.len() == count;
    let lines = table.finish(m);
    let item = (|| {
        Some(Kind {
            id: Option::clone(&id)?,
            name: name?,
            expected_interval_s: expected_interval_s?,
            stale_after_s: stale_after_s?,
            offline_after_s: offline_after_s?,
            late_after_s,
            reorder_ms,
            metrics,
        })
    })();
    Entry { id: id.map(|id| id.to_string()), item: item.filter(|_| whole), lines }
}

fn metric(mut table: Fields<'_>, m: &mut Mistakes) -> Option<Metric> {
    let id = table.need("id", METRIC, m);
    let name = table.need("name", LABEL, m);
    let unit = table.may("unit", TEXT, m).unwrap_or_default();
    let precision = table.may("precision", PLACES, m).unwrap_or_default();
    let min = table.may("min", NUMBER, m);
    let max = table.may("max", NUMBER, m);
    let states = table.may("states", r#"{ 0 = { zh = "…", en = "…" }, … }"#, m).unwrap_or_default();
    table.finish(m);
    Some(Metric { id: id?, name: name?, unit, precision, min, max, states })
}

fn kpi(mut table: Fields<'_>, m: &mut Mistakes) -> Entry<Kpi> {
    let id = table.need("id", WORD, m);
    let name = table.need("name", LABEL, m);
    let kind = table.need("kind", WORD, m);
    let metric = table.need("metric", METRIC, m);
    let aggregate = table.need("aggregate", r#""max", "min", "avg" or "sum""#, m);
    let unit = table.need("unit", TEXT, m);
    let precision = table.need("precision", PLACES, m);
    let band = table.may("band", "[low, high]", m);
    let band_source = table.may("band_source", TEXT, m).unwrap_or_default();
    let lines = table.finish(m);
    let item = (|| {
        Some(Kpi {
            id: Option::clone(&id)?,
            name: name?,
            kind: kind?,
            metric: metric?,
            aggregate: aggregate?,
            unit: unit?,
            precision: precision?,
            band,
            band_source,
        })
    })();
    Entry { id: id.map(|id| id.to_string()), item, lines }
}
