//! Makes the pieces of an export: series after series, portion after portion. A database that is away for a moment is
//! waited for; one that stays away ends the export.

use std::time::Duration;

use axum::body::Bytes;
use chengshu_access::Scope;
use chengshu_core::model::Timestamp;
use chengshu_store::{ReadingQuery, ReadingRow, Resolution, StoreError};
use tokio::sync::mpsc;

use super::file::{Sink, row};
use super::{Order, Piece, Series};
use crate::app::App;
use crate::readings::Span;

/// Readings of a series in memory at once.
const PORTION: i64 = 10_000;
/// How often a portion is asked for before the export is given up.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_secs(2);

/// Makes the whole file. The words of an error are for the log.
pub(super) async fn run(app: &App, scope: &Scope, order: Order, out: &mpsc::Sender<Piece>) -> Result<(), String> {
    let mut sink = Sink::open(order.format, &app.scratch)?;
    for series in &order.series {
        let mut from = order.span.from;
        loop {
            let rows = patiently(app, scope, series, Span { from, ..order.span }).await?;
            let full = rows.len() as i64 == PORTION;
            let last = rows.last().map(|row| row.at);
            let lines = rows.iter().map(|reading| row(series, reading, &order.span)).collect();
            if let Some(bytes) = sink.push(lines).await? {
                send(out, bytes).await?;
            }
            match last.filter(|_| full) {
                Some(last) => from = Timestamp::from_ms(last.ms() + order.span.bucket_ms().unwrap_or(1)),
                None => break,
            }
        }
    }
    sink.finish(out).await
}

/// Sends a piece; an error when nobody takes it.
pub(super) async fn send(out: &mpsc::Sender<Piece>, bytes: Bytes) -> Result<(), String> {
    out.send(Piece::Bytes(bytes)).await.map_err(|_| "the client has gone".to_owned())
}

async fn patiently(app: &App, scope: &Scope, series: &Series, span: Span) -> Result<Vec<ReadingRow>, String> {
    let mut tries = 1;
    loop {
        match portion(app, scope, series, span).await {
            Ok(rows) => return Ok(rows),
            Err(error) if tries == TRIES => return Err(error.database_words()),
            Err(error) => tracing::debug!(error = %error.database_words(), "a portion of an export is asked for again"),
        }
        tries += 1;
        app.clock.sleep(PAUSE).await;
    }
}

async fn portion(app: &App, scope: &Scope, series: &Series, span: Span) -> Result<Vec<ReadingRow>, StoreError> {
    let Span { from, to, resolution } = span;
    if resolution == Resolution::Raw {
        return app.store.reading_portion(scope, series.id, (from, to), PORTION).await;
    }
    let untrue = app.rollups.untrue(series.id, from, to);
    let query = ReadingQuery { series: series.id, from, to, resolution, limit: PORTION, untrue };
    let points = app.store.reading_list(scope, &query).await?;
    // a bucket arrives with nothing: it is worked out here
    let row = |point: chengshu_store::Point| ReadingRow {
        at: point.at,
        received: point.at,
        value: point.value,
        quality: point.quality,
    };
    Ok(points.into_iter().map(row).collect())
}
