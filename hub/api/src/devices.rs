//! The register as it is now: who is there, where, in which state, since when.

use axum::extract::State;
use chengshu_core::model::Timestamp;
use chengshu_engine::{DeadlineFrom, DeviceSlot};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::caller::Who;
use crate::params::Params;
use crate::problem::Problem;
use crate::register::find::DeviceQuery;
use crate::unseen::silence_word;
use crate::view::{PlaceView, Values, Written, values};

/// A device.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeviceView<'a> {
    /// Its identity.
    pub(crate) device: &'a str,
    theme: &'a str,
    /// Its kind in the theme, where known.
    kind: Option<&'a str>,
    /// The kind was inferred from its metrics.
    kind_assumed: bool,
    name: Option<&'a str>,
    /// live, stale, offline or never.
    pub(crate) state: &'static str,
    /// Since when, ms since 1970.
    state_since: i64,
    /// Last sign of life, ms since 1970.
    last_heard: Option<i64>,
    place: Option<PlaceView>,
    /// The gravest active alarm: critical, urgent, important or general.
    severity: Option<&'static str>,
    /// The link that it was first heard by; `register` before that.
    link: &'a str,
    /// The gateway that it speaks through, where it said so.
    gateway: Option<&'a str>,
    /// Why it is not live: silent, last_will or never_heard. (Whether its gateway or link is to blame: see /unseen.)
    reason: Option<&'static str>,
    deadline: DeadlineView,
    /// registered (entered by people), accepted (heard and let in), pending (heard, waits for a person: counts nowhere) or
    /// retired (out of service).
    registration: &'static str,
    /// Who answers for it.
    department: Option<&'a str>,
    /// Where it belongs.
    area: Option<&'a str>,
    /// Who made it.
    vendor: Option<&'a str>,
}

/// How long a device may be silent.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeadlineView {
    /// Silent for longer than this: stale, seconds.
    stale_after_s: u32,
    /// Silent for longer than this: offline, seconds.
    offline_after_s: u32,
    /// Where that comes from: kind, habit (learned from its own pauses) or default.
    from: &'static str,
}

/// The word of a deadline's origin.
pub(crate) fn deadline_from(from: DeadlineFrom) -> &'static str {
    match from {
        DeadlineFrom::Kind => "kind",
        DeadlineFrom::Habit => "habit",
        DeadlineFrom::Default => "default",
    }
}

impl<'a> From<&'a DeviceSlot> for DeviceView<'a> {
    fn from(slot: &'a DeviceSlot) -> Self {
        let device = &slot.device;
        let (freshness, from) = slot.deadline();
        Self {
            device: device.id.as_str(),
            theme: device.theme.as_str(),
            kind: device.kind.as_ref().map(chengshu_core::model::KindId::as_str),
            kind_assumed: device.kind_assumed,
            name: device.name.as_deref(),
            state: slot.state.word(),
            state_since: slot.state_since.ms(),
            last_heard: slot.heard.map(Timestamp::ms),
            place: device.place.map(PlaceView::from),
            severity: slot.severity().map(chengshu_core::model::Severity::word),
            link: device.link.as_str(),
            gateway: device.gateway.as_ref().map(chengshu_core::model::DeviceId::as_str),
            reason: slot.silence().map(silence_word),
            deadline: DeadlineView {
                stale_after_s: freshness.stale_after_s,
                offline_after_s: freshness.offline_after_s,
                from: deadline_from(from),
            },
            registration: device.registration.word(),
            department: device.details.as_deref().and_then(|details| details.department.as_deref()),
            area: device.details.as_deref().and_then(|details| details.area.as_deref()),
            vendor: device.details.as_deref().and_then(|details| details.vendor.as_deref()),
        }
    }
}

/// A device with values: in the live stream only those that changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeviceFull<'a> {
    #[serde(flatten)]
    device: DeviceView<'a>,
    /// Values by metric.
    metrics: Values<'a>,
}

impl<'a> DeviceFull<'a> {
    pub(crate) fn new(slot: &'a DeviceSlot, since: u64, now: Timestamp) -> Self {
        Self { device: slot.into(), metrics: values(slot, since, now) }
    }
}

/// A page of devices.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DevicePage<'a> {
    devices: Vec<DeviceView<'a>>,
    /// Ask again with `after` set to this; none when this was the last page.
    next: Option<&'a str>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(query): Params<DeviceQuery>,
) -> Result<Written, Problem> {
    let query = query.plain();
    app.board.read(|board| {
        let (slots, next) = query.page(&who.scope, board)?;
        let devices: Vec<_> = slots.into_iter().map(DeviceView::from).collect();
        let items = devices.len();
        Written::list(&DevicePage { devices, next }, items)
    })
}
