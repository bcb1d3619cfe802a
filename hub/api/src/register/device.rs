//! One device with everything that is known of it; its entry can be changed, and it can be taken out of service.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use chengshu_access::Object;
use chengshu_core::model::{DeviceId, ThemeId};
use chengshu_engine::{BoardState, DeviceSlot, EntryOrder, Orders, Refused, Wish};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::contact;
use super::entry::{EntryBody, FieldError};
use crate::app::App;
use crate::caller::Who;
use crate::devices::DeviceFull;
use crate::etag;
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;
use crate::view::Written;

/// A device with its values and its entry.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeviceDetail<'a> {
    #[serde(flatten)]
    device: DeviceFull<'a>,
    /// What people entered, or what it says of itself where they entered nothing.
    entry: EntryBody,
    /// Counts the changes that people made; send it back with a change.
    version: i32,
}

/// An entry to be made or changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EntryPut {
    /// The theme that the device belongs to; never changes.
    theme: String,
    /// The `version` that was read; 0 for a new device. May be left out when `If-Match` carries the ETag that was read.
    version: Option<i32>,
    /// The whole entry: it replaces the one before.
    entry: EntryBody,
}

pub(crate) async fn get(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<impl IntoResponse, Problem> {
    detail(&app, &who, &id)
}

fn detail(app: &App, who: &Who, id: &str) -> Result<impl IntoResponse + use<>, Problem> {
    let now = app.clock.now();
    app.board.read(|board| {
        let slot = board.device(id).filter(|slot| visible(slot, who)).ok_or_else(|| missing(id))?;
        let version = slot.device.version;
        let entry = (&slot.device.entry()).into();
        let detail = DeviceDetail { device: DeviceFull::new(slot, 0, now), entry, version };
        Ok((etag::of_version(version), Written::json(&detail)?))
    })
}

pub(crate) fn visible(slot: &DeviceSlot, who: &Who) -> bool {
    who.sees(&slot.device)
}

/// What stands against an order: the device, as it is or as it would become, lies outside of what the caller reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outside {
    /// It is there, but not for this caller.
    Now,
    /// It would be.
    Then,
}

/// Looks whether an order stays within what the caller reaches, before and after: nobody hands a device to themselves, nor
/// out of their sight.
pub(crate) fn within(board: &BoardState, who: &Who, order: &EntryOrder) -> Result<(), Outside> {
    if board.device(order.device.as_str()).is_some_and(|slot| !visible(slot, who)) {
        return Err(Outside::Now);
    }
    let Wish::Enter(entry) = &order.wish else { return Ok(()) };
    let object = Object {
        theme: order.theme.as_str(),
        department: entry.details.department.as_deref(),
        area: entry.details.area.as_deref(),
        camera: None,
    };
    if who.scope.covers(&object) { Ok(()) } else { Err(Outside::Then) }
}

pub(crate) fn missing(id: &str) -> Problem {
    Problem::not_found(format!("no device {id:?} has been heard or registered"))
}

pub(crate) async fn put(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    headers: HeaderMap,
    Body(body): Body<EntryPut>,
) -> Result<impl IntoResponse, Problem> {
    let wanted = etag::wanted_version(&headers)?;
    let seen = match (body.version, wanted.flatten()) {
        (Some(version), None) | (None, Some(version)) => version,
        (Some(version), Some(wanted)) if version == wanted => version,
        (Some(version), Some(wanted)) => {
            let text = format!("version is {version}, but If-Match names {wanted}; expected the same, or one of them");
            return Err(Problem::bad_request(text));
        }
        (None, None) => {
            return Err(Problem::bad_request(
                "body: missing field `version`; expected the version that was read, 0 for a new device",
            ));
        }
    };
    let device = DeviceId::parse(&id).map_err(|error| Problem::bad_request(format!("path: {error}")))?;
    let theme = ThemeId::parse(&body.theme).map_err(|error| Problem::bad_request(format!("body: {error}")))?;
    let themes = app.board.read(|board| board.themes.clone());
    let known = themes.iter().find(|known| known.id == theme && who.scope.covers_theme(theme.as_str()));
    let Some(known) = known else {
        let names: Vec<&str> = themes.iter().map(|theme| theme.id.as_str()).collect();
        let text = format!("body: theme is {:?}; expected one of {}", body.theme, names.join(", "));
        return Err(Problem::bad_request(text));
    };
    let entry = body.entry.check(&device, known).map_err(|errors| Problem::fields("the entry", errors))?;
    let mut order = EntryOrder { device, theme, seen: Some(seen), wish: Wish::Enter(Box::new(entry)) };
    if let Err(read) = app.board.read(|board| contact::kept(board, &mut order)) {
        let error = FieldError { field: "contact", read, expected: contact::EXPECTED.to_owned() };
        return Err(Problem::fields("the entry", vec![error]));
    }
    match app.board.read(|board| within(board, &who, &order)) {
        Err(Outside::Now) => return Err(missing(&id)),
        Err(Outside::Then) => {
            return Err(Problem::outside(
                "this needs the right edit_register for the theme, department and area of the entry",
            ));
        }
        Ok(()) => {}
    }
    match enter(&app, &who, order).await {
        Err(problem) if wanted.is_some() && problem.code() == "changed" => {
            return Err(Problem::precondition(problem.detail()));
        }
        entered => entered?,
    }
    detail(&app, &who, &id)
}

pub(crate) async fn retire(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(NoParams {}): Params<NoParams>,
) -> Result<StatusCode, Problem> {
    let found = app.board.read(|board| {
        let slot = board.device(&id).filter(|slot| visible(slot, &who))?;
        Some((slot.device.id.clone(), slot.device.theme.clone()))
    });
    let (device, theme) = found.ok_or_else(|| missing(&id))?;
    enter(&app, &who, EntryOrder { device, theme, seen: None, wish: Wish::Retire }).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn enter(app: &App, who: &Who, order: EntryOrder) -> Result<(), Problem> {
    let device = order.device.to_string();
    let orders =
        Orders { caller: who.name(), import: false, dry_run: false, orders: vec![order], line: who.line().cloned() };
    match app.commands.enter(orders).await {
        Ok(_) => Ok(()),
        Err(refused @ Refused::Changed { .. }) => {
            let newest = app.store.change_list(&who.scope, &device, None, 1).await?;
            let by = newest.first().map(|change| format!(", by {} at {}", change.caller, change.at.to_rfc3339()));
            Err(Problem::changed(format!("{refused}{}; read it again", by.unwrap_or_default())))
        }
        Err(refused) => Err(refused.into()),
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use chengshu_core::model::{Kind, KindId, Label, Theme, ThemeId};

    /// A theme with one kind, `gauge`.
    pub(crate) fn theme() -> Theme {
        let label = || Label { zh: "测".to_owned(), en: "test".to_owned() };
        let kind = Kind {
            id: KindId::parse("gauge").unwrap(),
            name: label(),
            expected_interval_s: 10,
            stale_after_s: 30,
            offline_after_s: 60,
            late_after_s: 300,
            reorder_ms: 0,
            metrics: Vec::new(),
        };
        Theme {
            id: ThemeId::parse("test").unwrap(),
            name: label(),
            version: "1".to_owned(),
            kinds: vec![std::sync::Arc::new(kind)],
            rules: Vec::new(),
            kpis: Vec::new(),
            keep_readings_days: None,
            screen: String::new(),
            error: None,
        }
    }
}
