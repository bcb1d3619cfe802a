//! Who shares a connection. A gateway carries its children; everybody else has a connection of its own, until there are
//! too many and only the flapping ones keep theirs.

use std::collections::BTreeMap;

use crate::kinds::SimKind;
use crate::plan::{Habit, SimDevice};

/// Up to this many devices have a connection each, so that the broker sees each one's presence.
const OWN_CONNECTION: usize = 300;
/// Beyond it so many share one; its last will speaks for the first of them only.
const PER_CONNECTION: usize = 100;

/// The devices of each connection. The first of a group is the one that its last will speaks for.
pub(crate) fn grouped(devices: Vec<SimDevice>) -> Vec<Vec<SimDevice>> {
    let enough_for_all = devices.len() <= OWN_CONNECTION;
    let (mut alone, mut shared) = (vec![], vec![]);
    let mut buildings: BTreeMap<String, Vec<SimDevice>> = BTreeMap::new();
    for device in devices {
        if let Some(gateway) = device.gateway.clone() {
            buildings.entry(gateway).or_default().push(device);
        } else if device.kind == SimKind::Transmitter {
            buildings.entry(device.id.clone()).or_default().insert(0, device);
        } else if enough_for_all || device.habit == Habit::Flapping {
            alone.push(vec![device]);
        } else {
            shared.push(device);
        }
    }
    alone.extend(buildings.into_values());
    alone.extend(shared.chunks(PER_CONNECTION).map(<[SimDevice]>::to_vec));
    alone
}
