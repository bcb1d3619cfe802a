//! Minds the chain: looks at the start whether it fits the head that was kept in the second place, keeps that head up to
//! date while it does, follows the whole chain once a day, and forgets what is older than the settings say and copied. A
//! head that does not fit is left where it is, as evidence, until a person takes it away.

use std::time::Duration;

use chengshu_access::Mark;
use chengshu_store::{AuditProtection, StoreError};

use crate::keeper::{Forgettable, Keeper, NotVerified};
use crate::place;

const LOOK: Duration = Duration::from_secs(5);
const DAY: Duration = Duration::from_secs(86_400);
/// After the start there is more urgent work than following the whole chain.
const FIRST_DAY: Duration = Duration::from_secs(600);
/// Batches that are followed at the start.
const NEWEST: u64 = 1_000;

pub(crate) async fn run(keeper: &Keeper) {
    let (mut begun, clock) = (false, keeper.clock());
    let mut daily = clock.monotonic() + FIRST_DAY;
    loop {
        let result = if begun { look(keeper).await } else { begin(keeper).await };
        match result {
            Ok(()) => begun = true,
            Err(error) => tracing::debug!(error = %error.database_words(), "the audit waits for the database"),
        }
        if begun && clock.monotonic() >= daily {
            daily = clock.monotonic() + DAY;
            day(keeper).await;
        }
        clock.sleep(LOOK).await;
    }
}

/// What is looked at when the hub starts.
async fn begin(keeper: &Keeper) -> Result<(), StoreError> {
    let Some(data) = keeper.data() else { return Ok(()) };
    match place::kept_head(data) {
        Ok(Some(mark)) => fits(keeper, mark).await?,
        Ok(None) => {}
        Err(error) => tracing::error!(%error, file = place::KEPT_HEAD, "the kept head of the audit cannot be read"),
    }
    if let Err(broken) = keeper.store().audit_verify_newest(NEWEST).await? {
        let found = [("found", broken.what.id().to_owned()), ("batch", broken.batch.to_string())];
        keeper.alarm("newest", &found).await?;
    }
    if keeper.store().audit_protection().await? == AuditProtection::Disarmed {
        tracing::error!("somebody switched off the triggers that protect the audit; see `chengshu doctor`");
    }
    look(keeper).await
}

/// Looks whether the chain still passes a head, and notes it.
async fn fits(keeper: &Keeper, mark: Mark) -> Result<(), StoreError> {
    let wrong = keeper.store().audit_fit(mark).await?.and_then(Result::err);
    keeper.kept(mark, wrong);
    match wrong {
        None => Ok(()),
        Some(what) => keeper.alarm("kept_head", &[("found", what.id().to_owned()), ("kept", mark.to_string())]).await,
    }
}

/// Keeps the newest head, if the chain still passes the one before.
async fn look(keeper: &Keeper) -> Result<(), StoreError> {
    let Some(data) = keeper.data().cloned() else { return Ok(()) };
    let (_, end) = keeper.store().audit_heads().await?;
    let (before, end) = (keeper.standing().kept, Mark::from(end));
    if before.is_some_and(|kept| kept.wrong.is_some() || kept.mark == end) {
        return Ok(());
    }
    if let Some(kept) = before {
        fits(keeper, kept.mark).await?;
        if keeper.standing().kept.is_some_and(|kept| kept.wrong.is_some()) {
            return Ok(());
        }
    }
    match tokio::task::spawn_blocking(move || place::keep_head(&data, end)).await {
        Ok(Ok(())) => keeper.kept(end, None),
        Ok(Err(error)) => tracing::warn!(%error, "the head of the audit could not be kept"),
        Err(error) => tracing::warn!(%error, "the head of the audit could not be kept"),
    }
    Ok(())
}

async fn day(keeper: &Keeper) {
    match keeper.verify().await {
        Ok(chain) if chain.result.is_ok() => tracing::debug!("the chain of the audit is whole"),
        Ok(_) | Err(NotVerified::Busy) => {} // an alarm was raised, or somebody is at it
        Err(error) => {
            tracing::warn!(%error, "the chain of the audit could not be followed; it is tried again tomorrow")
        }
    }
    if let Err(error) = keeper.forget().await {
        let error = error.database_words();
        tracing::warn!(error, "old lines of the audit could not be forgotten; it is tried again tomorrow");
    }
}

/// Forgets what is old and copied, a day at a time: whoever writes a line waits meanwhile.
pub(crate) async fn forget(keeper: &Keeper) -> Result<(), StoreError> {
    let (store, mut wanted) = (keeper.store(), keeper.oldest_wanted());
    match keeper.forgettable() {
        Forgettable::All => {}
        Forgettable::Nothing => return Ok(()),
        Forgettable::UpTo(batches) => {
            if let Some(first) = store.audit_oldest(Some(batches)).await? {
                wanted = wanted.min(first);
            }
        }
    }
    while let Some(oldest) = store.audit_oldest(None).await?.filter(|oldest| *oldest < wanted) {
        let (batches, lines) = store.audit_forget(wanted.min(oldest.after(DAY))).await?;
        tracing::info!(batches, lines, before = wanted.to_rfc3339(), "old lines of the audit were forgotten");
        if batches == 0 {
            break;
        }
    }
    Ok(())
}
