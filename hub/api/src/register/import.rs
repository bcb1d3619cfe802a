//! A table of devices in: all of it or nothing. Every mistake is told with its line and column, so that a clerk can
//! mend the file in one go.

use std::collections::HashMap;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use chengshu_core::model::Theme;
use chengshu_engine::{BoardState, EntryOrder, Orders, Refused, Wish};
use chengshu_sheet::{Format, Sheet};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::columns::Header;
use super::contact;
use super::device::{Outside, within};
use super::find::TableWord;
use crate::app::App;
use crate::caller::Who;
use crate::params::Params;
use crate::problem::Problem;

/// Mistakes that are told at most.
const ERRORS_MAX: usize = 500;

/// What is sent, and what shall be done with it.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImportParams {
    /// csv, geojson or xlsx.
    format: TableWord,
    /// Only look: say what would be done. Default false.
    #[serde(default)]
    dry_run: bool,
    /// The theme of rows that name none.
    theme: Option<String>,
}

/// A mistake in a table.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct TableError {
    /// Line of the file, from 1; number of the feature in GeoJSON; 0: the whole file.
    line: u64,
    /// Which column, by its heading in the file.
    column: String,
    /// What was read.
    read: String,
    /// What would be right.
    expected: String,
}

/// What an import did, or would do.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct ImportReport {
    dry_run: bool,
    /// Rows that hold anything.
    rows: usize,
    /// New devices.
    created: u32,
    /// Entries that changed.
    changed: u32,
    /// Entries that were so already.
    unchanged: u32,
    /// With any mistake nothing is written.
    errors: Vec<TableError>,
}

/// What the sender says of the body must not be another table than `format` names; saying nothing is fine.
fn said(headers: &HeaderMap, format: Format, word: &str) -> Result<(), Problem> {
    let bare = |media: &str| media.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let Some(told) = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).map(bare) else { return Ok(()) };
    let others = [Format::Csv, Format::Geojson, Format::Xlsx].into_iter().filter(|other| *other != format);
    if others.map(Format::media).any(|media| bare(media) == told) {
        let expected = bare(format.media());
        return Err(Problem::media(format!("header: Content-Type is {told}, but format={word}; expected {expected}")));
    }
    Ok(())
}

