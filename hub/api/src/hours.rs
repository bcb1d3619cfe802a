//! Hours of one metric of all devices of a theme, from the rollups: what a district looked like over a day, in one
//! answer.

use axum::Json;
use axum::extract::State;
use chengshu_core::model::{Aggregate, Timestamp};
use rustc_hash::FxHashMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, When};
use crate::problem::Problem;
use crate::view::unit;

const HOUR_MS: i64 = 3_600_000;
const HOURS_MAX: i64 = 31 * 24;
/// Values in one answer at most.
const VALUES_MAX: i64 = 2_000_000;

/// Which metric, and when.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoursParams {
    /// The theme.
    theme: String,
    /// The metric.
    metric: String,
    /// From this hour on (rounded down).
    from: When,
    /// Up to, not including, this moment; at most 31 days later.
    to: When,
    /// avg (default), min or max.
    agg: Option<HourWord>,
}

/// How an hour becomes one value.
#[derive(Debug, Clone, Copy, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum HourWord {
    /// The mean.
    Avg,
    /// The smallest.
    Min,
    /// The largest.
    Max,
}

/// The hours of a device.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeviceHours {
    device: String,
    unit: String,
    /// One for each hour since `from`; null where nothing was measured.
    values: Vec<Option<f64>>,
}

/// The hours of all devices.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct HoursView {
    /// The beginning of the first hour, ms since 1970.
    from: i64,
    hours: i64,
    /// Hours that end by this moment are final; later ones may still lack their last minutes. Null: all are final.
    final_until: Option<i64>,
    devices: Vec<DeviceHours>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<HoursParams>,
) -> Result<Json<HoursView>, Problem> {
    let first = params.from.0.ms().div_euclid(HOUR_MS);
    let end = (params.to.0.ms() + HOUR_MS - 1).div_euclid(HOUR_MS);
    if !(1..=HOURS_MAX).contains(&end.saturating_sub(first)) {
        return Err(Problem::bad_request("query: from and to span no hour or more than 31 days"));
    }
    let mut devices = Vec::new();
    let mut of_series: FxHashMap<i32, usize> = FxHashMap::default();
    app.board.read(|board| {
        for slot in board.devices() {
            let theme = slot.device.theme.as_str();
            if theme != params.theme || !who.sees(&slot.device) {
                continue;
            }
            let Some(series) = slot.series.iter().find(|series| series.metric.as_str() == params.metric) else {
                continue;
            };
            of_series.insert(series.id, devices.len());
            devices.push(DeviceHours {
                device: slot.device.id.to_string(),
                unit: unit(slot, series).to_owned(),
                values: Vec::new(),
            });
        }
    });
    if devices.is_empty() {
        let text = format!("no device of theme {:?} has sent metric {:?}", params.theme, params.metric);
        return Err(Problem::not_found(text));
    }
    let values = devices.len() as i64 * (end - first);
    if values > VALUES_MAX {
        return Err(Problem::bad_request(format!(
            "query: {} devices × {} hours are {values} values; at most {VALUES_MAX} in one answer, ask for fewer hours",
            devices.len(),
            end - first
        )));
    }
    let series: Vec<i32> = of_series.keys().copied().collect();
    devices.iter_mut().for_each(|device| device.values = vec![None; (end - first) as usize]);
    let t = |hour: i64| Timestamp::from_ms(hour * HOUR_MS);
    let aggregate = match params.agg.unwrap_or(HourWord::Avg) {
        HourWord::Avg => Aggregate::Avg,
        HourWord::Min => Aggregate::Min,
        HourWord::Max => Aggregate::Max,
    };
    let found = app.store.rollup_hours(&who.scope, &series, t(first), t(end), aggregate).await?;
    for ((series, hour), value) in found.series.iter().zip(&found.hours).zip(found.values) {
        let device = of_series.get(series).and_then(|n| devices.get_mut(*n));
        let hour = usize::try_from(i64::from(*hour) - first).ok();
        if let Some(place) = device.zip(hour).and_then(|(device, hour)| device.values.get_mut(hour)) {
            *place = Some(value);
        }
    }
    let final_until = app.rollups.true_until().filter(|until| *until < t(end)).map(Timestamp::ms);
    Ok(Json(HoursView { from: t(first).ms(), hours: end - first, final_until, devices }))
}
