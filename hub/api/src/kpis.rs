//! Key figures with their trends. A figure without a live source says null, never zero. One is told to whoever sees its
//! whole theme: it is computed over all of it.

use axum::extract::State;
use chengshu_core::model::Severity;
use chengshu_engine::KpiSlot;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::Params;
use crate::problem::Problem;
use crate::view::Written;

/// Points of a trend at most.
const POINTS: usize = 96;

/// Which of them.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct KpiParams {
    /// Only those of this theme.
    theme: Option<String>,
}

/// A key figure.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KpiView<'a> {
    theme: &'a str,
    kpi: &'a str,
    /// When it was computed, ms since 1970.
    at: i64,
    /// Its value; null when no live device gives one.
    value: Option<f64>,
    /// The gravest active alarm on its metric.
    severity: Option<&'static str>,
    /// Devices that contribute.
    devices: u32,
    /// Devices that should contribute but are not live.
    stale: u32,
    /// The device that gives a largest or smallest value.
    device: Option<&'a str>,
    /// `[at, value]`, at most 96 points over up to 24 h, oldest first; null in a live delta when nothing was added.
    trend: Option<Vec<(i64, f64)>>,
}

impl<'a> KpiView<'a> {
    pub(crate) fn new(slot: &'a KpiSlot, with_trend: bool) -> Self {
        Self {
            theme: slot.theme.as_str(),
            kpi: slot.kpi.id.as_str(),
            at: slot.at.ms(),
            value: slot.value,
            severity: slot.severity.map(Severity::word),
            devices: slot.fresh,
            stale: slot.stale,
            device: slot.device.as_ref().map(chengshu_core::model::DeviceId::as_str),
            trend: with_trend.then(|| thin(slot)),
        }
    }
}

/// Every nth sample, so that the newest is always among them.
fn thin(slot: &KpiSlot) -> Vec<(i64, f64)> {
    let step = slot.trend.len().div_ceil(POINTS).max(1);
    let mut points: Vec<(i64, f64)> =
        slot.trend.iter().rev().step_by(step).map(|(at, value)| (at.ms(), *value)).collect();
    points.reverse();
    points
}

/// All key figures of the themes that the caller sees the whole of.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct KpiList<'a> {
    kpis: Vec<KpiView<'a>>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<KpiParams>,
) -> Result<Written, Problem> {
    app.board.read(|board| {
        let visible = board.kpis.iter().filter(|slot| {
            let theme = slot.theme.as_str();
            who.sees_all_of(&slot.theme) && params.theme.as_deref().is_none_or(|wanted| wanted == theme)
        });
        Written::json(&KpiList { kpis: visible.map(|slot| KpiView::new(slot, true)).collect() })
    })
}
