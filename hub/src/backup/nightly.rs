//! Automatic backups of a running hub: made, checked, and the old ones removed. Nothing that goes wrong here, a panic
//! included, reaches the rest of the hub; it is logged, shown on the API, and tried again.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chengshu_api::Backups;
use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_store::Store;
use futures_util::FutureExt as _;
use prometheus::Registry;
use tokio_util::sync::CancellationToken;

use super::folder::{Claim, Folder};
use super::make::{self, Job};
use super::schedule::{self, Past};
use super::state::{self, State};
use super::target::Target;
use super::{check, files};
use crate::config::{BackupConfig, Config};
use crate::managed::secret;

/// The clock on the wall may be set meanwhile: no longer sleep than this.
const LOOK: Duration = Duration::from_secs(60);

/// The automatic backups of this hub.
pub struct Nightly {
    config: BackupConfig,
    job: Job,
    store: Store,
    state: State,
    clock: SharedClock,
}

/// Where the managed cluster puts its WAL, if automatic backups are configured. A folder that is away keeps the WAL in
/// the cluster until it is back; one that belongs to another hub is left alone.
pub fn wal_archive(config: &Config, data: &Path) -> anyhow::Result<Option<PathBuf>> {
    let Some(dir) = &config.backup.dir else { return Ok(None) };
    match Folder::claim(dir, &secret::keep(&data.join("instance.id"))?, state::used(data, dir)) {
        Claim::Ours(folder) => {
            use std::os::unix::fs::MetadataExt as _;
            let device = |path: &Path| path.metadata().ok().map(|meta| meta.dev());
            if device(folder.dir()) == device(data) {
                tracing::warn!(dir = %dir.display(), "backups stand on the disk of the data: they are lost with it");
            }
            Ok(Some(folder.wal()))
        }
        Claim::Away(error) => {
            tracing::error!(error = format!("{error:#}"), "no place for backups now; WAL is kept until there is one");
            Ok(Some(Folder::wal_of(dir)))
        }
        Claim::Foreign(error) => {
            tracing::error!(error = format!("{error:#}"), "no backups are made");
            Ok(None)
        }
    }
}

impl Nightly {
    /// Prepares them; without `backup.dir` they only say that they are not configured.
    pub fn prepare(
        config: &Config,
        data: &Path,
        url: &str,
        store: &Store,
        registry: &Registry,
        clock: &SharedClock,
    ) -> anyhow::Result<Self> {
        let backup = config.backup.clone();
        let job = Job {
            url: url.to_owned(),
            managed: config.database_url.is_none(),
            data: data.to_owned(),
            config: config.files.clone(),
            exclude: [&backup.dir, &backup.scratch_dir].into_iter().flatten().cloned().collect(),
        };
        let state = State::open(data, backup.dir.as_deref(), registry)?;
        Ok(Self { config: backup, job, store: store.clone(), state, clock: clock.clone() })
    }

    /// What the API shows of them.
    pub fn board(&self) -> Backups {
        self.state.board()
    }

