//! Keeps the managed broker's files true: whoever has a credential, and who speaks through whom, a second or two after the
//! register or the credentials changed. Level-triggered: it compares what should stand there with what it wrote, so nothing
//! is lost with a wake-up, a restart of the hub or one of the broker.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use chengshu_api::equipped;
use chengshu_broker::{passwords, rights};
use chengshu_core::seam::{Link, SharedClock};
use chengshu_engine::Board;
use chengshu_identity::DeviceKeys;
use chengshu_store::Store;
use nix::sys::signal::Signal;
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::child::Pulse;
use super::ear::Listener;
use super::mosquitto::Broker;

/// How often it looks without being woken.
const LOOK: Duration = Duration::from_secs(2);
/// After it has fallen silent for the sake of speed, it listens again when it has been calm for so long.
const CALM: Duration = Duration::from_secs(30);

/// What it keeps, and by what it knows.
pub struct Doorkeeper {
    /// The broker.
    pub broker: Broker,
    /// Its process.
    pub pulse: Pulse,
    /// What its log told.
    pub listener: Listener,
    /// The hub's link to it.
    pub link: Arc<Link>,
    /// Credentials.
    pub keys: DeviceKeys,
    /// The register.
    pub board: Board,
    /// For the audit.
    pub store: Store,
    /// The one clock.
    pub clock: SharedClock,
}

/// How things stand.
#[derive(Default)]
struct Standing {
    /// Of what was written last.
    written: Option<[u8; 32]>,
    /// When something was written that the broker has not read yet.
    unread: Option<Duration>,
    /// When the certificates were last changed.
    certificates: Vec<SystemTime>,
    /// Whether the broker's log tells of refusals.
    quiet: bool,
    /// Messages so far, and when that was looked at.
    messages: (u64, Duration),
    /// Since when there have been few messages.
    calm: Option<Duration>,
}

impl Doorkeeper {
    /// Until `stop`.
    pub async fn run(self, stop: CancellationToken) {
        let mut standing = Standing { certificates: self.certificates(), ..Standing::default() };
        loop {
            self.look(&mut standing).await;
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.keys.changed() => {}
                () = self.clock.sleep(LOOK) => {}
            }
        }
    }

    async fn look(&self, standing: &mut Standing) {
        if let Err(error) = self.keys.refresh().await {
            tracing::debug!(error = %error.database_words(), "the broker goes on with the credentials of before");
        }
        self.tell().await;
        let changed = self.equip(standing) | self.listen(standing) | self.renewed(standing);
        let now = self.clock.monotonic();
        if changed {
            standing.unread = Some(now);
        }
        let Some(unread) = standing.unread else { return };
        match self.pulse.since() {
            // it was started after that, and has read everything
            Some(since) if since > unread => standing.unread = None,
            // never before the hub is back: a reload takes the rights of a session that was restored and has not come
            Some(_) if self.listener.hub_came() => {
                self.pulse.signal(Signal::SIGHUP);
                standing.unread = None;
            }
            _ => {}
        }
    }

    /// Writes what changed of devices.
    fn equip(&self, standing: &mut Standing) -> bool {
        let Some(table) = self.keys.table() else { return false };
        let devices = self.board.read(|board| board.loaded.then(|| equipped(board, &table)));
        let Some(devices) = devices else { return false };
        let (passwords, rights) = (passwords(&devices), rights(&devices));
        let print = Sha256::new().chain_update(&passwords).chain_update([0]).chain_update(&rights).finalize().into();
        if standing.written == Some(print) {
            return false;
        }
        if let Err(error) = self.broker.equip(&passwords, &rights) {
            tracing::error!(error = format!("{error:#}"), "the broker's files cannot be written");
            return false;
        }
        standing.written = Some(print);
        true
    }

    /// Lets the broker tell of refusals while there are few messages: each costs it two thirds more then.
    fn listen(&self, standing: &mut Standing) -> bool {
        let (now, messages) = (self.clock.monotonic(), self.link.messages());
        let (before, then) = standing.messages;
        let span = now.saturating_sub(then);
        if span < LOOK / 2 {
            return false;
        }
        standing.messages = (messages, now);
        let per_second = messages.saturating_sub(before) as f64 / span.as_secs_f64();
        let most = f64::from(self.broker.config.refusals_below);
        if per_second >= most / 2.0 {
            standing.calm = None;
        }
        let calm = *standing.calm.get_or_insert(now);
        let quiet = match standing.quiet {
            false => per_second > most,
            true => now.saturating_sub(calm) < CALM,
        };
        if most == 0.0 || quiet == standing.quiet {
            return false;
        }
        if let Err(error) = self.broker.listen(!quiet) {
            tracing::error!(error = format!("{error:#}"), "the broker's configuration cannot be written");
            return false;
        }
        tracing::info!(quiet, per_second, "whether the broker tells of refusals");
        standing.quiet = quiet;
        true
    }

    /// Whether somebody laid new certificates where the broker reads them.
    fn renewed(&self, standing: &mut Standing) -> bool {
        let certificates = self.certificates();
        let renewed = certificates != standing.certificates;
        standing.certificates = certificates;
        renewed
    }

    fn certificates(&self) -> Vec<SystemTime> {
        let paths = self.broker.config.tls.iter().flat_map(|tls| [&tls.cert, &tls.key]);
        let changed = |path: &PathBuf| std::fs::metadata(path).and_then(|meta| meta.modified()).ok();
        paths.filter_map(changed).collect()
    }

    /// Writes what the broker refused into the audit.
    async fn tell(&self) {
        let lines = self.listener.lines();
        if !lines.is_empty()
            && let Err(error) = self.store.audit_write(&lines).await
        {
            tracing::warn!(error = %error.database_words(), "lines of the audit about the broker wait for the database");
            self.listener.keep(lines);
        }
    }
}
