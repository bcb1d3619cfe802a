//! Alarms, newest first, each with the rule that raised it and where its limit comes from.

use axum::extract::State;
use chengshu_core::model::{Alarm, AlarmId, MetricId, Severity, Signal, ThemeId, Timestamp};
use chengshu_engine::BoardState;
use chengshu_store::AlarmFilter;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, When, page};
use crate::problem::Problem;
use crate::view::{LabelView, PlaceView, Written};

/// Which alarms.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AlarmParams {
    /// true: only active ones; false: only ended ones.
    active: Option<bool>,
    /// Only those of this theme.
    theme: Option<String>,
    /// Only those of this device.
    device: Option<String>,
    /// Only those raised (hub time) since.
    since: Option<When>,
    /// At most this many, 1 to 5000; default 200.
    #[schemars(range(min = 1, max = 5_000))]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// An alarm.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AlarmView<'a> {
    /// 32 hexadecimal digits.
    id: String,
    rule: &'a str,
    rule_version: i32,
    rule_name: Option<LabelView<'a>>,
    theme: &'a str,
    device: &'a str,
    device_name: Option<&'a str>,
    place: Option<PlaceView>,
    /// The metric that the rule looks at; none when it looks at several or at silence.
    metric: Option<&'a str>,
    metric_name: Option<LabelView<'a>>,
    /// Unit of the value and its limits: of the metric, `s` for silence and for a value that does not move.
    unit: &'a str,
    /// What the value is: value, change, stuck, spike, silence, state, bits, against or expression; none when the rule is
    /// no longer there.
    signal: Option<&'static str>,
    /// critical, urgent, important or general.
    severity: &'static str,
    /// The gravest that it was.
    worst: &'static str,
    /// Which side of the limit is abnormal: above or below; none when the rule is no longer there.
    direction: Option<&'static str>,
    /// The limit that was crossed.
    limit: f64,
    /// It is over when the value has come back to here.
    clear: f64,
    /// The value when it was raised.
    value: f64,
    /// Abnormal since then, device time, ms since 1970: raised when that had lasted for long enough.
    since: i64,
    /// Device time of the raise, ms since 1970.
    raised_at: i64,
    /// Hub time of the raise, ms since 1970.
    raised_received: i64,
    /// Device time of the return, ms since 1970.
    cleared_at: Option<i64>,
    /// The value at the return; none when the rule was withdrawn.
    cleared_value: Option<f64>,
    /// Where the limit comes from.
    source: Option<&'a str>,
    /// How sure that is: A, B or C.
    certainty: Option<&'static str>,
}

impl<'a> AlarmView<'a> {
    pub(crate) fn new(board: &'a BoardState, alarm: &'a Alarm) -> Self {
        let theme = board.theme(&alarm.theme);
        let rule = theme.and_then(|theme| theme.rules.iter().find(|rule| rule.id == alarm.rule));
        let slot = board.device(alarm.device.as_str());
        let kind = slot.and_then(|slot| slot.kind.as_deref());
        let metric = kind.zip(alarm.metric.as_ref()).and_then(|(kind, metric)| kind.metric(metric));
        Self {
            id: alarm.id.hex(),
            rule: alarm.rule.as_str(),
            rule_version: alarm.rule_version,
            rule_name: rule.map(|rule| (&rule.name).into()),
            theme: alarm.theme.as_str(),
            device: alarm.device.as_str(),
            device_name: slot.and_then(|slot| slot.device.name.as_deref()),
            place: slot.and_then(|slot| slot.device.place).map(PlaceView::from),
            metric: alarm.metric.as_ref().map(MetricId::as_str),
            metric_name: metric.map(|metric| (&metric.name).into()),
            unit: match rule.map(|rule| &rule.signal) {
                Some(Signal::Silence {} | Signal::Stuck { .. }) => "s",
                Some(Signal::State { .. } | Signal::Bits { .. }) => "",
                _ => metric.map_or("", |metric| &metric.unit),
            },
            signal: rule.map(|rule| rule.signal.word()),
            severity: Severity::word(alarm.severity),
            worst: Severity::word(alarm.worst),
            since: alarm.since.ms(),
            direction: rule.map(|rule| rule.direction.word()),
            limit: alarm.limit,
            clear: alarm.clear,
            value: alarm.value,
            raised_at: alarm.raised_at.ms(),
            raised_received: alarm.raised_received.ms(),
            cleared_at: alarm.cleared_at.map(Timestamp::ms),
            cleared_value: alarm.cleared_value,
            source: rule.map(|rule| rule.source.as_str()),
            certainty: rule.map(|rule| rule.certainty.word()),
        }
    }
}

/// A page of alarms.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AlarmPageView<'a> {
    alarms: Vec<AlarmView<'a>>,
    /// Ask again with `after` set to this; none when this was the last page.
    next: Option<String>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Params(params): Params<AlarmParams>,
) -> Result<Written, Problem> {
    let theme = params.theme.as_deref().map(ThemeId::parse).transpose();
    let filter = AlarmFilter {
        active: params.active,
        theme: theme.map_err(|error| Problem::bad_request(format!("query: {error}")))?,
        device: params.device,
        since: params.since.map(|since| since.0),
        after: params.after.as_deref().map(cursor).transpose()?,
        limit: page(params.limit, 200, 5_000)? as i64,
    };
    let found = app.store.alarm_list(&who.scope, &filter).await?;
    app.board.read(|board| {
        Written::json(&AlarmPageView {
            alarms: found.alarms.iter().map(|alarm| AlarmView::new(board, alarm)).collect(),
            next: found.next.map(|(at, id)| format!("{}-{}", at.ms(), id.hex())),
        })
    })
}

fn cursor(text: &str) -> Result<(Timestamp, AlarmId), Problem> {
    let bad = || Problem::bad_request("query: after is not the `next` of a page of alarms");
    let (at, id) = text.split_once('-').filter(|(_, id)| id.len() == 32 && id.is_ascii()).ok_or_else(bad)?;
    let mut bytes = [0u8; 16];
    for (n, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&id[2 * n..2 * n + 2], 16).map_err(|_| bad())?;
    }
    let at = at.parse().ok().filter(|ms| (0..253_402_300_800_000).contains(ms)).ok_or_else(bad)?;
    Ok((Timestamp::from_ms(at), AlarmId(bytes)))
}
