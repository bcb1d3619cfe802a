//! The live stream: one snapshot, then what changed, then a beat when nothing did. Pulled by the client's socket: a
//! slow client simply gets fewer, newer deltas, since every delta is made from the board when it can be sent. Nothing
//! is queued for anybody.

use std::convert::Infallible;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use chengshu_access::Right;
use chengshu_core::model::{Alarm, DeviceId, Registration, Timestamp};
use chengshu_engine::{BoardState, DeviceSlot, SpoolState};
use futures_util::stream;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::alarms::AlarmView;
use crate::app::App;
use crate::caller::Who;
use crate::devices::DeviceFull;
use crate::flow::flow;
use crate::kpis::KpiView;
use crate::links::{LinkView, views};
use crate::params::Params;
use crate::problem::Problem;
use crate::status::StatusView;

const BEAT: Duration = Duration::from_secs(5);

/// What to stream.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct StreamParams {
    /// Any of kpi, alarm, device, link, separated by commas; default all. Links are told to whoever has the right
    /// see_operation, key figures to whoever sees the whole of their theme; others get none.
    topics: Option<String>,
    /// At most this many deltas a second and topic, 1 to 25; default 20. The newest value of each metric wins.
    rate: Option<u32>,
    /// Only these devices, separated by commas (topic device).
    devices: Option<String>,
    /// A name for the log.
    screen: Option<String>,
}

/// Everything that the caller may see, once.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Snapshot<'a> {
    epoch: String,
    seq: u64,
    /// Hub time, ms since 1970.
    t: i64,
    kpi: Vec<KpiView<'a>>,
    alarm: Vec<AlarmView<'a>>,
    device: Vec<DeviceFull<'a>>,
    link: Vec<LinkView<'a>>,
    status: StatusView<'a>,
}

/// What changed in one topic.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Delta<'a, T> {
    seq: u64,
    /// The number that the client must hold; if it holds a smaller one, something was missed.
    prev: u64,
    t: i64,
    topic: &'a str,
    items: Vec<T>,
}

/// A sign of life every five seconds.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Beat<'a> {
    seq: u64,
    t: i64,
    status: StatusView<'a>,
}

