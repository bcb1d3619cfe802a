//! What keeps the audit: shared by the copies, by whoever minds the chain, and by the screens that show how it all stands.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chengshu_access::{Act, AuditLine, Head, Identity, Mark, Outcome};
use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_store::{Store, StoreError, WrittenBatch};
use prometheus::Registry;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::copy::{self, ToFile, ToSyslog};
use crate::file::Files;
use crate::standing::{Chain, CopyKind, CopyStanding, Gauges, Kept, Standing};
use crate::trouble::Trouble;
use crate::{Options, mind, place};

/// Keeps the audit (审计的异地留存与校验).
#[derive(Clone)]
pub struct Keeper(Arc<Inner>);

struct Inner {
    store: Store,
    clock: SharedClock,
    options: Options,
    data: Option<PathBuf>,
    standing: Mutex<Standing>,
    gauges: Gauges,
    /// One follows the chain at a time.
    following: Arc<Semaphore>,
    /// One writes down how the copies stand at a time.
    writing: tokio::sync::Mutex<()>,
    /// What an alarm was raised about.
    alarms: Mutex<BTreeSet<String>>,
}

/// Why the chain was not followed.
#[derive(Debug, thiserror::Error)]
pub enum NotVerified {
    /// Somebody follows it already.
    #[error("the chain is being followed already")]
    Busy,
    /// The database did not answer.
    #[error("the database did not answer")]
    Store(#[from] StoreError),
    /// It was followed by a task that ended without an answer.
    #[error("the hub stops")]
    Stopped,
}

impl Keeper {
    /// Keeps what `options` say, with its own files under `data`; without a folder it keeps nothing and only verifies.
    ///
    /// # Errors
    /// [`prometheus::Error`] when a name is taken.
    pub fn new(
        store: Store,
        clock: SharedClock,
        options: Options,
        data: Option<PathBuf>,
        registry: &Registry,
    ) -> Result<Self, prometheus::Error> {
        let gauges = Gauges::new()?;
        gauges.register(registry)?;
        let before = data.as_deref().map(place::copies).unwrap_or_default();
        let file = options.file.as_ref().map(|file| (CopyKind::File, file.path.display().to_string()));
        let syslog = options.syslog.as_ref().map(|syslog| (CopyKind::Syslog, syslog.address.clone()));
        let copies = file.into_iter().chain(syslog).map(|(kind, to)| {
            let known = before.iter().find(|known| known.kind == kind && known.to == to).cloned();
            known.unwrap_or_else(|| CopyStanding::new(kind, to))
        });
        let standing = Mutex::new(Standing { copies: copies.collect(), ..Standing::default() });
        let following = Arc::new(Semaphore::new(1));
        let (writing, alarms) = (tokio::sync::Mutex::default(), Mutex::default());
        Ok(Self(Arc::new(Inner { store, clock, options, data, standing, gauges, following, writing, alarms })))
    }

    /// Runs until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let Options { file, syslog, host, .. } = self.0.options.clone();
        let places = self.standing().copies;
        let place = |kind: CopyKind| places.iter().position(|copy| copy.kind == kind).unwrap_or_default();
        let clock = || self.0.clock.clone();
        let to_file = async {
            let Some(file) = file else { return };
            let target = ToFile { files: Files::new(file), clock: clock(), sure: None };
            copy::run(target, self.clone(), place(CopyKind::File)).await;
        };
        let to_syslog = async {
            let Some(syslog) = syslog else { return };
            copy::run(ToSyslog::new(syslog, host, clock()), self.clone(), place(CopyKind::Syslog)).await;
        };
        tokio::select! {
            _ = async { tokio::join!(to_file, to_syslog, mind::run(&self)) } => {}
            () = stop.cancelled() => {}
        }
    }

    /// How it all stands.
    #[must_use]
    pub fn standing(&self) -> Standing {
        self.lock().clone()
    }

    /// Days that lines are kept.
    #[must_use]
    pub fn keep_days(&self) -> u32 {
        self.0.options.keep_days
    }

