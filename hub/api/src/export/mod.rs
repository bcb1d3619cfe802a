//! Readings as a file: chosen by device, metric, theme, department and time, streamed from the store in portions. What
//! breaks off in the middle ends the connection, so that half a file never looks like a whole one.

mod file;
mod produce;

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chengshu_core::model::Timestamp;
use chengshu_sheet::{Format, XlsxFile};
use chengshu_store::Resolution;
use futures_util::stream;
use schemars::JsonSchema;
use serde::Deserialize;
use tokio::sync::mpsc;

use crate::app::App;
use crate::caller::Who;
use crate::flow::flow;
use crate::params::{Params, When};
use crate::problem::Problem;
use crate::readings::{AggregateWord, Span};
use crate::register::find::DeviceQuery;
use crate::view::unit;

/// Of the places for exports a workbook takes so many: it needs a file as large as itself.
const PLACES_XLSX: u32 = 2;
/// Portions that wait for a slow client.
const WAITING: usize = 4;

/// The format of a file of readings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FileWord {
    Csv,
    Ndjson,
    Xlsx,
}

impl FileWord {
    fn media(self) -> &'static str {
        match self {
            Self::Csv => Format::Csv.media(),
            Self::Ndjson => NDJSON,
            Self::Xlsx => Format::Xlsx.media(),
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Ndjson => "ndjson",
            Self::Xlsx => "xlsx",
        }
    }
}

/// One JSON object a line.
pub(crate) const NDJSON: &str = "application/x-ndjson";

/// Which readings; all filters that are given must hold.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExportParams {
    /// csv (default), ndjson or xlsx.
    format: Option<FileWord>,
    /// From this device time on.
    from: When,
    /// Up to, not including, this device time.
    to: When,
    /// Length of a bucket: a number with s, m, h or d, e.g. `15m`. Without it the readings as they came.
    bucket: Option<String>,
    /// How a bucket becomes one value: avg (default), min, max or sum.
    agg: Option<AggregateWord>,
    /// Only of this device.
    device: Option<String>,
    /// Only this metric.
    metric: Option<String>,
    /// Only of devices of this theme.
    theme: Option<String>,
    /// Only of devices of this kind.
    kind: Option<String>,
    /// Only of devices that this department answers for.
    department: Option<String>,
    /// Only of devices of this area.
    area: Option<String>,
    /// Only of devices of this group.
    group: Option<String>,
}

/// What stands in every line about a device.
struct About {
    device: String,
    name: Option<String>,
    theme: String,
    kind: Option<String>,
    department: Option<String>,
    area: Option<String>,
}

/// A series of which lines are made.
struct Series {
    id: i32,
    about: Arc<About>,
    metric: String,
    unit: String,
}

/// Everything that an export is about.
struct Order {
    format: FileWord,
    span: Span,
    series: Vec<Series>,
}

/// A piece of the file on its way out.
enum Piece {
    Bytes(Bytes),
    /// The file is whole.
    End,
}

pub(crate) async fn readings(
    State(app): State<App>,
    who: Who,
    Params(params): Params<ExportParams>,
) -> Result<Response, Problem> {
    let span = Span::new((params.from, params.to), params.bucket.as_deref(), params.agg, None)?;
    let format = params.format.unwrap_or(FileWord::Csv);
    let series = choose(&app, &who, &params);
    if series.is_empty() {
        return Err(Problem::not_found(
            "no device that passes these filters has sent such a metric; nothing to export",
        ));
    }
    let places = if format == FileWord::Xlsx { PLACES_XLSX } else { 1 };
    let place = Arc::clone(&app.exports).try_acquire_many_owned(places);
    let place = place.map_err(|_| Problem::busy("other exports are under way; try again when one has ended"))?;
    if format == FileWord::Xlsx {
        fits_a_sheet(&app, &who, span, &series).await?;
    }
    tracing::info!(caller = who.name(), series = series.len(), format = format.ending(), "readings are exported");
    let name = format!("readings-{}-{}.{}", span.from.local_day(), last_day(span), format.ending());
    let order = Order { format, span, series };
    let (out, pieces) = mpsc::channel(WAITING);
    let (stop, scope) = (app.stop.clone(), who.scope);
    tokio::spawn(async move {
        let work = produce::run(&app, &scope, order, &out);
        tokio::select! {
            done = work => match done {
                Ok(()) => {
                    let _ = out.send(Piece::End).await;
                }
                Err(error) => tracing::warn!(error, "an export broke off; its connection is ended"),
            },
            () = stop.cancelled() => {}
            () = out.closed() => tracing::debug!("the client of an export has gone"),
        }
        drop(place);
    });
    let disposition = format!("attachment; filename=\"{name}\"");
    let headers = [(header::CONTENT_TYPE, format.media().to_owned()), (header::CONTENT_DISPOSITION, disposition)];
    let no_store = [(header::CACHE_CONTROL, "no-store"), (header::HeaderName::from_static("x-accel-buffering"), "no")];
    Ok((headers, no_store, body(pieces)).into_response())
}