pub(crate) async fn devices(
    State(app): State<App>,
    who: Who,
    Params(params): Params<ImportParams>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<ImportReport>, Problem> {
    if body.is_empty() {
        return Err(Problem::bad_request("body: empty; expected a table in the format that `format` names"));
    }
    let (format, word) = params.format.format();
    said(&headers, format, word)?;
    let themes = app.board.read(|board| board.themes.clone());
    let (own, fallback) = (who.clone(), params.theme);
    let read = move || {
        let sheet = chengshu_sheet::read(format, &body).map_err(|error| {
            vec![TableError { line: error.line, column: String::new(), read: error.read, expected: error.expected }]
        });
        sheet.and_then(|sheet| Ok((sheet.rows.len(), orders(&sheet, &own, &themes, fallback.as_deref())?)))
    };
    // a workbook of ten megabytes takes a moment, which belongs to no request but this
    let read = tokio::task::spawn_blocking(read).await.map_err(|_| Problem::internal())?;
    let mut report =
        ImportReport { dry_run: params.dry_run, rows: 0, created: 0, changed: 0, unchanged: 0, errors: Vec::new() };
    let (orders, lines) = match read {
        Err(errors) => {
            report.errors = errors;
            report.errors.truncate(ERRORS_MAX);
            return if params.dry_run { Ok(Json(report)) } else { Err(Problem::import(&report)) };
        }
        Ok((rows, (orders, lines))) => {
            report.rows = rows;
            (orders, lines)
        }
    };
    let mut orders = orders;
    report.errors = app.board.read(|board| {
        let wrong = outside(board, &who, &orders, &lines);
        if wrong.is_empty() { masked(board, &mut orders, &lines) } else { wrong }
    });
    if !report.errors.is_empty() {
        return if params.dry_run { Ok(Json(report)) } else { Err(Problem::import(&report)) };
    }
    let orders =
        Orders { caller: who.name(), import: true, dry_run: params.dry_run, orders, line: who.line().cloned() };
    match app.commands.enter(orders).await {
        Ok(entered) => {
            (report.created, report.changed, report.unchanged) = (entered.created, entered.changed, entered.unchanged);
            Ok(Json(report))
        }
        Err(Refused::Theme { device, theme }) => {
            let line = lines.get(&device).copied().unwrap_or(0);
            let expected = format!("theme {theme}, under which {device} is registered; it never changes");
            report.errors.push(TableError { line, column: "theme".to_owned(), read: device, expected });
            if report.dry_run { Ok(Json(report)) } else { Err(Problem::import(&report)) }
        }
        Err(refused) => Err(refused.into()),
    }
}

/// The rows that lie outside of what the caller reaches, or would.
fn outside(board: &BoardState, who: &Who, orders: &[EntryOrder], lines: &HashMap<String, u64>) -> Vec<TableError> {
    let wrong = orders.iter().filter_map(|order| {
        let (column, what) = match within(board, who, order).err()? {
            Outside::Now => ("device", "a device"),
            Outside::Then => ("department", "theme, department and area"),
        };
        let expected = format!("{what} within the reach of your right edit_register");
        let line = lines.get(order.device.as_str()).copied().unwrap_or(0);
        Some(TableError { line, column: column.to_owned(), read: order.device.to_string(), expected })
    });
    wrong.take(ERRORS_MAX).collect()
}

/// The rows with a contact that is masked, but is not what the device has.
fn masked(board: &BoardState, orders: &mut [EntryOrder], lines: &HashMap<String, u64>) -> Vec<TableError> {
    let wrong = orders.iter_mut().filter_map(|order| {
        let read = contact::kept(board, order).err()?;
        let line = lines.get(order.device.as_str()).copied().unwrap_or(0);
        Some(TableError { line, column: "contact".to_owned(), read, expected: contact::EXPECTED.to_owned() })
    });
    wrong.take(ERRORS_MAX).collect()
}

type Read = (Vec<EntryOrder>, HashMap<String, u64>);

fn orders(sheet: &Sheet, who: &Who, themes: &[Theme], fallback: Option<&str>) -> Result<Read, Vec<TableError>> {
    let mut errors = Vec::new();
    let header = Header::of(sheet).map_err(|wrong| {
        let error = |(read, expected): (String, String)| TableError { line: 1, column: read.clone(), read, expected };
        wrong.into_iter().map(error).collect::<Vec<_>>()
    })?;
    let (mut orders, mut lines) = (Vec::with_capacity(sheet.rows.len()), HashMap::new());
    for row in &sheet.rows {
        let mut wrong = |column: &str, read: String, expected: String| {
            errors.push(TableError { line: row.line, column: header.heading(sheet, column), read, expected });
        };
        let device = match header.device(row) {
            Ok(device) => device,
            Err((column, read, expected)) => {
                wrong(column, read, expected);
                continue;
            }
        };
        if let Some(before) = lines.insert(device.to_string(), row.line) {
            wrong("device", device.to_string(), format!("each device once; it stands on line {before} already"));
        }
        let word = header.theme(row).or(fallback).unwrap_or_default();
        let known = |theme: &&Theme| {
            theme.id.as_str() == word || theme.name.zh == word || theme.name.en.eq_ignore_ascii_case(word)
        };
        let theme = themes.iter().filter(|theme| who.scope.covers_theme(theme.id.as_str())).find(known);
        let Some(theme) = theme else {
            let names: Vec<String> = themes.iter().map(|theme| format!("{} ({})", theme.id, theme.name.zh)).collect();
            wrong("theme", word.to_owned(), format!("one of {}", names.join(", ")));
            continue;
        };
        match header.entry(row, &device, theme) {
            Ok(entry) => {
                let wish = Wish::Enter(Box::new(entry));
                orders.push(EntryOrder { device, theme: theme.id.clone(), seen: None, wish });
            }
            Err(all) => all.into_iter().for_each(|(column, read, expected)| wrong(column, read, expected)),
        }
    }
    if errors.is_empty() { Ok((orders, lines)) } else { Err(errors) }
}