/// The data of the events `snapshot`, `delta` and `beat`.
#[derive(Serialize, JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "describes the stream in the OpenAPI document; never built as a whole")]
pub(crate) enum StreamEvents<'a> {
    /// Event `snapshot`.
    Snapshot(Box<Snapshot<'a>>),
    /// Event `delta`, topic device.
    Devices(Delta<'a, DeviceFull<'a>>),
    /// Event `delta`, topic kpi.
    Kpis(Delta<'a, KpiView<'a>>),
    /// Event `delta`, topic alarm.
    Alarms(Delta<'a, AlarmView<'a>>),
    /// Event `delta`, topic link.
    Links(Delta<'a, LinkView<'a>>),
    /// Event `beat`.
    Beat(Box<Beat<'a>>),
}

#[derive(Clone, Copy, Default)]
struct Topics {
    kpi: bool,
    alarm: bool,
    device: bool,
    link: bool,
}

impl Topics {
    fn parse(text: Option<&str>) -> Result<Self, Problem> {
        let Some(text) = text else { return Ok(Self { kpi: true, alarm: true, device: true, link: true }) };
        let mut topics = Self::default();
        for word in text.split(',') {
            match word.trim() {
                "kpi" => topics.kpi = true,
                "alarm" => topics.alarm = true,
                "device" => topics.device = true,
                "link" => topics.link = true,
                other => {
                    return Err(Problem::bad_request(format!(
                        "query: topics has {other:?}; expected kpi, alarm, device, link"
                    )));
                }
            }
        }
        Ok(topics)
    }
}

/// One client's stream.
struct Stream {
    app: App,
    who: Who,
    /// The caller may see links.
    operation: bool,
    topics: Topics,
    only: Option<Vec<DeviceId>>,
    news: watch::Receiver<u64>,
    /// Somebody's rights or sessions have changed.
    rights: watch::Receiver<()>,
    /// Everything up to this number has been looked at; none before the snapshot.
    sent: Option<u64>,
    /// The last number that the client was told: what the next delta follows on.
    told: u64,
    gap: Duration,
    /// Monotonic time of the last delta and of the last beat.
    last_delta: Duration,
    last_beat: Duration,
    /// What the last beat or snapshot told of database and spool.
    beaten: (bool, &'static str, SpoolState),
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.app.streams.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    headers: HeaderMap,
    Params(params): Params<StreamParams>,
) -> Result<Response, Problem> {
    let topics = Topics::parse(params.topics.as_deref())?;
    let rate = params.rate.unwrap_or(20);
    if !(1..=25).contains(&rate) {
        return Err(Problem::bad_request(format!("query: rate is {rate}; expected 1 to 25")));
    }
    let only = params
        .devices
        .as_deref()
        .map(|ids| ids.split(',').map(|id| DeviceId::parse(id.trim())).collect::<Result<Vec<_>, _>>());
    let only = only.transpose().map_err(|error| Problem::bad_request(format!("query: {error}")))?;
    if app.streams.fetch_add(1, Ordering::Relaxed) >= app.limits.streams {
        app.streams.fetch_sub(1, Ordering::Relaxed);
        return Err(Problem::overloaded());
    }
    let now = app.clock.monotonic();
    let sent = headers.get("last-event-id").and_then(|id| id.to_str().ok()).and_then(|id| resume(&app, id));
    tracing::debug!(screen = params.screen, resumed = sent.is_some(), rate, "live stream opened");
    let gap = Duration::from_secs(1) / rate;
    let (news, rights) = (app.board.news(), app.identities.changes());
    let operation = who.has(Right::SeeOperation, app.clock.now());
    let mut stream = Stream {
        app,
        who,
        operation,
        topics,
        only,
        news,
        rights,
        sent,
        told: sent.unwrap_or(0),
        gap,
        last_delta: now.saturating_sub(gap),
        last_beat: now,
        beaten: (true, "ok", SpoolState::Empty),
    };
    stream.beaten = stream.condition(); // a resumed one hears of it with the next beat, after what it has missed
    let body = flow(stream::unfold(stream, |mut stream| async move {
        let bytes = stream.next().await?;
        Some((Ok::<_, Infallible>(bytes), stream))
    }));
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-transform")),
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, body).into_response())
}

/// The number to go on from, if everything since then is still known.
fn resume(app: &App, id: &str) -> Option<u64> {
    let (epoch, seq) = id.split_once('-')?;
    let seq = seq.parse().ok()?;
    app.board.read(|board| {
        let known = epoch == board.epoch.to_string() && seq <= board.seq() && board.changes.reach_back_to(seq);
        known.then_some(seq)
    })
}

impl Stream {
    /// The next bytes; none when the hub stops.
    async fn next(&mut self) -> Option<Bytes> {
        if self.app.stop.is_cancelled() {
            return None;
        }
        loop {
            // whoever is signed out, or may less, gets nothing more
            if self.rights.has_changed().is_ok_and(|changed| changed) {
                self.rights.mark_unchanged();
                self.still().await?;
            }
            let now = self.app.clock.monotonic();
            if self.sent.is_none() {
                return self.snapshot();
            }
            let condition = self.condition();
            if condition != self.beaten || now.saturating_sub(self.last_beat) >= BEAT {
                if !self.still().await? {
                    continue;
                }
                self.beaten = condition;
                self.last_beat = now;
                return self.beat();
            }
            let pause = (self.last_delta + self.gap).saturating_sub(now);
            if pause.is_zero() {
                self.last_delta = now;
                let bytes = self.deltas();
                if bytes.is_some() {
                    return bytes;
                }
            }
            let beat = (self.last_beat + BEAT).saturating_sub(now);
            tokio::select! {
                () = self.app.clock.sleep(pause.min(beat)), if !pause.is_zero() => {}
                () = self.app.clock.sleep(beat), if pause.is_zero() => {}
                changed = self.news.changed(), if pause.is_zero() => changed.ok()?,
                changed = self.rights.changed() => {
                    changed.ok()?;
                    self.rights.mark_changed();
                }
                () = self.app.stop.cancelled() => return None,
            }
        }
    }

