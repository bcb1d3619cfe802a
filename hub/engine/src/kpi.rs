//! Key figures: computed once a second from the latest values of live devices, sampled for their trends. A device
//! that is not live contributes nothing; how many those are is part of the figure.

use std::time::Duration;

use chengshu_core::model::{Aggregate, DeviceState, Timestamp};
use chengshu_core::seam::SharedClock;
use chengshu_store::{KpiSample, Store};
use tokio_util::sync::CancellationToken;

use crate::board::{Board, BoardState, DeviceSlot, KpiSlot};
use crate::patience::{PATIENCE, within};

const EVERY: Duration = Duration::from_secs(1);
const SAMPLE_MS: i64 = 15_000;
const TREND_MS: i64 = 86_400_000;

pub(crate) async fn run(board: Board, store: Store, clock: SharedClock, stop: CancellationToken) {
    let mut sampled = clock.now();
    loop {
        tokio::select! {
            () = clock.sleep(EVERY) => {}
            () = stop.cancelled() => return,
        }
        let now = clock.now();
        let sample = now.since(sampled) >= SAMPLE_MS;
        let samples = board.write(|board| compute(board, now, sample));
        if sample {
            sampled = now;
            if let Err(error) = within(&clock, &store, PATIENCE, store.kpi_add(&samples)).await {
                tracing::debug!(error = %error.database_words(), "samples of key figures could not be kept");
            }
        }
    }
}

/// One slot for every key figure of every theme, with the samples that are kept.
pub(crate) fn slots(board: &BoardState, samples: &[KpiSample], now: Timestamp) -> Vec<KpiSlot> {
    let declared = board.themes.iter().flat_map(|theme| theme.kpis.iter().map(|kpi| (theme.id.clone(), kpi.clone())));
    declared
        .map(|(theme, kpi)| {
            let mine = samples.iter().filter(|sample| sample.theme == theme.as_str() && sample.kpi == kpi.id.as_str());
            KpiSlot {
                trend: mine.map(|sample| (sample.at, sample.value)).collect(),
                theme,
                kpi,
                at: now,
                value: None,
                device: None,
                severity: None,
                fresh: 0,
                stale: 0,
                changed: 0,
                trend_changed: 0,
            }
        })
        .collect()
}

fn compute(board: &mut BoardState, now: Timestamp, sample: bool) -> Vec<KpiSample> {
    let seq = board.next_seq();
    let mut kpis = std::mem::take(&mut board.kpis);
    let mut samples = Vec::new();
    for slot in &mut kpis {
        figure(slot, board.devices(), now);
        slot.changed = seq;
        if let Some(value) = slot.value.filter(|_| sample) {
            slot.trend.push((now, value));
            slot.trend.retain(|(at, _)| now.since(*at) <= TREND_MS);
            slot.trend_changed = seq;
            samples.push(KpiSample { theme: slot.theme.to_string(), kpi: slot.kpi.id.to_string(), at: now, value });
        }
    }
    board.kpis = kpis;
    samples
}

fn figure(slot: &mut KpiSlot, devices: &[DeviceSlot], now: Timestamp) {
    (slot.at, slot.value, slot.device, slot.severity, slot.fresh, slot.stale) = (now, None, None, None, 0, 0);
    let mut sum = 0.0;
    for device in
        devices.iter().filter(|device| device.device.theme == slot.theme && device.device.registration.counts())
    {
        if device.kind.as_ref().is_none_or(|kind| kind.id != slot.kpi.kind) {
            continue;
        }
        let Some(series) = device.series.iter().find(|series| series.metric == slot.kpi.metric) else { continue };
        let active = device.rules_of(series).filter_map(|rule| rule.state.severity()).min();
        slot.severity = slot.severity.into_iter().chain(active).min();
        let current = series.current().map(|(latest, _)| latest);
        let good = current.filter(|latest| latest.quality.is_good() && device.state == DeviceState::Live);
        let Some(latest) = good else {
            slot.stale += 1;
            continue;
        };
        slot.fresh += 1;
        sum += latest.value;
        let better = slot.value.is_none_or(|value| match slot.kpi.aggregate {
            Aggregate::Max => latest.value > value,
            Aggregate::Min => latest.value < value,
            Aggregate::Avg | Aggregate::Sum => true,
        });
        if better {
            slot.value = Some(latest.value);
            slot.device = Some(device.device.id.clone());
        }
    }
    match slot.kpi.aggregate {
        Aggregate::Max | Aggregate::Min => {}
        Aggregate::Sum => slot.value = (slot.fresh > 0).then_some(sum),
        Aggregate::Avg => slot.value = (slot.fresh > 0).then(|| sum / f64::from(slot.fresh)),
    }
    if matches!(slot.kpi.aggregate, Aggregate::Sum | Aggregate::Avg) {
        slot.device = None;
    }
}
