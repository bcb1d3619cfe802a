//! Lines of the audit for what passes through the table of routes: denials, and acts whose handlers write no line of their
//! own. Accounts and rights write theirs in the transaction of the act.

use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use chengshu_access::{Act, AuditLine, Identity, Limiter, Outcome, Rate};
use chengshu_core::model::Timestamp;
use chengshu_identity::{Known, Stamp};
use tokio::sync::Semaphore;

use crate::app::App;
use crate::caller::Who;
use crate::route::RouteInfo;

/// The same denial is written once a minute: whoever asks a thousand times fills no disk.
const DENIALS: Rate = Rate { per_second: 1.0 / 60.0, burst: 1.0 };

/// Lines that may wait for the database at once; the acts whose lines they are need it, too.
const WAITING: usize = 1_000;
/// A line that the database did not take is tried again after this, so many times.
const AGAIN: Duration = Duration::from_secs(5);
const TRIES: usize = 60;

/// The way to the audit: what was denied a short while ago, by caller and route, and the room for lines that wait.
pub(crate) struct Trails {
    denied: Mutex<Limiter<(String, &'static str)>>,
    room: Arc<Semaphore>,
}

impl Default for Trails {
    fn default() -> Self {
        Self { denied: Mutex::new(Limiter::new(DENIALS, 10_000)), room: Arc::new(Semaphore::new(WAITING)) }
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
    if app.trails.denied.lock().unwrap_or_else(PoisonError::into_inner).take(key, 1.0, now).is_err() {
        return;
    }
    let stamp = Stamp { who: Some(identity.clone()), from, now };
    let object = format!("{} {}", info.method, request.uri().path());
    let mut line = stamp.line(Act::Denied, Outcome::Denied, object);
    let rights: Vec<&str> = info.access.rights().iter().map(|right| right.id()).collect();
    line.detail.insert("right".to_owned(), rights.join(" "));
    write(app, line);
}

/// Something was refused to somebody elsewhere than at a route, e.g. by a broker that asked: the first tells enough for a
/// minute.
pub(crate) fn refused(app: &App, who: Identity, what: &'static str, object: String) {
    let now = app.clock.now();
    let key = (who.label(), what);
    if app.trails.denied.lock().unwrap_or_else(PoisonError::into_inner).take(key, 1.0, now).is_ok() {
        let mut line = Stamp { who: Some(who), from: None, now }.line(Act::Denied, Outcome::Denied, object);
        line.detail.insert("code".to_owned(), what.to_owned());
        write(app, line);
    }
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

    pub(crate) fn write(self, app: &App, who: &Who, status: StatusCode) {
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
        write(app, line);
    }
}

/// Writes beside the answer: the act is done, and whoever asked must not take it for undone because its line waits.
fn write(app: &App, line: AuditLine) {
    let Ok(place) = app.trails.room.clone().try_acquire_owned() else {
        return tracing::error!(act = %line.act, who = line.who, "a line of the audit was lost: too many wait");
    };
    let (store, clock) = (app.store.clone(), app.clock.clone());
    tokio::spawn(async move {
        let lines = [line];
        for _ in 0..TRIES {
            match store.audit_write(&lines).await {
                Ok(_) => return drop(place),
                Err(error) => {
                    tracing::warn!(error = %error.database_words(), "a line of the audit waits for the database");
                }
            }
            clock.sleep(AGAIN).await;
        }
        let [line] = lines;
        tracing::error!(act = %line.act, who = line.who, "a line of the audit was lost: the database stayed away");
    });
}
