//! Latest values, each with its age and what is known against it; one device, or all that pass the filters of the
//! register. Answered from memory.

use axum::extract::{Path, State};
use chengshu_core::model::Timestamp;
use chengshu_engine::DeviceSlot;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, page};
use crate::problem::Problem;
use crate::register::find::{DeviceQuery, RegistrationWord, StateWord};
use crate::view::{Values, Written, device_page, values};

/// Which devices; all that are given must hold.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct LatestParams {
    /// Only those of this theme.
    theme: Option<String>,
    /// Only those of this kind.
    kind: Option<String>,
    /// Only those in this state.
    state: Option<StateWord>,
    /// Only those that this department answers for.
    department: Option<String>,
    /// Only those of this area.
    area: Option<String>,
    /// Only those of this group.
    group: Option<String>,
    /// Only those behind this gateway.
    gateway: Option<String>,
    /// Only those of this maker.
    vendor: Option<String>,
    /// Only those with this tag.
    tag: Option<String>,
    /// Without it all but the retired.
    registration: Option<RegistrationWord>,
    /// Part of the id, the name or the serial number, in any case.
    q: Option<String>,
    /// Only these, separated by commas.
    devices: Option<String>,
    /// At most this many, 1 to 20000; default 1000.
    #[schemars(range(min = 1, max = 20_000))]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

impl LatestParams {
    fn split(self) -> (DeviceQuery, Option<String>) {
        let Self {
            theme,
            kind,
            state,
            department,
            area,
            group,
            gateway,
            vendor,
            tag,
            registration,
            q,
            devices,
            limit,
            after,
        } = self;
        let query = DeviceQuery {
            theme,
            kind,
            state,
            department,
            area,
            group,
            gateway,
            vendor,
            tag,
            registration,
            q,
            limit,
            after,
            format: None,
        };
        (query.plain(), devices)
    }
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
    let (query, only) = params.split();
    let now = app.clock.now();
    app.board.read(|board| {
        let mut next = None;
        let slots: Vec<&DeviceSlot> = match &only {
            Some(ids) => {
                let named = ids.split(',').filter_map(|id| board.device(id.trim()));
                named.filter(|slot| query.takes(&caller.scope, slot)).take(limit).collect()
            }
            None => {
                let after = query.after.as_deref();
                let (slots, after) = device_page(board, after, limit, |slot| query.takes(&caller.scope, slot))?;
                next = after;
                slots
            }
        };
        Written::json(&LatestPage { devices: slots.into_iter().map(|slot| LatestView::new(slot, now)).collect(), next })
    })
}