    /// Makes them until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let Some(dir) = &self.config.dir else { return };
        let zone = jiff::tz::TimeZone::system();
        let mut past = Past { started: self.clock.now(), made: None, failed: None };
        let mut archiving = true;
        loop {
            past.made = self.state.made_at();
            let due = schedule::due(&self.config, past, &zone);
            while self.clock.now() < due {
                archiving = self.watch_archive(archiving).await;
                tokio::select! {
                    () = self.clock.sleep(due.wait_from(self.clock.now()).min(LOOK)) => {}
                    () = stop.cancelled() => return,
                }
            }
            let begun = self.clock.now();
            let once = std::panic::AssertUnwindSafe(self.once(dir, &stop)).catch_unwind();
            let result = tokio::select! {
                result = once => result.unwrap_or_else(|_| Err(anyhow::anyhow!("it panicked; the log has the place"))),
                () = stop.cancelled() => return, // what is half made is removed by the next
            };
            if let Err(error) = result {
                let error = format!("{error:#}");
                tracing::error!(error, "no backup could be made; trying again within the hour");
                self.state.failed(begun, error);
                past.failed = Some(self.clock.now());
            }
        }
    }

    async fn once(&self, dir: &Path, stop: &CancellationToken) -> anyhow::Result<()> {
        let instance = secret::keep(&self.job.data.join("instance.id"))?;
        let folder = match Folder::claim(dir, &instance, self.state.made_at().is_some()) {
            Claim::Ours(folder) => folder,
            Claim::Away(error) | Claim::Foreign(error) => return Err(error),
        };
        let (at, begun) = (self.clock.now(), self.clock.monotonic());
        let target = {
            let folder = folder.clone();
            make::blocking(move || {
                folder.sweep()?;
                Target::open(&folder.place(at), None)
            })
            .await?
        };
        let manifest = match make::make(&self.job, &target.part, &self.clock, stop).await {
            Ok(manifest) => manifest,
            Err(error) => {
                let part = target.part;
                let removed = make::blocking(move || std::fs::remove_dir_all(part).context("removing what was copied"));
                if let Err(second) = removed.await {
                    tracing::warn!(error = format!("{second:#}"), "an unfinished backup stays until the next");
                }
                return Err(error);
            }
        };
        let path = target.finish()?;
        let took_s = make::seconds(&self.clock, begun);
        tracing::info!(backup = %path.display(), took_s, mb = manifest.bytes() / 1_000_000, "backup made");
        self.state.made(at, took_s, manifest.bytes());
        let (keep, old) = (self.config.keep, folder.clone());
        if let Err(error) = make::blocking(move || old.prune(keep)).await {
            tracing::error!(error = format!("{error:#}"), "old backups could not be removed");
        }
        if self.config.check {
            self.check(&path, &folder, stop).await;
        }
        Ok(())
    }

    async fn check(&self, backup: &Path, folder: &Folder, stop: &CancellationToken) {
        let (at, begun) = (self.clock.now(), self.clock.monotonic());
        let scratch = self.config.scratch_dir.as_deref().unwrap_or(folder.dir());
        let archive = self.job.managed.then(|| folder.wal());
        let result = match files::make_folder(scratch) {
            Ok(()) => check::check("hub", backup, scratch, archive.as_deref(), &self.clock, stop).await,
            Err(error) => Err(error),
        };
        let took_s = make::seconds(&self.clock, begun);
        let (rows, detail) = match result {
            Ok(checked) => {
                let faults = checked.faults.join("; ");
                (checked.rows, (!faults.is_empty()).then_some(faults))
            }
            Err(error) => (Default::default(), Some(format!("{error:#}"))),
        };
        match &detail {
            None => {
                tracing::info!(took_s, readings = rows.get("reading"), "the backup was restored and holds every row")
            }
            Some(detail) => tracing::error!(took_s, detail, "THE BACKUP IS NO GOOD"),
        }
        self.state.checked(at, took_s, rows, detail);
    }

    /// Tells once when WAL no longer reaches the archive, and once when it does again.
    async fn watch_archive(&self, good_before: bool) -> bool {
        if !self.job.managed {
            return good_before; // whoever keeps that server keeps its WAL
        }
        let Ok(archiver) = self.store.archiver().await else { return good_before }; // the database is away: told elsewhere
        let newest = archiver.archived.as_ref().map(|(segment, at)| format!("{segment} at {}", at.to_rfc3339()));
        match &archiver.failing {
            Some(segment) if good_before => tracing::error!(
                segment,
                newest,
                "WAL does not reach the backups: the folder is away, full, or holds another segment of that name; it \
                 piles up on the disk of the data until this is mended"
            ),
            None if !good_before => tracing::info!(newest, "WAL reaches the backups again"),
            _ => {}
        }
        self.state.archiving(archiver.failing.is_none());
        archiver.failing.is_none()
    }
}

/// The newest backup of `backup.dir`.
pub fn newest(dir: &Path) -> anyhow::Result<PathBuf> {
    Folder::whole(dir)?.pop().with_context(|| format!("no backup has been made in {} yet", dir.display()))
}

/// A moment as a person reads it.
pub fn told(at: i64) -> String {
    Timestamp::from_ms(at).to_rfc3339()
}
