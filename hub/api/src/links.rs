//! The links to the outside: their state with its reason, what comes by them and how late.

use std::collections::BTreeMap;

use axum::extract::State;
use chengshu_access::{Object, Scope};
use chengshu_core::model::DeviceState;
use chengshu_engine::{BoardState, LinkSlot};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;
use crate::view::{Written, unit};

/// Why a link is not up.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReasonView {
    /// Stable code.
    code: &'static str,
    /// The words of whoever said no.
    text: String,
}

/// How many devices of a link are live.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LinkDevices {
    live: u32,
    total: u32,
}

/// The newest arrival of a link.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ArrivalView<'a> {
    device: &'a str,
    device_name: Option<&'a str>,
    metric: &'a str,
    value: f64,
    unit: &'a str,
    /// Device time, ms since 1970.
    at: i64,
    /// Hub time of arrival, ms since 1970.
    received: i64,
}

/// A link.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LinkView<'a> {
    id: &'a str,
    /// The kind of adapter.
    kind: &'static str,
    name: &'a str,
    /// up, connecting or down.
    state: &'static str,
    /// Since when, ms since 1970.
    since: i64,
    reason: Option<ReasonView>,
    /// Readings per second over the last ten.
    rate_per_s: f64,
    /// Messages since the hub started.
    messages: u64,
    /// Set aside since the hub started.
    rejected: u64,
    /// 95th percentile of arrival minus device time over the last minute, ms.
    lag_p95_ms: Option<i64>,
    devices: LinkDevices,
    /// Where it listens for devices; empty of a link that calls out itself.
    listening: Vec<String>,
    /// Devices and gateways that are connected; null of a link that calls out itself.
    peers: Option<u64>,
    /// What was tolerated, refused or ended since the hub started, by its stable code.
    deviations: BTreeMap<&'static str, u64>,
    /// The newest arrival; null also when it is of a device that the caller does not see.
    last: Option<ArrivalView<'a>>,
}

impl<'a> LinkView<'a> {
    fn new(board: &'a BoardState, slot: &'a LinkSlot, scope: &Scope) -> Self {
        let report = slot.link.last_report();
        let mine = board
            .devices()
            .iter()
            .filter(|device| device.device.link == slot.link.id && device.device.registration.counts());
        let devices = mine.fold(LinkDevices { live: 0, total: 0 }, |mut count, device| {
            count.live += u32::from(device.state == DeviceState::Live);
            count.total += 1;
            count
        });
        Self {
            id: slot.link.id.as_str(),
            kind: slot.link.kind,
            name: &slot.link.name,
            state: report.state.word(),
            since: report.since.ms(),
            reason: report.reason.map(|(code, text)| ReasonView { code, text }),
            rate_per_s: slot.rate_per_s(),
            messages: slot.link.messages(),
            rejected: slot.rejected,
            lag_p95_ms: slot.lag_p95_ms(),
            devices,
            listening: slot.link.listening().iter().map(ToString::to_string).collect(),
            peers: slot.link.peer_count(),
            deviations: slot.link.deviations(),
            last: arrival(board, slot, scope),
        }
    }
}

/// All links; of devices outside of the scope nothing is told.
pub(crate) fn views<'a>(board: &'a BoardState, scope: &Scope) -> Vec<LinkView<'a>> {
    board.links().iter().map(|slot| LinkView::new(board, slot, scope)).collect()
}

fn arrival<'a>(board: &'a BoardState, slot: &LinkSlot, scope: &Scope) -> Option<ArrivalView<'a>> {
    let last = slot.last?;
    let device = board.device_at(last.device).filter(|slot| scope.covers(&Object::device(&slot.device)))?;
    let series = device.series.get(last.series as usize)?;
    Some(ArrivalView {
        device: device.device.id.as_str(),
        device_name: device.device.name.as_deref(),
        metric: series.metric.as_str(),
        value: last.latest.value,
        unit: unit(device, series),
        at: last.latest.at.ms(),
        received: last.latest.received.ms(),
    })
}

/// All links.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LinkList<'a> {
    links: Vec<LinkView<'a>>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Written, Problem> {
    app.board.read(|board| Written::json(&LinkList { links: views(board, &who.scope) }))
}
