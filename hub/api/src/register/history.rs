//! Who changed an entry, when, and what.

use axum::Json;
use axum::extract::{Path, State};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::contact;
use super::device::{missing, visible};
use crate::app::App;
use crate::caller::Who;
use crate::params::{Params, page};
use crate::problem::Problem;

/// Which changes.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HistoryParams {
    /// Only those with a smaller number: the `next` of the page before.
    before: Option<i64>,
    /// At most this many, 1 to 500; default 50.
    #[schemars(range(min = 1, max = 500))]
    limit: Option<u32>,
}

/// A field that changed.
#[derive(Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct FieldChange {
    field: String,
    /// What stood there: null, a text, a list of texts, or [lng, lat].
    old: Value,
    /// What stands there since.
    new: Value,
}

impl FieldChange {
    /// Who was called about it before is personal data as well.
    fn masked(self) -> Self {
        if self.field != "contact" {
            return self;
        }
        let mask = |value: Value| value.as_str().map_or(Value::Null, |text| contact::masked(text.to_owned()).into());
        Self { old: mask(self.old), new: mask(self.new), ..self }
    }
}

/// A change of an entry.
#[derive(Debug, Serialize, JsonSchema)]
struct ChangeView {
    id: i64,
    /// When, ms since 1970.
    at: i64,
    /// By whom.
    caller: String,
    /// created, changed, retired or imported.
    action: String,
    changed: Vec<FieldChange>,
}

/// A page of changes, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ChangePage {
    changes: Vec<ChangeView>,
    /// Ask again with `before` set to this; none when this was the last page.
    next: Option<i64>,
}

pub(crate) async fn list(
    State(app): State<App>,
    who: Who,
    Path(id): Path<String>,
    Params(params): Params<HistoryParams>,
) -> Result<Json<ChangePage>, Problem> {
    let limit = page(params.limit, 50, 500)?;
    if !app.board.read(|board| board.device(&id).is_some_and(|slot| visible(slot, &who))) {
        return Err(missing(&id));
    }
    let rows = app.store.change_list(&who.scope, &id, params.before, limit as i64).await?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|row| row.id);
    let mut changes = Vec::with_capacity(rows.len());
    for row in rows {
        let changed: Vec<FieldChange> = serde_json::from_str(&row.changed)?;
        let changed = changed.into_iter().map(FieldChange::masked).collect();
        changes.push(ChangeView { id: row.id, at: row.at.ms(), caller: row.caller, action: row.action, changed });
    }
    Ok(Json(ChangePage { changes, next }))
}
