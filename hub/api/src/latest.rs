//! Latest values, each with its age and what is known against it. Answered from memory.

use axum::extract::{Path, State};
use chengshu_core::model::Timestamp;
use chengshu_engine::DeviceSlot;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, page};
use crate::problem::Problem;
use crate::view::{Values, Written, device_page, values};

/// Which devices.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LatestParams {
    /// Only those of this theme.
    theme: Option<String>,
    /// Only these, separated by commas.
    devices: Option<String>,
    /// At most this many, 1 to 20000; default 1000.
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

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
    Who(caller): Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Written, Problem> {
    let now = app.clock.now();
    app.board.read(|board| {
        let slot = board.device(&id).filter(|slot| caller.scope.covers_theme(slot.device.theme.as_str()));
        let slot = slot.ok_or_else(|| Problem::not_found(format!("no device {id:?} has been heard or registered")))?;
        Written::json(&LatestView::new(slot, now))
    })
}

pub(crate) async fn list(
    State(app): State<App>,
    Who(caller): Who,
    Params(params): Params<LatestParams>,
) -> Result<Written, Problem> {
    let limit = page(params.limit, 1_000, 20_000)?;
    let now = app.clock.now();
    app.board.read(|board| {
        let mut next = None;
        let slots: Vec<&DeviceSlot> = match &params.devices {
            Some(ids) => ids.split(',').filter_map(|id| board.device(id.trim())).take(limit).collect(),
            None => {
                let (slots, after) = device_page(board, params.after.as_deref(), limit, |slot| {
                    params.theme.as_deref().is_none_or(|wanted| wanted == slot.device.theme.as_str())
                })?;
                next = after;
                slots
            }
        };
        let visible = slots.into_iter().filter(|slot| caller.scope.covers_theme(slot.device.theme.as_str()));
        Written::json(&LatestPage { devices: visible.map(|slot| LatestView::new(slot, now)).collect(), next })
    })
}