    /// Looks whether the caller still may what they might when the stream was opened; none when they may nothing. With
    /// another scope everything is told anew.
    async fn still(&mut self) -> Option<bool> {
        let who = self.who.again(&self.app).await?;
        let operation = who.has(Right::SeeOperation, self.app.clock.now());
        let same = who.scope == self.who.scope && operation == self.operation;
        (self.who, self.operation) = (who, operation);
        if !same {
            self.sent = None;
        }
        Some(same)
    }

    /// What must not wait for the next beat when it changes: the database, and what becomes of what arrives meanwhile.
    fn condition(&self) -> (bool, &'static str, SpoolState) {
        let (up, code) = self.app.board.read(|board| (board.database.up, board.database.code));
        (up, code, self.app.spool.report(up).0)
    }

    fn snapshot(&mut self) -> Option<Bytes> {
        self.beaten = self.condition();
        let now = self.app.clock.now();
        let app = &self.app;
        let (seq, bytes) = app.board.read(|board| {
            let seq = board.seq();
            let devices = board
                .devices()
                .iter()
                .filter(|slot| self.topics.device && slot.device.registration != Registration::Retired)
                .filter(|slot| self.wants(slot));
            let kpis = board.kpis.iter().filter(|slot| self.topics.kpi && self.who.sees_all_of(&slot.theme));
            let alarms = board.alarms().filter(|alarm| self.topics.alarm && self.sees_alarm(board, alarm));
            let snapshot = Snapshot {
                epoch: board.epoch.to_string(),
                seq,
                t: now.ms(),
                kpi: kpis.map(|slot| KpiView::new(slot, true)).collect(),
                alarm: alarms.map(|alarm| AlarmView::new(board, alarm)).collect(),
                device: devices.map(|slot| DeviceFull::new(slot, 0, now)).collect(),
                link: if self.topics.link && self.operation { views(board, &self.who.scope) } else { Vec::new() },
                status: StatusView::new(app, board, &self.who),
            };
            (seq, event("snapshot", Some((board.epoch, seq)), &snapshot))
        });
        (self.sent, self.told) = (Some(seq), seq);
        self.news.mark_unchanged();
        bytes.map(Bytes::from)
    }

    fn beat(&mut self) -> Option<Bytes> {
        let t = self.app.clock.now().ms();
        let seq = self.sent.unwrap_or(0);
        self.told = seq;
        self.app.board.read(|board| {
            event("beat", None, &Beat { seq, t, status: StatusView::new(&self.app, board, &self.who) }).map(Bytes::from)
        })
    }

    /// Everything that changed since the last delta, a part for each topic; none when nothing did. A client that has
    /// fallen behind what is remembered gets a snapshot.
    fn deltas(&mut self) -> Option<Bytes> {
        let since = self.sent.unwrap_or(0);
        let now = self.app.clock.now();
        self.news.mark_unchanged();
        let result = self.app.board.read(|board| {
            if !board.changes.reach_back_to(since) {
                return Err(());
            }
            let mut parts = Parts { prev: self.told, seq: board.seq(), epoch: board.epoch, t: now, parts: Vec::new() };
            self.collect(board, since, now, &mut parts);
            Ok((parts.seq, parts.finish()))
        });
        match result {
            Err(()) => {
                self.sent = None;
                None
            }
            Ok((seq, bytes)) => {
                self.sent = Some(seq);
                if bytes.is_some() {
                    self.told = seq;
                }
                bytes.map(Bytes::from)
            }
        }
    }

