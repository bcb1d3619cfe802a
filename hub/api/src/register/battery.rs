//! Batteries and when each will be empty, at the pace of its last thirty days.

use std::sync::Arc;

use chengshu_access::Scope;
use chengshu_core::model::{Direction, Timestamp};
use chengshu_engine::{DeviceSlot, SeriesSlot};
use chengshu_store::{Store, StoreError};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::view::unit;

/// The metric that every theme uses for it.
const BATTERY: &str = "battery";
/// Days that the forecast looks back.
const BACK_DAYS: i64 = 30;
const DAY_MS: i64 = 86_400_000;
/// The pace of thirty days changes slowly, and in a large district reading every battery's takes a while.
const KEPT_MS: i64 = 600_000;
/// A database that did not answer is asked again after this.
const RETRY_MS: i64 = 10_000;
/// Batteries on the board.
const ROWS_MAX: usize = 50;

/// A battery and when it will be empty.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BatteryView {
    device: String,
    name: Option<String>,
    /// live, stale, offline or never: when it is not live, the value is old.
    state: &'static str,
    value: f64,
    unit: String,
    /// Device time of the value, ms since 1970.
    at: i64,
    /// Change a day over the last 30 days, at most ten minutes old; null with fewer than three days.
    per_day: Option<f64>,
    /// The value at which an alarm is raised, from the rules of its kind.
    limit: Option<f64>,
    /// Days until that limit at this pace; null when nobody can tell.
    days_left: Option<f64>,
}

/// Change a day of every battery, by series.
type ByBattery = FxHashMap<i32, f64>;

/// The paces of all batteries, read now and then.
#[derive(Clone, Default)]
pub(crate) struct Paces(Arc<Mutex<Option<Kept>>>);

struct Kept {
    paces: Arc<ByBattery>,
    since: Timestamp,
    until: Timestamp,
}

impl Paces {
    /// The paces as of the last ten minutes, or older ones while the database is away.
    pub(crate) async fn get(&self, store: &Store, now: Timestamp) -> Result<Arc<ByBattery>, StoreError> {
        let mut kept = self.0.lock().await;
        if let Some(kept) = kept.as_ref().filter(|kept| kept.since <= now && now < kept.until) {
            return Ok(kept.paces.clone());
        }
        let from = Timestamp::from_ms(now.ms() - BACK_DAYS * DAY_MS);
        let (paces, good_for) = match store.rollup_slopes(&Scope::All, BATTERY, from).await {
            Ok(slopes) => (Arc::new(slopes.into_iter().collect()), KEPT_MS),
            Err(error) => (kept.as_ref().map(|kept| kept.paces.clone()).ok_or(error)?, RETRY_MS),
        };
        let until = Timestamp::from_ms(now.ms() + good_for);
        *kept = Some(Kept { paces: Arc::clone(&paces), since: now, until });
        Ok(paces)
    }
}

/// The batteries of some devices, to find those that are empty first.
#[derive(Default)]
pub(crate) struct Batteries<'a>(Vec<Battery<'a>>);

struct Battery<'a> {
    slot: &'a DeviceSlot,
    series: &'a SeriesSlot,
    per_day: Option<f64>,
    limit: Option<f64>,
    days_left: Option<f64>,
}

impl<'a> Batteries<'a> {
    pub(crate) fn add(&mut self, slot: &'a DeviceSlot, paces: &ByBattery) {
        let Some(series) = slot.series.iter().find(|series| series.metric.as_str() == BATTERY) else { return };
        let Some((latest, _)) = series.current() else { return };
        let rules = slot.rules_of(series).map(|rule| rule.rule.rule());
        let rules = rules.filter(|rule| rule.direction == Direction::Below && rule.signal.word() == "value");
        let limit = rules.flat_map(|rule| &rule.steps).map(|step| step.raise).reduce(f64::max);
        let per_day = paces.get(&series.id).copied();
        let left = |pace: f64| limit.filter(|_| pace < -1e-9).map(|limit| ((latest.value - limit) / -pace).max(0.0));
        self.0.push(Battery { slot, series, per_day, limit, days_left: per_day.and_then(left) });
    }

    /// Soonest empty first, at most fifty.
    pub(crate) fn soonest(mut self) -> Vec<BatteryView> {
        let urgency = |battery: &Battery<'_>| battery.days_left.unwrap_or(f64::INFINITY);
        self.0.sort_unstable_by(|a, b| {
            urgency(a).total_cmp(&urgency(b)).then_with(|| a.slot.device.id.cmp(&b.slot.device.id))
        });
        self.0.iter().take(ROWS_MAX).filter_map(Battery::view).collect()
    }
}

impl Battery<'_> {
    fn view(&self) -> Option<BatteryView> {
        let Self { slot, series, per_day, limit, days_left } = *self;
        let (latest, _) = series.current()?;
        Some(BatteryView {
            device: slot.device.id.to_string(),
            name: slot.device.name.clone(),
            state: slot.state.word(),
            value: latest.value,
            unit: unit(slot, series).to_owned(),
            at: latest.at.ms(),
            per_day,
            limit,
            days_left,
        })
    }
}
