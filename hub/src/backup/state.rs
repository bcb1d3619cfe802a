//! What is known of the newest backups: in a small file, so that a restart still knows; on the API; and as two metrics.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chengshu_api::{BackupCheckView, BackupFailureView, BackupView, Backups, BackupsView};
use chengshu_core::model::Timestamp;
use prometheus::{IntGauge, Registry};
use serde::{Deserialize, Serialize};

use crate::managed::secret;

/// In the data folder. Not part of a backup: what is restored has made none yet.
pub const FILE: &str = "backups.json";

/// What stands in that file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Known {
    /// Where they were made; what was made elsewhere does not count.
    dir: PathBuf,
    #[serde(flatten)]
    view: BackupsView,
}

/// What an earlier hub knew of backups in `dir`. None, and a damaged file, mean that one is soon made.
fn known(data: &Path, dir: &Path) -> BackupsView {
    let text = std::fs::read_to_string(data.join(FILE)).unwrap_or_default();
    let known: Known = serde_json::from_str(&text).unwrap_or_default();
    if known.dir == dir { known.view } else { BackupsView::default() }
}

/// Whether backups have been made in `dir` before.
pub fn used(data: &Path, dir: &Path) -> bool {
    known(data, dir).last.is_some()
}

/// The newest backups, wherever they are shown.
pub struct State {
    file: PathBuf,
    dir: PathBuf,
    board: Backups,
    last_success: IntGauge,
    check_ok: IntGauge,
    wal_ok: IntGauge,
}

impl State {
    /// Reads what an earlier hub knew.
    pub fn open(data: &Path, dir: Option<&Path>, registry: &Registry) -> anyhow::Result<Self> {
        let gauge = |name: &str, help: &str| -> anyhow::Result<IntGauge> {
            let gauge = IntGauge::new(name, help)?;
            registry.register(Box::new(gauge.clone()))?;
            Ok(gauge)
        };
        let state = Self {
            file: data.join(FILE),
            dir: dir.unwrap_or(Path::new("")).to_owned(),
            board: Backups::default(),
            last_success: gauge(
                "chengshu_backup_last_success_timestamp_seconds",
                "When the newest backup was made, seconds since 1970; 0 never",
            )?,
            check_ok: gauge(
                "chengshu_backup_check_ok",
                "1 when the newest backup could be restored, 0 not, -1 unknown",
            )?,
            wal_ok: gauge(
                "chengshu_backup_wal_ok",
                "1 while WAL reaches its archive, 0 while it does not, -1 unknown",
            )?,
        };
        state.wal_ok.set(-1);
        state.show(BackupsView { configured: dir.is_some(), ..known(data, &state.dir) });
        Ok(state)
    }

    /// For the API.
    pub fn board(&self) -> Backups {
        self.board.clone()
    }

    /// When the newest backup was made.
    pub fn made_at(&self) -> Option<Timestamp> {
        self.board.get().last.map(|last| Timestamp::from_ms(last.at))
    }

    /// A backup was made.
    pub fn made(&self, at: Timestamp, took_s: f64, bytes: u64) {
        self.change(|view| {
            view.last = Some(BackupView { at: at.ms(), took_s, bytes });
            view.failure = None;
        });
    }

    /// None could be made.
    pub fn failed(&self, at: Timestamp, detail: String) {
        self.change(|view| view.failure = Some(BackupFailureView { at: at.ms(), detail }));
    }

    /// The newest was restored for a check, or could not be.
    pub fn checked(&self, at: Timestamp, took_s: f64, rows: BTreeMap<String, i64>, detail: Option<String>) {
        let check = BackupCheckView { at: at.ms(), ok: detail.is_none(), took_s, rows, detail };
        self.change(|view| view.last_check = Some(check));
    }

    /// Whether WAL reaches its archive.
    pub fn archiving(&self, good: bool) {
        self.wal_ok.set(i64::from(good));
    }

    fn change(&self, change: impl FnOnce(&mut BackupsView)) {
        let mut view = self.board.get();
        change(&mut view);
        self.show(view.clone());
        let known = Known { dir: self.dir.clone(), view };
        let write = || secret::write_private(&self.file, &serde_json::to_string(&known).context("as JSON")?);
        if let Err(error) = write() {
            tracing::warn!(error = format!("{error:#}"), "what is known of the backups could not be written down");
        }
    }

    fn show(&self, view: BackupsView) {
        self.last_success.set(view.last.as_ref().map_or(0, |last| last.at / 1_000));
        self.check_ok.set(view.last_check.as_ref().map_or(-1, |check| i64::from(check.ok)));
        self.board.set(view);
    }
}
