//! Scopes as statements see them: a text of JSON for `scope_covers` (migration 9), or nothing where nothing is cut. It
//! decides nothing that `Scope::covers` would decide otherwise; a test holds the two against each other.

use std::borrow::Cow;

use chengshu_access::Scope;
use rustc_hash::FxHashSet;

use crate::{Store, StoreError};

/// The scope as a statement's parameter. None means everything: then its condition is gone before the statement is planned.
pub(crate) fn json(scope: &Scope) -> Option<String> {
    match scope {
        Scope::All => None,
        // what cannot be written covers nothing
        scope @ Scope::Of(_) => Some(serde_json::to_string(scope).unwrap_or_else(|_| "[]".to_owned())),
    }
}

/// Stands for a series that the scope does not cover; no series has this number.
const NO_SERIES: i32 = -1;

impl Store {
    /// The same series, those outside of the scope replaced by one that has no readings. Asks nobody when the scope is
    /// everything, so that such questions stay what they were.
    pub(crate) async fn series_within<'a>(
        &self,
        scope: &Scope,
        series: &'a [i32],
    ) -> Result<Cow<'a, [i32]>, StoreError> {
        let Some(scope) = json(scope) else { return Ok(Cow::Borrowed(series)) };
        let covered = sqlx::query_scalar!(
            "SELECT series.id FROM series JOIN device ON device.id = series.device
             WHERE series.id = ANY ($1) AND scope_covers($2::text::jsonb, theme, department, area)",
            series,
            scope,
        )
        .fetch_all(&self.readers())
        .await?;
        let covered: FxHashSet<i32> = covered.into_iter().collect();
        Ok(series.iter().map(|id| if covered.contains(id) { *id } else { NO_SERIES }).collect())
    }

    /// The same for one of them.
    pub(crate) async fn one_series_within(&self, scope: &Scope, series: i32) -> Result<i32, StoreError> {
        Ok(self.series_within(scope, &[series]).await?.first().copied().unwrap_or(NO_SERIES))
    }
}
