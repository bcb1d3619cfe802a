//! Areas, groups and departments: they exist as soon as an entry names them, and are counted with what is live.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chengshu_core::model::{Details, DeviceState};
use schemars::JsonSchema;
use serde::Serialize;

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;

/// A name under which devices stand together.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PartView {
    name: String,
    /// Devices that count.
    devices: u32,
    /// Live ones among them.
    live: u32,
}

/// All of them, by name.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct PartList {
    /// Areas.
    areas: Vec<PartView>,
    /// Groups.
    groups: Vec<PartView>,
    /// Departments.
    departments: Vec<PartView>,
    /// Makers.
    vendors: Vec<PartView>,
}

pub(crate) async fn list(State(app): State<App>, who: Who, Params(NoParams {}): Params<NoParams>) -> Json<PartList> {
    let list = app.board.read(|board| {
        let count = |names: fn(&Details) -> Vec<&String>| {
            let mut parts: BTreeMap<&String, (u32, u32)> = BTreeMap::new();
            for slot in board.devices().iter().filter(|slot| slot.device.registration.counts()) {
                let Some(details) = slot.device.details.as_deref() else { continue };
                if !who.sees(&slot.device) {
                    continue;
                }
                for name in names(details) {
                    let (devices, live) = parts.entry(name).or_default();
                    *devices += 1;
                    *live += u32::from(slot.state == DeviceState::Live);
                }
            }
            let view = |(name, (devices, live)): (&String, (u32, u32))| PartView { name: name.clone(), devices, live };
            parts.into_iter().map(view).collect()
        };
        PartList {
            areas: count(|details| details.area.iter().collect()),
            groups: count(|details| details.groups.iter().collect()),
            departments: count(|details| details.department.iter().collect()),
            vendors: count(|details| details.vendor.iter().collect()),
        }
    });
    Json(list)
}
