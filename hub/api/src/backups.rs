//! The hub's backups of itself: when the newest was made, and whether it could be restored. The same shape is what the
//! hub remembers over a restart.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use axum::Json;
use axum::extract::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::Params;
use crate::problem::Problem;

/// A backup.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BackupView {
    /// When it began, ms since 1970.
    pub at: i64,
    /// How long it took, seconds.
    pub took_s: f64,
    /// How large it is.
    pub bytes: u64,
}

/// A backup that was restored into a scratch cluster.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BackupCheckView {
    /// When that began, ms since 1970.
    pub at: i64,
    /// It could be restored and holds every row.
    pub ok: bool,
    /// How long the whole restore took, seconds.
    pub took_s: f64,
    /// Rows of each table.
    pub rows: BTreeMap<String, i64>,
    /// What is wrong.
    pub detail: Option<String>,
}

/// A backup that could not be made.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
pub struct BackupFailureView {
    /// When it was tried, ms since 1970.
    pub at: i64,
    /// Why not.
    pub detail: String,
}

/// Automatic backups.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
pub struct BackupsView {
    /// `backup.dir` is set.
    pub configured: bool,
    /// The newest.
    pub last: Option<BackupView>,
    /// The newest check.
    pub last_check: Option<BackupCheckView>,
    /// The newest attempt, if it failed.
    pub failure: Option<BackupFailureView>,
}

/// What is known now, shared with whoever makes them.
#[derive(Debug, Clone, Default)]
pub struct Backups(Arc<RwLock<BackupsView>>);

impl Backups {
    /// Notes something new.
    pub fn set(&self, view: BackupsView) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = view;
    }

    /// What is known now.
    #[must_use]
    pub fn get(&self) -> BackupsView {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

pub(crate) async fn get(
    State(app): State<App>,
    _: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<BackupsView>, Problem> {
    Ok(Json(app.backups.get()))
}
