//! What maintenance staff want to know in the morning: where devices are silent, what most of the silent have in common,
//! and whose battery is next.

use axum::Json;
use axum::extract::State;
use chengshu_access::{Object, Scope};
use chengshu_core::model::{DeviceState, Timestamp};
use chengshu_engine::{BoardState, DeviceSlot};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::Params;
use crate::problem::Problem;
use crate::register::battery::{Batteries, BatteryView};

const ROWS_MAX: usize = 50;
const CAUSES_MAX: usize = 5;
/// So many silent devices at least have something in common.
const TOGETHER: u32 = 3;

/// Which devices.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MaintenanceParams {
    /// Only those of this theme.
    theme: Option<String>,
}

/// Devices that share something.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ShareView {
    /// The id of the gateway or kind, or the name.
    key: String,
    /// For people, where it has a name of its own.
    name: Option<String>,
    total: u32,
    live: u32,
    stale: u32,
    offline: u32,
    never: u32,
}

/// What most of the silent devices have in common.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct CauseView {
    /// gateway, vendor, area, kind or link.
    dimension: &'static str,
    key: String,
    name: Option<String>,
    /// Stale and offline ones among them.
    silent: u32,
    total: u32,
    /// Since when the first of them is silent, ms since 1970.
    since: i64,
}

/// The board of maintenance.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct MaintenanceView {
    /// Groups with something that is not live, worst first, at most 50 each.
    by_gateway: Vec<ShareView>,
    by_vendor: Vec<ShareView>,
    by_area: Vec<ShareView>,
    by_kind: Vec<ShareView>,
    /// What to look at first.
    causes: Vec<CauseView>,
    /// Soonest empty first, at most 50.
    batteries: Vec<BatteryView>,
}

#[derive(Default)]
struct Count {
    total: u32,
    live: u32,
    stale: u32,
    offline: u32,
    never: u32,
    since: Option<Timestamp>,
}

impl Count {
    fn add(&mut self, slot: &DeviceSlot) {
        self.total += 1;
        *(match slot.state {
            DeviceState::Live => &mut self.live,
            DeviceState::Stale => &mut self.stale,
            DeviceState::Offline => &mut self.offline,
            DeviceState::Never => &mut self.never,
        }) += 1;
        if matches!(slot.state, DeviceState::Stale | DeviceState::Offline) {
            self.since = Some(self.since.map_or(slot.state_since, |since| since.min(slot.state_since)));
        }
    }

    fn silent(&self) -> u32 {
        self.stale + self.offline
    }
}

type Dimension = (&'static str, for<'a> fn(&'a DeviceSlot) -> Option<&'a str>);

const DIMENSIONS: [Dimension; 5] = [
    ("gateway", |slot| slot.device.gateway.as_ref().map(chengshu_core::model::DeviceId::as_str)),
    ("vendor", |slot| slot.device.details.as_deref()?.vendor.as_deref()),
    ("area", |slot| slot.device.details.as_deref()?.area.as_deref()),
    ("kind", |slot| slot.device.kind.as_ref().map(chengshu_core::model::KindId::as_str)),
    ("link", |slot| Some(slot.device.link.as_str())),
];

/// Devices that count, by everything that they may have in common, in one pass: a hundred thousand of them lie far apart
/// in memory.
#[derive(Default)]
struct Shares<'a> {
    counts: [FxHashMap<&'a str, Count>; DIMENSIONS.len()],
    total: u32,
    silent: u32,
}

impl<'a> Shares<'a> {
    fn add(&mut self, slot: &'a DeviceSlot) {
        self.total += 1;
        self.silent += u32::from(matches!(slot.state, DeviceState::Stale | DeviceState::Offline));
        for ((_, key), counts) in DIMENSIONS.iter().zip(&mut self.counts) {
            if let Some(key) = key(slot) {
                counts.entry(key).or_default().add(slot);
            }
        }
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    Params(params): Params<MaintenanceParams>,
) -> Result<Json<MaintenanceView>, Problem> {
    let paces = app.paces.get(&app.store, app.clock.now()).await?;
    let view = app.board.read(|board| {
        let (mut shares, mut batteries) = (Shares::default(), Batteries::default());
        for slot in board.devices() {
            let theme = slot.device.theme.as_str();
            if slot.device.registration.counts()
                && who.sees(&slot.device)
                && params.theme.as_deref().is_none_or(|wanted| wanted == theme)
            {
                shares.add(slot);
                batteries.add(slot, &paces);
            }
        }
        MaintenanceView { batteries: batteries.soonest(), ..look(board, shares, &who.scope) }
    });
    Ok(Json(view))
}

fn look(board: &BoardState, shares: Shares<'_>, scope: &Scope) -> MaintenanceView {
    let Shares { counts, total, silent } = shares;
    let tables = counts.map(|counts| {
        let mut rows: Vec<(&str, Count)> = counts.into_iter().filter(|(_, count)| count.live < count.total).collect();
        rows.sort_by_key(|(key, count)| (std::cmp::Reverse(count.silent()), *key));
        rows
    });
    let mut causes = Vec::new();
    for ((dimension, _), rows) in DIMENSIONS.iter().zip(&tables) {
        // nearly all of a group that others do not share, and a good part of all that is silent
        let together = |count: &Count| {
            count.silent() >= TOGETHER
                && count.silent() * 5 >= count.total * 4
                && count.silent() * 3 >= silent
                && count.total < total
        };
        causes.extend(rows.iter().filter(|(_, count)| together(count)).map(|(key, count)| CauseView {
            dimension,
            key: (*key).to_owned(),
            name: name(board, scope, dimension, key),
            silent: count.silent(),
            total: count.total,
            since: count.since.map_or(0, Timestamp::ms),
        }));
    }
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.silent));
    causes.truncate(CAUSES_MAX);
    let mut shares = tables.into_iter().zip(DIMENSIONS).map(|(rows, (dimension, _))| {
        let share = |(key, count): (&str, Count)| ShareView {
            key: key.to_owned(),
            name: name(board, scope, dimension, key),
            total: count.total,
            live: count.live,
            stale: count.stale,
            offline: count.offline,
            never: count.never,
        };
        rows.into_iter().take(ROWS_MAX).map(share).collect::<Vec<_>>()
    });
    let mut next = || shares.next().unwrap_or_default();
    let (by_gateway, by_vendor, by_area, by_kind) = (next(), next(), next(), next());
    MaintenanceView { by_gateway, by_vendor, by_area, by_kind, causes, batteries: Vec::new() }
}

/// Its name; a gateway that the caller does not see has none.
fn name(board: &BoardState, scope: &Scope, dimension: &str, key: &str) -> Option<String> {
    match dimension {
        "gateway" => {
            let slot = board.device(key).filter(|slot| scope.covers(&Object::device(&slot.device)))?;
            slot.device.name.clone()
        }
        "link" => board.links().iter().find(|slot| slot.link.id.as_str() == key).map(|slot| slot.link.name.clone()),
        _ => None,
    }
}
