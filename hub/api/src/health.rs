//! Two questions of machines: does the process live, and is the hub of use. Open to anybody; the second says in words
//! what is missing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chengshu_core::seam::LinkState;
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;

/// The process lives.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HealthView {
    status: &'static str,
}

/// Something that is missing.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct NotReady {
    /// Stable code: database_down, link_down or starting.
    code: &'static str,
    /// In words.
    text: String,
}

/// Whether the hub is of use.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReadyView {
    ready: bool,
    reasons: Vec<NotReady>,
}

pub(crate) async fn healthz() -> Json<HealthView> {
    Json(HealthView { status: "ok" })
}

/// Ready when the database answers and every link is up. Not ready is still alive: the wall keeps showing ages.
pub(crate) async fn readyz(State(app): State<App>) -> (StatusCode, Json<ReadyView>) {
    let reasons = app.board.read(|board| {
        let mut reasons = Vec::new();
        if !board.database.up {
            reasons.push(NotReady {
                code: "database_down",
                text: format!("the database has not answered since {}", board.database.since.to_rfc3339()),
            });
        }
        for slot in board.links() {
            let report = slot.link.last_report();
            if report.state != LinkState::Up {
                let text = format!(
                    "link {} has been {} since {}",
                    slot.link.id,
                    report.state.word(),
                    report.since.to_rfc3339()
                );
                reasons.push(NotReady { code: "link_down", text });
            }
        }
        reasons
    });
    let ready = reasons.is_empty();
    let status = if ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ReadyView { ready, reasons }))
}
