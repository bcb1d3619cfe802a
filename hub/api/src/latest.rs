//! Latest values, each with its age and what is known against it; one device, or all that pass the filters of the
//! register. Answered from memory.

use axum::extract::{Path, State};
use chengshu_core::model::Timestamp;
use chengshu_engine::DeviceSlot;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::Params;
use crate::problem::Problem;
use crate::register::find::DeviceQuery;
use crate::view::{Values, Written, values};

/// Nothing to choose.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoParams {}

/// The latest values of a device.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LatestView<'a> {
    device: &'a str,
    /// live, stale, offline or never: when it is not live, the values are old.
    state: &'static str,
    metrics: Values<'a>,
}

impl<'a> LatestView<'a> {
    fn new(slot: &'a DeviceSlot, now: Timestamp) -> Self {
        Self { device: slot.device.id.as_str(), state: slot.state.word(), metrics: values(slot, 0, now) }
    }
}

/// A page of latest values.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LatestPage<'a> {
    devices: Vec<LatestView<'a>>,
    /// Ask again with `after` set to this; none when this was the last page.
    next: Option<&'a str>,
}

pub(crate) async fn one(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Written, Problem> {
    let now = app.clock.now();
    app.board.read(|board| {
        let slot = board.device(&id).filter(|slot| who.sees(&slot.device));
        let slot = slot.ok_or_else(|| Problem::not_found(format!("no device {id:?} has been heard or registered")))?;
        Written::json(&LatestView::new(slot, now))
    })
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(query): Params<DeviceQuery>,
) -> Result<Written, Problem> {
    let query = query.plain();
    let now = app.clock.now();
    app.board.read(|board| {
        let (slots, next) = query.page(&who.scope, board)?;
        let devices: Vec<_> = slots.into_iter().map(|slot| LatestView::new(slot, now)).collect();
        let items = devices.len();
        Written::list(&LatestPage { devices, next }, items)
    })
}
