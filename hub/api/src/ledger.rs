//! The ledger: per adapter the equation received = stored + duplicate + conflict + rejected + spooled + in flight, from
//! memory; per device and day from the database.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chengshu_core::model::Timestamp;
use chengshu_engine::LedgerEntry;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Params, moment, page};
use crate::problem::Problem;

/// An adapter's line, in items: one for each reading, event, rejection and word of presence.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AdapterLedger {
    link: String,
    name: String,
    /// Counted at hand-over, on its own.
    received: u64,
    /// New rows.
    stored: u64,
    /// There already, with the same value.
    duplicate: u64,
    /// There already, with another value; both are kept.
    conflict: u64,
    /// Set aside, by reason.
    rejected: BTreeMap<String, u64>,
    /// In the spool.
    spooled: u64,
    /// Handed over, not durable yet.
    in_flight: u64,
    /// Messages.
    messages: u64,
    /// What the equation leaves over: 0 at rest; anything else is a fault of the hub.
    difference: i64,
}

/// All adapters since the first day.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LedgerView {
    adapters: Vec<AdapterLedger>,
}

pub(crate) async fn adapters(
    State(app): State<App>,
    _: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Json<LedgerView> {
    let adapters = app.board.read(|board| {
        let line = |slot: &chengshu_engine::LinkSlot| {
            let entry: LedgerEntry = board.ledger.entry(&slot.link, &app.spool);
            AdapterLedger {
                link: slot.link.id.to_string(),
                name: slot.link.name.clone(),
                received: entry.received,
                stored: entry.sums.stored,
                duplicate: entry.sums.duplicate,
                conflict: entry.sums.conflict,
                difference: entry.difference(),
                rejected: entry.sums.rejected,
                spooled: entry.spooled,
                in_flight: entry.in_flight,
                messages: entry.messages,
            }
        };
        board.links().iter().map(line).collect()
    });
    Json(LedgerView { adapters })
}

/// Which day and link.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LedgerDeviceParams {
    /// The local day, `YYYY-MM-DD`; default today.
    day: Option<String>,
    /// Only by this link.
    link: Option<String>,
    /// Only of this device.
    device: Option<String>,
    /// At most this many, 1 to 5000; default 200.
    #[schemars(range(min = 1, max = 5_000))]
    limit: Option<u32>,
    /// The `next` of the page before.
    after: Option<String>,
}

/// A device's line of a day.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeviceLedger {
    /// None when the device could not be told.
    device: Option<String>,
    link: String,
    received: u64,
    stored: u64,
    duplicate: u64,
    conflict: u64,
    rejected: BTreeMap<String, u64>,
}

/// A page of a day's devices, in the order in which they came into the register.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct LedgerDevicePage {
    day: String,
    devices: Vec<DeviceLedger>,
    /// Ask again with `after` set to this; none when this was the last page.
    next: Option<String>,
}

pub(crate) async fn devices(
    State(app): State<App>,
    who: Who,
    Params(params): Params<LedgerDeviceParams>,
) -> Result<Json<LedgerDevicePage>, Problem> {
    let limit = page(params.limit, 200, 5_000)?;
    let day = params.day.unwrap_or_else(|| app.clock.now().local_day());
    let begins = Timestamp::parse(&format!("{day}T00:00:00")).ok().and_then(|at| moment(at).ok());
    if begins.is_none() || day.len() != 10 {
        return Err(Problem::bad_request(format!("query: day is {day:?}; expected a date such as 2026-11-22")));
    }
    let after = match params.after.as_deref() {
        None => (-1, ""),
        Some(after) => {
            after.split_once('|').and_then(|(num, link)| Some((num.parse().ok()?, link))).ok_or_else(|| {
                Problem::bad_request(format!("query: after is {after:?}; expected the `next` of the page before"))
            })?
        }
    };
    let (link, device) = (params.link.as_deref(), params.device.as_deref());
    let rows = app.store.ledger_devices(&who.scope, &day, link, device, after, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit);
    let next = next.map(|row| format!("{}|{}", row.num, row.link));
    let devices = rows.into_iter().map(|row| DeviceLedger {
        device: row.device,
        link: row.link,
        received: row.sums.received,
        stored: row.sums.stored,
        duplicate: row.sums.duplicate,
        conflict: row.sums.conflict,
        rejected: row.sums.rejected,
    });
    Ok(Json(LedgerDevicePage { day, devices: devices.collect(), next }))
}
