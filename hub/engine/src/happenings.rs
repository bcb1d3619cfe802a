//! What receivers may want to know, in the words that they get. Whoever wants to know is looked up in the database, in the
//! transaction that the happening belongs to; without a receiver nothing is written.

use chengshu_core::model::{Alarm, AlarmId, Event, Label, ThemeId, Timestamp};
use chengshu_store::Happening;
use serde_json::{Value, json};

use crate::board::BoardState;

/// A raise that is told for the first time so late is told to nobody: its deliveries may have been forgotten already.
const OLD_MS: i64 = 7 * 86_400_000;

/// What the rows of the outbox say of their alarms: that each was raised, and that it is over if it is. An alarm that was
/// told already has the same key, and is not told again.
pub(crate) fn of_alarms(board: &BoardState, ids: &[AlarmId], alarms: &[Alarm], now: Timestamp) -> Vec<Happening> {
    let mut happenings: Vec<Happening> = Vec::new();
    for alarm in ids.iter().filter_map(|id| alarms.iter().find(|alarm| alarm.id == *id)) {
        let mut add = |kind: &'static str, since: Timestamp| {
            let key = format!("{kind}/{}", alarm.id.hex());
            if happenings.iter().all(|known| known.key != key) {
                let data = data_of_alarm(board, alarm, kind == RAISED).to_string();
                happenings.push(Happening { kind, theme: alarm.theme.to_string(), key, since, data });
            }
        };
        if now.since(alarm.raised_received) < OLD_MS {
            add(RAISED, alarm.raised_received);
        }
        if alarm.cleared_at.is_some() {
            add("alarm.cleared", now);
        }
    }
    happenings
}

const RAISED: &str = "alarm.raised";

fn data_of_alarm(board: &BoardState, alarm: &Alarm, raised: bool) -> Value {
    let slot = board.device(alarm.device.as_str());
    let theme = board.theme(&alarm.theme);
    let rule = theme.and_then(|theme| theme.rules.iter().find(|rule| rule.id == alarm.rule));
    let label = |label: &Label| json!({"zh": label.zh, "en": label.en});
    let name = rule.map(|rule| label(&rule.name));
    let kind = slot.and_then(|slot| theme?.kind(slot.device.kind.as_ref()?));
    let metric = kind.and_then(|kind| kind.metric(alarm.metric.as_ref()?));
    let signal = rule.map(|rule| rule.signal.word());
    // only where the value itself is looked at is the number one of its states
    let states = metric.filter(|_| signal == Some("value")).map(|metric| &metric.states);
    let state = |value: f64| states.and_then(|states| states.get(&value.to_string())).map(label);
    let unit = match signal {
        Some("silence" | "stuck") => Some("s"),
        Some("state" | "bits") => None,
        _ => metric.map(|metric| metric.unit.as_str()),
    };
    let mut data = json!({
        "alarm": alarm.id.hex(),
        "rule": alarm.rule.as_str(),
        "rule_name": name,
        "severity": alarm.severity.word(),
        "worst": alarm.worst.word(),
        "theme": alarm.theme.as_str(),
        "theme_name": theme.map(|theme| label(&theme.name)),
        "device": alarm.device.as_str(),
        "device_name": slot.and_then(|slot| slot.device.name.as_deref()),
        "metric": alarm.metric.as_ref().map(chengshu_core::model::MetricId::as_str),
        "metric_name": metric.map(|metric| label(&metric.name)),
        "signal": signal,
        "unit": unit,
        "precision": metric.map(|metric| metric.precision),
        "value_name": state(alarm.value),
        "limit": alarm.limit,
        "value": alarm.value,
        "since": alarm.since.ms(),
        "raised_at": alarm.raised_at.ms(),
        "raised_received": alarm.raised_received.ms(),
    });
    if !raised {
        data["cleared_at"] = json!(alarm.cleared_at.map(Timestamp::ms));
        data["cleared_value"] = json!(alarm.cleared_value);
    }
    data
}

/// An event that is new.
pub(crate) fn of_event(board: &BoardState, theme: Option<&ThemeId>, event: &Event, received: Timestamp) -> Happening {
    let slot = board.device(event.device.as_str());
    let theme = slot.map(|slot| &slot.device.theme).or(theme).map(ToString::to_string).unwrap_or_default();
    let data = json!({
        "theme": theme,
        "device": event.device.as_str(),
        "device_name": slot.and_then(|slot| slot.device.name.as_deref()),
        "kind": event.kind,
        "key": event.key,
        "severity": event.severity.map(chengshu_core::model::Severity::word),
        "at": event.at.ms(),
        "received": received.ms(),
        "detail": serde_json::from_str::<Value>(&event.detail).unwrap_or(Value::Null),
    });
    let key = format!("event/{}/{}", event.device, event.key);
    Happening { kind: "event", theme, key, since: received, data: data.to_string() }
}
