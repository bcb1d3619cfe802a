//! Devices that fall silent, and those that come back: no transaction knows of them, since nothing arrives. Each silence
//! has one key (the device and since when), so looking again, also after a restart, tells nobody twice.

use std::time::Duration;

use chengshu_core::model::{DeviceId, DeviceState, Timestamp};
use chengshu_engine::{BoardState, DeviceSlot, Silence};
use chengshu_store::Happening;
use rustc_hash::FxHashMap;
use serde_json::json;

use crate::{Hooks, within};

const EVERY: Duration = Duration::from_secs(5);
/// Happenings in one statement.
const PORTION: usize = 1_000;
/// A silence that began so long ago is told to nobody any more.
const OLD_MS: i64 = 7 * 86_400_000;

/// Silences that have been told: of whom, since when.
type Told = FxHashMap<DeviceId, Timestamp>;
type Change = (DeviceId, Option<Timestamp>, Happening);

pub(crate) async fn run(hooks: &Hooks) {
    let started = hooks.clock.now();
    let mut told = Told::default();
    loop {
        let now = hooks.clock.now();
        let changes = hooks.board.read(|board| look(board, &told, started, now));
        for portion in changes.chunks(PORTION) {
            let happenings: Vec<Happening> = portion.iter().map(|(_, _, happening)| happening.clone()).collect();
            match within(&hooks.clock, hooks.store.delivery_add(&happenings, now)).await {
                Ok(added) => {
                    for (device, silent, _) in portion {
                        match silent {
                            Some(since) => drop(told.insert(device.clone(), *since)),
                            None => drop(told.remove(device)),
                        }
                    }
                    if added > 0 {
                        hooks.wake.notify_one();
                    }
                }
                Err(error) => {
                    tracing::debug!(error = %error.database_words(), "silences are told when the database is back");
                    break;
                }
            }
        }
        hooks.clock.sleep(EVERY).await;
    }
}

fn look(board: &BoardState, told: &Told, started: Timestamp, now: Timestamp) -> Vec<Change> {
    let counting = board.devices().iter().filter(|slot| slot.device.registration.counts());
    let change = |slot: &DeviceSlot| {
        let id = &slot.device.id;
        let known = told.get(id).copied();
        match slot.state {
            DeviceState::Offline if known != Some(slot.state_since) => {
                // while the hub was down it heard nobody: it must have listened for as long as the device may be silent
                let listened = now.since(started) >= i64::from(slot.deadline().0.offline_after_s) * 1000;
                let will = slot.silence() == Some(Silence::LastWill);
                let recent = now.since(slot.state_since) < OLD_MS;
                let since = slot.state_since;
                ((listened || will) && recent)
                    .then(|| (id.clone(), Some(since), happening(board, slot, "device.offline", since)))
            }
            DeviceState::Live => known.map(|since| (id.clone(), None, happening(board, slot, "device.online", since))),
            _ => None,
        }
    };
    counting.filter_map(change).collect()
}

fn happening(board: &BoardState, slot: &DeviceSlot, kind: &'static str, silent_since: Timestamp) -> Happening {
    let device = &slot.device;
    let reason = board.silence(slot).map(|silence| match silence {
        Silence::Silent => "silent",
        Silence::LastWill => "last_will",
        Silence::Gateway => "gateway",
        Silence::Link => "link",
        Silence::NeverHeard => "never_heard",
    });
    let data = json!({
        "theme": device.theme.as_str(),
        "theme_name": board.theme(&device.theme).map(|theme| json!({"zh": theme.name.zh, "en": theme.name.en})),
        "device": device.id.as_str(),
        "device_name": device.name,
        "state": slot.state.word(),
        "silent_since": silent_since.ms(),
        "last_heard": slot.heard.map(Timestamp::ms),
        "reason": reason,
    });
    Happening {
        kind,
        theme: device.theme.to_string(),
        key: format!("{kind}/{}/{}", device.id, silent_since.ms()),
        since: silent_since,
        data: data.to_string(),
    }
}
