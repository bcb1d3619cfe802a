//! Gives rules back at a start what they knew: what waited for time is read as it was written, the memory of windows comes
//! back from the readings themselves, and readings that had not been decided on wait again.

use chengshu_core::model::Timestamp;
use chengshu_rules::{Durable, Reorder, Sample, observe, take};
use chengshu_store::{PastReading, Store, StoreError};
use rustc_hash::FxHashMap;

use crate::board::{BoardState, Listener};

/// Readings that are read back at once at most; rules over longer windows begin anew where there are more.
const MOST: i64 = 2_000_000;

/// What waits for time to decide.
pub(crate) async fn states(store: &Store, board: &mut BoardState) -> Result<(), StoreError> {
    for row in store.rule_state_all().await? {
        let Some(number) = board.by_name.get(&row.device).copied() else { continue };
        let slot = board.devices.get_mut(number as usize);
        let rule = slot.and_then(|slot| slot.rules.iter_mut().find(|rule| rule.rule.rule().id == row.rule));
        let Some((rule, text)) = rule.zip(row.state) else { continue };
        match serde_json::from_str::<Durable>(&text) {
            Ok(durable) => rule.state.restore(durable),
            Err(error) => tracing::error!(rule = %row.rule, device = %row.device, %error, "what waited cannot be read"),
        }
    }
    for number in 0..board.devices().len() as u32 {
        board.rules_changed(number);
    }
    Ok(())
}

/// The memory of rules that look back.
pub(crate) async fn memory(store: &Store, board: &mut BoardState, now: Timestamp) -> Result<(), StoreError> {
    let (listeners, span_s) = listeners(board);
    if listeners.is_empty() {
        return Ok(());
    }
    let series: Vec<i32> = listeners.keys().copied().collect();
    let since = Timestamp::from_ms(now.ms() - i64::from(span_s) * 1000 - 600_000);
    let past = store.reading_past(&series, since, MOST).await?;
    if past.len() as i64 == MOST {
        tracing::warn!(
            readings = MOST,
            "windows of rules are longer than what is read back; the newest part is missing"
        );
    }
    let mut kept = FxHashMap::default();
    for reading in &past {
        for listener in listeners.get(&reading.series).into_iter().flatten() {
            let Some(slot) = board.devices.get_mut(listener.device as usize) else { continue };
            let (id, gap_ms) = (slot.device.id.clone(), slot.subject(None).gap_ms);
            let Some(rule) = slot.rules.get_mut(usize::from(listener.rule)) else { continue };
            let key = (listener.device, listener.rule);
            kept.entry(key).or_insert_with(|| std::mem::take(&mut rule.state));
            let (sample, input) = (sample(reading), usize::from(listener.input));
            if rule.rule.is_joint() {
                take(&rule.rule, &mut rule.state, input, &sample);
            } else {
                let subject = chengshu_rules::Subject { device: &id, gap_ms, others: None };
                observe(&rule.rule, &subject, &mut rule.state, &sample, &mut Vec::new());
            }
        }
    }
    // only the memory was wanted: what was decided then is known
    for ((device, rule), known) in kept {
        let slot = board.devices.get_mut(device as usize).and_then(|slot| slot.rules.get_mut(usize::from(rule)));
        if let Some(slot) = slot {
            let memory = slot.state.memory.take();
            slot.state = chengshu_rules::RuleState { memory, ..known };
        }
        board.rules_changed(device);
    }
    Ok(())
}

/// Which rules with a memory look at which series, and the longest that any of them looks back.
fn listeners(board: &BoardState) -> (FxHashMap<i32, Vec<Listener>>, u32) {
    let (mut all, mut span_s) = (FxHashMap::<i32, Vec<Listener>>::default(), 0);
    for (number, slot) in board.devices().iter().enumerate() {
        for series in &slot.series {
            let own =
                series.own.iter().map(|(rule, input)| Listener { device: number as u32, rule: *rule, input: *input });
            let foreign = series.foreign.iter().copied();
            for listener in own.chain(foreign) {
                let of = board.device_at(listener.device).and_then(|slot| slot.rules.get(usize::from(listener.rule)));
                let memory_s = of.map_or(0, |rule| rule.rule.memory_s());
                if memory_s > 0 {
                    span_s = span_s.max(memory_s);
                    all.entry(series.id).or_default().push(listener);
                }
            }
        }
    }
    (all, span_s)
}

/// Readings that waited for earlier ones when the hub ended.
pub(crate) async fn waiting(store: &Store, board: &mut BoardState) -> Result<(), StoreError> {
    for (device, decided) in store.rule_mark_all().await? {
        let Some(number) = board.by_name.get(&device).copied() else { continue };
        let Some(slot) = board.devices.get_mut(number as usize).filter(|slot| slot.reorder_ms() > 0) else { continue };
        let series: Vec<i32> = slot.series.iter().map(|series| series.id).collect();
        let mut waiting = Reorder::since(decided);
        for reading in store.reading_past(&series, Timestamp::from_ms(decided.ms() + 1), 10_000).await? {
            let place = slot.series.iter().position(|series| series.id == reading.series);
            if let Some(place) = place.filter(|_| reading.quality.decides()) {
                waiting.push(reading.at, reading.received, (place as u32, sample(&reading)));
            }
        }
        slot.waiting = Some(Box::new(waiting));
        for rule in &mut slot.rules {
            if !rule.rule.is_silence() {
                rule.state.decided = rule.state.decided.map(|_| decided);
            }
        }
        board.rules_changed(number);
    }
    Ok(())
}

const fn sample(reading: &PastReading) -> Sample {
    Sample { at: reading.at, received: reading.received, value: reading.value, quality: reading.quality }
}
