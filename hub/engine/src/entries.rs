//! What people do to the register: entries are made, changed, imported and taken out of service, all of them or none,
//! with a line in the history for each.

use std::sync::Arc;

use chengshu_core::model::{Device, DeviceId, Entry, LinkId, Registration, ThemeId};
use chengshu_store::{ActLine, NewChange, StoreError};

use crate::board::{BoardState, DeviceSlot};
use crate::command::Refused;
use crate::register::orphans;
use crate::run::Engine;

/// What shall become of a device's entry.
#[derive(Debug, Clone)]
pub enum Wish {
    /// This is its entry from now on.
    Enter(Box<Entry>),
    /// It is taken out of service.
    Retire,
}

/// A change of the register.
#[derive(Debug, Clone)]
pub struct EntryOrder {
    /// Which device; it may be new.
    pub device: DeviceId,
    /// The theme that it belongs to, which never changes.
    pub theme: ThemeId,
    /// The version that the caller has seen; none takes whatever is there (an import).
    pub seen: Option<i32>,
    /// What is wanted.
    pub wish: Wish,
}

/// Changes of one caller, made together.
#[derive(Debug, Clone)]
pub struct Orders {
    /// Who asks.
    pub caller: String,
    /// They come from a file.
    pub import: bool,
    /// Looks only, and says what would be done.
    pub dry_run: bool,
    /// The changes.
    pub orders: Vec<EntryOrder>,
    /// Their line in the audit, written with them; where nothing changes, it is not.
    pub line: Option<ActLine>,
}

/// What was done, or would be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Entered {
    /// New devices.
    pub created: u32,
    /// Entries that changed.
    pub changed: u32,
    /// Entries that were so already.
    pub unchanged: u32,
}

/// What one order comes to.
struct Step {
    device: Device,
    action: &'static str,
    changed: String,
}

impl Engine {
    pub(crate) async fn enter(&mut self, orders: Orders) -> Result<Result<Entered, Refused>, StoreError> {
        let now = self.clock.now();
        let planned = self.board.read(|board| plan(board, &orders, &LinkId::register(), now));
        let (steps, done) = match planned {
            Ok(planned) => planned,
            Err(refused) => return Ok(Err(refused)),
        };
        let room = self.options.devices_max.saturating_sub(self.board.read(|board| board.devices().len()));
        if done.created as usize > room {
            return Ok(Err(Refused::Full));
        }
        if orders.dry_run || steps.is_empty() {
            return Ok(Ok(done));
        }
        let withdrawn: Vec<_> = self.board.read(|board| {
            let known = |step: &Step| board.device(step.device.id.as_str());
            let gone = |(slot, step): (&DeviceSlot, &Step)| -> Vec<_> {
                if step.device.registration.counts() && step.device.kind.is_some() {
                    orphans(slot, &self.book, board, &step.device)
                } else {
                    slot.active_alarms().collect()
                }
            };
            steps.iter().filter_map(|step| known(step).map(|slot| (slot, step))).flat_map(gone).collect()
        });
        let mut tx = self.store.batch(self.lease).await?;
        let numbers = tx.device_put(steps.iter().map(|step| &step.device)).await?;
        let changes = steps.iter().map(|step| NewChange {
            device: &step.device.id,
            action: step.action,
            changed: step.changed.clone(),
        });
        tx.change_add(&orders.caller, now, &changes.collect::<Vec<_>>()).await?;
        if !withdrawn.is_empty() {
            tx.alarm_withdraw(&withdrawn, now).await?;
            tx.outbox_add(&withdrawn).await?;
        }
        if let Some(line) = &orders.line {
            line.detail("created", done.created);
            line.detail("changed", done.changed);
        }
        tx.commit_with(orders.line.as_ref()).await?;
        let numbers: rustc_hash::FxHashMap<String, i32> = numbers.into_iter().collect();
        let book = Arc::clone(&self.book);
        self.board.write(|board| {
            for id in &withdrawn {
                board.alarms.remove(id);
            }
            let devices = steps.into_iter().map(|step| step.device);
            let changed = devices.map(|device| board.put(device, &numbers, &book, now)).collect();
            board.relink(&book);
            board.devices_changed(changed, now);
        });
        if !withdrawn.is_empty() {
            self.outbox_wake.notify_one();
        }
        Ok(Ok(done))
    }
}

/// What the orders come to on the board as it is; the first that cannot be is told.
fn plan(
    board: &BoardState,
    orders: &Orders,
    link: &LinkId,
    now: chengshu_core::model::Timestamp,
) -> Result<(Vec<Step>, Entered), Refused> {
    let mut done = Entered::default();
    let mut steps = Vec::new();
    for order in &orders.orders {
        let known = board.device(order.device.as_str()).map(|slot| &slot.device);
        if let Some(known) = known.filter(|known| known.theme != order.theme) {
            return Err(Refused::Theme { device: order.device.to_string(), theme: known.theme.to_string() });
        }
        let version = known.map_or(0, |known| known.version);
        if order.seen.is_some_and(|seen| seen != version) {
            return Err(Refused::Changed { device: order.device.to_string(), version });
        }
        let fresh = || Device::heard(order.device.clone(), order.theme.clone(), link.clone(), now);
        let before = known.cloned().unwrap_or_else(fresh);
        let mut after = match &order.wish {
            Wish::Enter(entry) => before.entered((**entry).clone()),
            Wish::Retire if known.is_none() => {
                return Err(Refused::NotFound(format!("there is no device {:?}", order.device.as_str())));
            }
            Wish::Retire => Device { registration: Registration::Retired, ..before.clone() },
        };
        if after == before && known.is_some() {
            done.unchanged += 1;
            continue;
        }
        let action = match (&order.wish, known.is_some(), orders.import) {
            (Wish::Retire, ..) => "retired",
            (_, _, true) => "imported",
            (_, false, _) => "created",
            (_, true, _) => "changed",
        };
        *(if known.is_some() { &mut done.changed } else { &mut done.created }) += 1;
        after.version = version + 1;
        steps.push(Step { changed: crate::difference::json(&before, &after), device: after, action });
    }
    Ok((steps, done))
}