/// The pieces as a body. When they end without a word that the file is whole, so does the connection.
fn body(pieces: mpsc::Receiver<Piece>) -> Body {
    flow(stream::unfold(Some(pieces), |pieces| async move {
        let mut pieces = pieces?;
        match pieces.recv().await {
            Some(Piece::Bytes(bytes)) => Some((Ok(bytes), Some(pieces))),
            Some(Piece::End) => None,
            None => Some((Err(std::io::Error::other("the export broke off")), None)),
        }
    }))
}

fn last_day(span: Span) -> String {
    Timestamp::from_ms(span.to.ms() - 1).local_day()
}

fn choose(app: &App, who: &Who, params: &ExportParams) -> Vec<Series> {
    let query = DeviceQuery {
        theme: params.theme.clone(),
        kind: params.kind.clone(),
        department: params.department.clone(),
        area: params.area.clone(),
        group: params.group.clone(),
        ..DeviceQuery::default()
    };
    let wanted = |metric: &str| params.metric.as_deref().is_none_or(|wanted| wanted == metric);
    app.board.read(|board| {
        let one = params.device.as_deref().map(|id| board.device(id));
        let all = if one.is_none() { board.devices() } else { &[] };
        let slots = one.flatten().into_iter().chain(all).filter(|slot| query.takes(&who.scope, slot));
        let mut series = Vec::new();
        for slot in slots {
            let device = &slot.device;
            let details = device.details.as_deref();
            let about = Arc::new(About {
                device: device.id.to_string(),
                name: device.name.as_deref().map(str::to_owned),
                theme: device.theme.to_string(),
                kind: device.kind.as_ref().map(ToString::to_string),
                department: details.and_then(|details| details.department.clone()),
                area: details.and_then(|details| details.area.clone()),
            });
            series.extend(slot.series.iter().filter(|series| wanted(series.metric.as_str())).map(|series| Series {
                id: series.id,
                about: Arc::clone(&about),
                metric: series.metric.to_string(),
                unit: unit(slot, series).to_owned(),
            }));
        }
        series
    })
}

/// Refuses what a workbook cannot hold before the first byte is written.
async fn fits_a_sheet(app: &App, who: &Who, span: Span, series: &[Series]) -> Result<(), Problem> {
    let most = i64::from(XlsxFile::ROWS_MAX);
    let rows = match span.resolution {
        Resolution::Raw => {
            let ids: Vec<i32> = series.iter().map(|series| series.id).collect();
            app.store.reading_count(&who.scope, &ids, (span.from, span.to), most + 1).await?
        }
        Resolution::Bucket { ms, .. } => {
            let buckets = span.to.since(span.from).saturating_div(ms).saturating_add(2);
            buckets.saturating_mul(series.len() as i64)
        }
    };
    if rows > most {
        return Err(Problem::bad_request(format!(
            "query: this is (or may be) more than the {most} rows that a sheet of XLSX holds; ask for format=csv or ndjson, a shorter \
             span, or a longer bucket"
        )));
    }
    Ok(())
}
