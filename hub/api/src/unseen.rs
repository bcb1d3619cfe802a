//! What we cannot see now: devices that are not live, links that are not up, the database when it is away; each with
//! since when and why. The first page that maintenance staff open in the morning.

use axum::extract::State;
use chengshu_access::Right;
use chengshu_core::model::{DeviceState, Timestamp};
use chengshu_core::seam::LinkState;
use chengshu_engine::{BoardState, DeviceSlot, Silence};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::devices::deadline_from;
use crate::params::{Params, page};
use crate::problem::Problem;
use crate::view::Written;

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UnseenParams {
    /// Only devices of this theme (links and the database are told whatever the theme).
    theme: Option<String>,
    /// At most this many, 1 to 20000; default 500.
    #[schemars(range(min = 1, max = 20_000))]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// Something that cannot be seen now.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UnseenView<'a> {
    /// device, link or database.
    kind: &'static str,
    id: &'a str,
    name: Option<&'a str>,
    theme: Option<&'a str>,
    /// Of a device: stale, offline or never; of a link: down or connecting; of the database: down.
    state: &'static str,
    /// Since when, ms since 1970.
    since: i64,
    /// silent, last_will, gateway, link, never_heard; of a link or the database its own code.
    reason: &'a str,
    /// Last sign of life, ms since 1970.
    last_heard: Option<i64>,
    /// Silence that makes it stale, seconds.
    deadline_s: Option<u32>,
    /// Where the deadline comes from: kind, habit or default.
    deadline_from: Option<&'static str>,
    /// The gateway that it speaks through.
    gateway: Option<&'a str>,
    /// The words of whoever said no.
    detail: Option<String>,
}

/// How many there are in all, whatever the page.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UnseenCounts {
    device: u32,
    link: u32,
    database: u32,
}

/// A page of what cannot be seen: database and links first (for whoever has the right see_operation), then devices, those
/// silent for longest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct UnseenPage<'a> {
    unseen: Vec<UnseenView<'a>>,
    counts: UnseenCounts,
    /// Ask again with `after` set to this; none when this was the last page.
    next: Option<String>,
}

/// The word of a silence.
pub(crate) fn silence_word(silence: Silence) -> &'static str {
    match silence {
        Silence::Silent => "silent",
        Silence::LastWill => "last_will",
        Silence::Gateway => "gateway",
        Silence::Link => "link",
        Silence::NeverHeard => "never_heard",
    }
}

fn device<'a>(board: &BoardState, slot: &'a DeviceSlot) -> UnseenView<'a> {
    let (freshness, from) = slot.deadline();
    UnseenView {
        kind: "device",
        id: slot.device.id.as_str(),
        name: slot.device.name.as_deref(),
        theme: Some(slot.device.theme.as_str()),
        state: slot.state.word(),
        since: slot.state_since.ms(),
        reason: board.silence(slot).map_or("silent", silence_word),
        last_heard: slot.heard.map(Timestamp::ms),
        deadline_s: Some(freshness.stale_after_s),
        deadline_from: Some(deadline_from(from)),
        gateway: slot.device.gateway.as_ref().map(chengshu_core::model::DeviceId::as_str),
        detail: None,
    }
}

fn parts(board: &BoardState) -> Vec<UnseenView<'_>> {
    let bare = |kind, id, state, since: Timestamp, reason, detail| UnseenView {
        kind,
        id,
        name: None,
        theme: None,
        state,
        since: since.ms(),
        reason,
        last_heard: None,
        deadline_s: None,
        deadline_from: None,
        gateway: None,
        detail,
    };
    let database = &board.database;
    let mut unseen = Vec::new();
    if !database.up {
        unseen.push(bare("database", "database", "down", database.since, database.code, database.reason.clone()));
    }
    for slot in board.links() {
        let report = slot.link.last_report();
        if report.state != LinkState::Up {
            let (code, words) = report.reason.map_or(("not_connected", None), |(code, words)| (code, Some(words)));
            let view = bare("link", slot.link.id.as_str(), report.state.word(), report.since, code, words);
            unseen.push(UnseenView { name: Some(&slot.link.name), ..view });
        }
    }
    unseen
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<UnseenParams>,
) -> Result<Written, Problem> {
    let limit = page(params.limit, 500, 20_000)?;
    let first = match params.after.as_deref() {
        None => 0,
        Some(after) => after.parse::<usize>().map_err(|_| {
            Problem::bad_request(format!("query: after is {after:?}; expected the `next` of the page before"))
        })?,
    };
    let operation = who.has(Right::SeeOperation, app.clock.now());
    app.board.read(|board| {
        let mut devices: Vec<&DeviceSlot> = board
            .devices()
            .iter()
            .filter(|slot| {
                let theme = slot.device.theme.as_str();
                slot.state != DeviceState::Live
                    && slot.device.registration.counts()
                    && who.sees(&slot.device)
                    && params.theme.as_deref().is_none_or(|wanted| wanted == theme)
            })
            .collect();
        // never heard comes last: nobody misses it yet
        devices.sort_by_key(|slot| (slot.state == DeviceState::Never, slot.state_since, &slot.device.id));
        let mut unseen = if operation { parts(board) } else { Vec::new() };
        let link = unseen.iter().filter(|view| view.kind == "link").count() as u32;
        let counts = UnseenCounts { device: devices.len() as u32, link, database: unseen.len() as u32 - link };
        unseen.extend(devices.into_iter().map(|slot| device(board, slot)));
        let next = (unseen.len() > first + limit).then(|| (first + limit).to_string());
        let unseen = unseen.into_iter().skip(first).take(limit).collect();
        Written::json(&UnseenPage { unseen, counts, next })
    })
}
