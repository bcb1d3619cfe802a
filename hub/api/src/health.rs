//! Two questions of machines: does the process live, and is the hub of use. Open to anybody; the second says in words
//! what is missing.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chengshu_core::seam::LinkState;
use chengshu_engine::SpoolState;
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
    /// Stable code: starting, database_down, database_disk_full, link_down, spool_full, disk_full or spool_failing.
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
        let database = &board.database;
        if !database.up {
            let code = match database.code {
                "starting" => "starting",
                "disk_full" => "database_disk_full",
                _ => "database_down",
            };
            let since = database.since.to_rfc3339();
            let text = match code {
                "database_disk_full" => format!("the disk of the database has been full since {since} (磁盘满)"),
                _ => format!("the database has not answered since {since}"),
            };
            reasons.push(NotReady { code, text });
        }
        match app.spool.report(database.up).0 {
            SpoolState::Full => reasons.push(NotReady {
                code: "spool_full",
                text: "the spool is full: nothing more is acknowledged until the database is back".to_owned(),
            }),
            SpoolState::Failing("disk_full", words) => {
                reasons.push(NotReady {
                    code: "disk_full",
                    text: format!("the disk of the spool is full (磁盘满): {words}"),
                });
            }
            SpoolState::Failing(_, words) => reasons.push(NotReady { code: "spool_failing", text: words }),
            SpoolState::Empty | SpoolState::Spooling | SpoolState::Draining => {}
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