    fn collect(&self, board: &BoardState, since: u64, now: Timestamp, parts: &mut Parts) {
        if self.topics.alarm {
            let alarms = board.changes.alarms_since(since).filter(|alarm| self.sees_alarm(board, alarm));
            parts.add("alarm", alarms.map(|alarm| AlarmView::new(board, alarm)).collect());
        }
        if self.topics.device {
            let mut numbers: Vec<u32> = board.changes.devices_since(since).collect();
            numbers.sort_unstable();
            numbers.dedup();
            let slots = numbers
                .into_iter()
                .filter_map(|number| board.device_at(number))
                // one that was taken out of service is told once more, so that a screen can forget it
                .filter(|slot| self.wants(slot));
            parts.add("device", slots.map(|slot| DeviceFull::new(slot, since, now)).collect());
        }
        if self.topics.kpi {
            let seen = board.kpis.iter().filter(|slot| self.who.sees_all_of(&slot.theme));
            let changed = seen.filter(|slot| slot.changed().0 > since);
            parts.add("kpi", changed.map(|slot| KpiView::new(slot, slot.changed().1 > since)).collect());
        }
        if self.topics.link && self.operation && board.links_changed() > since {
            parts.add("link", views(board, &self.who.scope));
        }
    }

    fn wants(&self, slot: &DeviceSlot) -> bool {
        self.who.sees(&slot.device) && self.only.as_ref().is_none_or(|only| only.contains(&slot.device.id))
    }

    fn sees_alarm(&self, board: &BoardState, alarm: &Alarm) -> bool {
        match board.device(alarm.device.as_str()) {
            Some(slot) => self.who.sees(&slot.device),
            None => self.who.sees_all_of(&alarm.theme),
        }
    }
}

/// The deltas of one tick. Only the last carries the number as its id, so that a client that loses the connection
/// between two of them gets both again.
struct Parts {
    prev: u64,
    seq: u64,
    epoch: i64,
    t: Timestamp,
    parts: Vec<Vec<u8>>,
}

impl Parts {
    fn add<T: Serialize>(&mut self, topic: &str, items: Vec<T>) {
        if items.is_empty() {
            return;
        }
        let prev = if self.parts.is_empty() { self.prev } else { self.seq };
        let delta = Delta { seq: self.seq, prev, t: self.t.ms(), topic, items };
        self.parts.extend(serde_json::to_vec(&delta).ok());
    }

    fn finish(self) -> Option<Vec<u8>> {
        let last = self.parts.len().checked_sub(1)?;
        let mut bytes = Vec::new();
        for (n, part) in self.parts.into_iter().enumerate() {
            frame(&mut bytes, "delta", (n == last).then_some((self.epoch, self.seq)), &part);
        }
        Some(bytes)
    }
}

fn event(name: &str, id: Option<(i64, u64)>, data: &impl Serialize) -> Option<Vec<u8>> {
    let data = serde_json::to_vec(data)
        .inspect_err(|error| tracing::error!(%error, "a live event could not be written"))
        .ok()?;
    let mut bytes = Vec::with_capacity(data.len() + 64);
    frame(&mut bytes, name, id, &data);
    Some(bytes)
}

fn frame(bytes: &mut Vec<u8>, name: &str, id: Option<(i64, u64)>, data: &[u8]) {
    bytes.extend_from_slice(b"event: ");
    bytes.extend_from_slice(name.as_bytes());
    if let Some((epoch, seq)) = id {
        bytes.extend_from_slice(format!("\nid: {epoch}-{seq}").as_bytes());
    }
    bytes.extend_from_slice(b"\ndata: ");
    bytes.extend_from_slice(data);
    bytes.extend_from_slice(b"\n\n");
}
