//! Lines of the audit for what passes through the table of routes. The line of an act is lent to its handler, who commits it
//! with what it changes; here it is written what nobody commits: refusals, failures, denials, and what is told. What is told
//! must not be told without a line: the answer waits for it, and does not leave without. Accounts and rights make their own
//! lines of what was done, and leave only the rest to this.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use chengshu_access::{Act, AuditLine, Identity, Limiter, Outcome, Rate};
use chengshu_core::model::Timestamp;
use chengshu_identity::{Known, Stamp};
use chengshu_store::ActLine;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;

use crate::app::App;
use crate::problem::Problem;
use crate::route::RouteInfo;

/// The same denial is written once a minute: whoever asks a thousand times fills no disk.
const DENIALS: Rate = Rate { per_second: 1.0 / 60.0, burst: 1.0 };
/// A page that somebody keeps open asks for the same list again and again: one line tells of so long.
const WATCHING_MS: i64 = 300_000;
/// Who watches what, at most; beyond that they are told of more often.
const WATCHED: usize = 10_000;

/// Lines that may wait for the database at once; the acts whose lines they are need it, too.
const WAITING: usize = 1_000;
/// A line that the database did not take is tried again after this, so many times.
const AGAIN: Duration = Duration::from_secs(5);
const TRIES: usize = 60;

/// The way to the audit: what was denied and watched a short while ago, and the room for lines that wait.
pub(crate) struct Trails {
    denied: Mutex<Limiter<(String, &'static str)>>,
    watched: Mutex<HashMap<(String, String), Timestamp>>,
    room: Arc<Semaphore>,
    /// Nothing is told without a line; only in tests that have no database.
    needed: bool,
}

impl Default for Trails {
    fn default() -> Self {
        Self {
            needed: true,
            denied: Mutex::new(Limiter::new(DENIALS, 10_000)),
            watched: Mutex::default(),
            room: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

impl Trails {
    /// Tells without a line.
    #[cfg(test)]
    pub(crate) fn without_database() -> Self {
        Self { needed: false, ..Self::default() }
    }

    /// True when a line told a short while ago that they watch this.
    fn is_watched(&self, line: &AuditLine) -> bool {
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        let since = watched.get(&key(line));
        since.is_some_and(|since| (0..WATCHING_MS).contains(&line.at.since(*since)))
    }

    fn watches(&self, line: &AuditLine) {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        if watched.len() >= WATCHED {
            watched.clear();
        }
        watched.insert(key(line), line.at);
    }
}

fn key(line: &AuditLine) -> (String, String) {
    (line.who.clone(), line.object.clone().unwrap_or_default())
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
    beside(app, line);
}

/// Something was refused to somebody elsewhere than at a route, e.g. by a broker that asked: the first tells enough for a
/// minute.
pub(crate) fn refused(app: &App, who: Identity, what: &'static str, object: String) {
    let now = app.clock.now();
    let key = (who.label(), what);
    if app.trails.denied.lock().unwrap_or_else(PoisonError::into_inner).take(key, 1.0, now).is_ok() {
        let mut line = Stamp { who: Some(who), from: None, now }.line(Act::Denied, Outcome::Denied, object);
        line.detail.insert("code".to_owned(), what.to_owned());
        beside(app, line);
    }
}

/// The line of what is being done. Dropped before its end (nobody waited any longer), it tells of that.
pub(crate) struct Trail {
    app: App,
    act: Option<(Act, ActLine)>,
    /// The route only tells a list, which pages ask for again and again.
    list: bool,
    /// Its handler writes the line when it is done.
    tells: bool,
}

impl Trail {
    pub(crate) fn of(app: &App, info: &RouteInfo, request: &Request, stamp: &Stamp) -> Self {
        let object = || {
            let path = request.uri().path();
            path.strip_prefix("/api/v1/").unwrap_or(path).to_owned()
        };
        let act = info.act.map(|act| (act, ActLine::new(stamp.done(act, object()))));
        let list = info.method == "GET" && matches!(info.act, Some(Act::AuditRead | Act::RawSeen));
        Self { app: app.clone(), act, list, tells: info.tells }
    }

    /// To be lent to the handler.
    pub(crate) fn line(&self) -> Option<ActLine> {
        self.act.as_ref().filter(|_| !self.tells).map(|(_, line)| line.clone())
    }

    /// Writes what the handler has not; answers what may leave.
    pub(crate) async fn finish(mut self, response: Response) -> Response {
        let Some((act, lent)) = self.act.take() else { return response };
        let status = response.status();
        let outcome = match status {
            StatusCode::FORBIDDEN => Outcome::Denied,
            status if status.is_success() || status == StatusCode::NOT_MODIFIED => Outcome::Done,
            _ => Outcome::Failed,
        };
        let mut line = lent.line();
        line.outcome = outcome;
        if outcome != Outcome::Done {
            line.detail.insert("status".to_owned(), status.as_u16().to_string());
            beside(&self.app, line);
            return response;
        }
        if self.tells || lent.is_written() || (self.list && self.app.trails.is_watched(&line)) {
            return response;
        }
        if !act.is_disclosure() {
            beside(&self.app, line);
            return response;
        }
        match self.app.store.audit_write(std::slice::from_ref(&line)).await {
            Ok(_) => {
                self.app.trails.watches(&line);
                response
            }
            Err(_) if !self.app.trails.needed => response,
            Err(error) => Problem::from(error).into_response(),
        }
    }
}

impl Drop for Trail {
    fn drop(&mut self) {
        let Some((act, lent)) = self.act.take() else { return };
        // what nobody waited for was not told; but what should be done may be done yet
        if act.is_disclosure() || lent.is_written() || Handle::try_current().is_err() {
            return;
        }
        let mut line = lent.line();
        line.outcome = Outcome::Failed;
        line.detail.insert("status".to_owned(), "unanswered".to_owned());
        beside(&self.app, line);
    }
}

/// Writes beside the answer: it changes nothing any more, and must not be lost because the database is away.
fn beside(app: &App, line: AuditLine) {
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
