//! A table of devices out, in the columns that an import reads: it goes in again unchanged.

use axum::body::Bytes;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use chengshu_sheet::Cell;

use super::columns::{COLUMNS, row};
use super::find::{DeviceQuery, TableWord};
use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, page};
use crate::problem::Problem;

pub(crate) async fn devices(
    State(app): State<App>,
    who: Who,
    Params(query): Params<DeviceQuery>,
) -> Result<Response, Problem> {
    page(query.limit, 1_000, 20_000)?; // it bounds lists only, but what is wrong is told everywhere
    let query = query.plain();
    let (format, word) = query.format.unwrap_or(TableWord::Csv).format();
    let rows: Vec<Vec<Cell>> = app.board.read(|board| query.all(&who.scope, board).into_iter().map(row).collect());
    let columns: Vec<&str> = COLUMNS.iter().map(|(en, _)| *en).collect();
    let written = tokio::task::spawn_blocking(move || chengshu_sheet::write(format, &columns, &rows)).await;
    let bytes = written.map_err(|_| Problem::internal())?.map_err(|error| Problem::bad_request(error.to_string()))?;
    let name = format!("attachment; filename=\"devices-{}.{word}\"", app.clock.now().local_day());
    let headers = [(header::CONTENT_TYPE, format.media().to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, Bytes::from(bytes)).into_response())
}
