//! Lines of the audit for what passes through the table of routes: denials, and acts whose handlers write no line of their
//! own. Accounts and rights write theirs in the transaction of the act.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use axum::extract::Request;
use axum::http::StatusCode;
use chengshu_access::{Act, AuditLine, Limiter, Outcome, Rate};
use chengshu_core::model::Timestamp;
use chengshu_identity::{Known, Stamp};

use crate::app::App;
use crate::caller::Who;
use crate::route::RouteInfo;

/// The same denial is written once a minute: whoever asks a thousand times fills no disk.
const DENIALS: Rate = Rate { per_second: 1.0 / 60.0, burst: 1.0 };

/// Denials that were written a short while ago, by caller and route.
pub(crate) struct Denials(Mutex<Limiter<(String, &'static str)>>);

impl Default for Denials {
    fn default() -> Self {
        Self(Mutex::new(Limiter::new(DENIALS, 10_000)))
    }
}

/// Somebody asked for what they may not.
pub(crate) fn denied(
    app: &App,
    info: &RouteInfo,
    request: &Request,
    known: &Known,
    from: Option<IpAddr>,
    now: Timestamp,
) {
    let identity = known.caller.identity();
    let key = (format!("{} {}", identity.label(), info.method), info.path);
    if app.denials.0.lock().unwrap_or_else(PoisonError::into_inner).take(key, 1.0, now).is_err() {
        return;
    }
    let stamp = Stamp { who: Some(identity.clone()), from, now };
    let object = format!("{} {}", info.method, request.uri().path());
    let mut line = stamp.line(Act::Denied, Outcome::Denied, object);
    let rights: Vec<&str> = info.access.rights().iter().map(|right| right.id()).collect();
    line.detail.insert("right".to_owned(), rights.join(" "));
    let store = app.store.clone();
    tokio::spawn(async move { write(&store, line).await });
}

/// What will be written when the handler is done.
pub(crate) struct Trail(Option<(Act, String)>);

impl Trail {
    pub(crate) fn of(info: &RouteInfo, request: &Request) -> Self {
        let object = || {
            let path = request.uri().path();
            path.strip_prefix("/api/v1/").unwrap_or(path).to_owned()
        };
        Self(info.act.map(|act| (act, object())))
    }

    pub(crate) async fn write(self, app: &App, who: &Who, status: StatusCode) {
        let Some((act, object)) = self.0 else { return };
        let outcome = match status {
            StatusCode::FORBIDDEN => Outcome::Denied,
            status if status.is_success() || status == StatusCode::NOT_MODIFIED => Outcome::Done,
            _ => Outcome::Failed,
        };
        let mut line = who.stamp().line(act, outcome, object);
        if outcome != Outcome::Done {
            line.detail.insert("status".to_owned(), status.as_u16().to_string());
        }
        write(&app.store, line).await;
    }
}

async fn write(store: &chengshu_store::Store, line: AuditLine) {
    if let Err(error) = store.audit_write(&[line]).await {
        tracing::error!(error = %error.database_words(), "a line of the audit could not be written");
    }
}