    /// Follows the whole chain, past the head that was kept in the second place; one at a time. Goes on to its end even
    /// when nobody waits for it any more: the standing then tells.
    ///
    /// # Errors
    /// [`NotVerified`].
    pub async fn verify(&self) -> Result<Chain, NotVerified> {
        let turn = self.0.following.clone().try_acquire_owned().map_err(|_| NotVerified::Busy)?;
        let keeper = self.clone();
        let following = tokio::spawn(async move {
            let _turn = turn;
            keeper.follow().await
        });
        Ok(following.await.map_err(|_| NotVerified::Stopped)??)
    }

    /// Forgets what is older than the settings say and copied; the hub does so once a day.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn forget(&self) -> Result<(), StoreError> {
        mind::forget(self).await
    }

    async fn follow(&self) -> Result<Chain, StoreError> {
        let kept = self.lock().kept.map(|kept| kept.mark);
        let (start, _) = self.0.store.audit_heads().await?;
        let result = self.0.store.audit_verify(kept).await?;
        let chain = Chain { at: self.0.clock.now(), start, result };
        self.change(|standing| standing.chain = Some(chain));
        if let Err(broken) = result {
            let found = [
                ("found", broken.what.id().to_owned()),
                ("batch", broken.batch.to_string()),
                ("line", broken.line.to_string()),
            ];
            self.alarm("chain", &found).await?;
        }
        Ok(chain)
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn clock(&self) -> &SharedClock {
        &self.0.clock
    }

    pub(crate) fn data(&self) -> Option<&PathBuf> {
        self.0.data.as_ref()
    }

    fn lock(&self) -> MutexGuard<'_, Standing> {
        self.0.standing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut Standing)) {
        let mut standing = self.lock();
        change(&mut standing);
        self.0.gauges.chain(&standing);
    }

    pub(crate) fn kept(&self, mark: Mark, wrong: Option<chengshu_access::Break>) {
        self.change(|standing| standing.kept = Some(Kept { mark, wrong }));
    }

    /// Says aloud that the audit is not what it was, in the log and in the audit itself; once for each thing.
    pub(crate) async fn alarm(&self, about: &str, found: &[(&str, String)]) -> Result<(), StoreError> {
        let known = |set: &Self| set.0.alarms.lock().unwrap_or_else(PoisonError::into_inner).contains(about);
        if known(self) {
            return Ok(());
        }
        tracing::error!(about, ?found, "THE AUDIT IS NOT WHAT IT WAS; keep everything as it is and find out why");
        let (now, hub) = (self.0.clock.now(), Identity::Local);
        let mut line = AuditLine::new(now, Some(&hub), None, Act::AuditAlarm, Outcome::Failed);
        line.object = Some("audit".to_owned());
        line.detail.insert("about".to_owned(), about.to_owned());
        line.detail.extend(found.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
        self.0.store.audit_write(&[line]).await?;
        self.0.alarms.lock().unwrap_or_else(PoisonError::into_inner).insert(about.to_owned());
        Ok(())
    }

    /// Up to where a copy need not be sent again.
    pub(crate) fn sure(&self, which: usize) -> Option<Head> {
        self.lock().copies.get(which).and_then(|copy| copy.sure)
    }

    /// What a copy that is at `at` needs next. Where the chain no longer passes there, that is the beginning.
    pub(crate) async fn next(
        &self,
        which: usize,
        at: &mut Option<Head>,
        most: u64,
    ) -> Result<Vec<WrittenBatch>, StoreError> {
        let store = &self.0.store;
        let (start, end) = store.audit_heads().await?;
        let fit = match *at {
            None => None,
            Some(head) => store.audit_fit(head.into()).await?,
        };
        match (fit, *at) {
            (Some(Ok(())), _) => {}
            (Some(Err(what)), Some(head)) => {
                let kind = self.lock().copies.get(which).map_or("", |copy| copy.kind.id());
                let found = [("found", what.id().to_owned()), ("kept", Mark::from(head).to_string())];
                self.alarm(&format!("copy_{kind}"), &found).await?;
                *at = Some(start);
            }
            (_, Some(head)) => {
                let (copied, kept) = (head.batches, start.batches);
                tracing::warn!(
                    copied,
                    kept,
                    "the copy has a gap: what lies between was forgotten before it was copied"
                );
                *at = Some(start);
            }
            (_, None) => *at = Some(start),
        }
        let from = at.unwrap_or(start);
        self.show(which, |copy| copy.sent = Some(from), Some((start, end)));
        store.audit_after(&from, most).await
    }

    /// A copy has got as far as `sent`.
    pub(crate) async fn copied(&self, which: usize, sent: Option<Head>, sure: Option<Head>) {
        let (now, mut again, mut news) = (self.0.clock.now(), false, false);
        let change = |copy: &mut CopyStanding| {
            again = copy.trouble.take().is_some();
            news = again || copy.sent != sent || copy.sure != sure;
            (copy.sent, copy.sure, copy.at) = (sent, sure, Some(now));
        };
        self.show(which, change, None);
        if again {
            tracing::info!("the copy of the audit gets on again");
        }
        if news {
            self.write_down().await;
        }
    }

    /// A copy does not get on.
    pub(crate) async fn stuck(&self, which: usize, trouble: Trouble) {
        let now = self.0.clock.now();
        let mut news = None;
        let change = |copy: &mut CopyStanding| {
            let since = copy.trouble.as_ref().map_or(now, |(since, _)| *since);
            if copy.trouble.as_ref().is_none_or(|(_, known)| *known != trouble) {
                news = Some(copy.kind);
                copy.trouble = Some((since, trouble.clone()));
            }
        };
        self.show(which, change, None);
        if let Some(kind) = news {
            tracing::warn!(to = kind.id(), code = trouble.code, error = %trouble, "the audit is not copied off the host");
            self.write_down().await;
        }
    }

    fn show(&self, which: usize, change: impl FnOnce(&mut CopyStanding), ends: Option<(Head, Head)>) {
        let mut standing = self.lock();
        let Some(copy) = standing.copies.get_mut(which) else { return };
        change(copy);
        let waiting = ends.map(|(start, end)| copy.waiting(&start, &end));
        self.0.gauges.copy(copy.kind, copy.trouble.is_none(), waiting);
    }

    async fn write_down(&self) {
        let Some(data) = self.0.data.clone() else { return };
        let _turn = self.0.writing.lock().await;
        let copies = self.standing().copies;
        let written = tokio::task::spawn_blocking(move || place::keep_copies(&data, &copies)).await;
        let failed =
            written.map_or_else(|error| Some(error.to_string()), |done| done.err().map(|error| error.to_string()));
        if let Some(error) = failed {
            tracing::warn!(
                error,
                "how far the audit is copied could not be written down; some of it will be copied twice"
            );
        }
    }

    /// What may be forgotten of a chain as far as the copies are concerned: all, nothing, or what comes before this.
    pub(crate) fn forgettable(&self) -> Forgettable {
        let standing = self.lock();
        let sure = standing.copies.iter().map(|copy| copy.sure.map(|sure| sure.batches));
        match sure.reduce(|one, other| one.zip(other).map(|(one, other)| one.min(other))) {
            None => Forgettable::All,
            Some(None) => Forgettable::Nothing,
            Some(Some(batches)) => Forgettable::UpTo(batches),
        }
    }

    pub(crate) fn oldest_wanted(&self) -> Timestamp {
        const DAY_MS: i64 = 86_400_000;
        // an hour more: the database compares with its own clock, and refuses what is too young
        Timestamp::from_ms(self.0.clock.now().ms() - i64::from(self.keep_days()) * DAY_MS - DAY_MS / 24)
    }
}

/// What the copies let go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Forgettable {
    All,
    Nothing,
    /// Batches up to this number.
    UpTo(u64),
}
