//! The loop that copies: from where the copy is, batch after batch, until it is at the end of the chain; then it waits to be
//! woken, and looks by itself every few seconds. A receiver that is away is tried again and catches up. Nothing is skipped:
//! where the chain is no longer the one that was copied, an alarm is raised and all of it is copied anew.

use std::collections::VecDeque;
use std::time::Duration;

use chengshu_access::Head;
use chengshu_core::seam::SharedClock;
use tokio::sync::watch;

use crate::file::Files;
use crate::keeper::Keeper;
use crate::record::Record;
use crate::syslog;
use crate::trouble::Trouble;
use crate::wire::{SyslogTarget, UNTAKEN, Wire};

/// Batches that are read and sent together.
const PORTION: u64 = 200;
const LOOK: Duration = Duration::from_secs(5);
const AGAIN_FIRST: Duration = Duration::from_secs(1);
const AGAIN_MOST: Duration = Duration::from_secs(60);
/// A disk, perhaps of another machine, must have answered by then.
const PATIENCE: Duration = Duration::from_secs(30);
/// What was sent earlier than this on a connection that still stands has been taken, and read.
const SETTLED: Duration = Duration::from_secs(30);
const _: () = assert!(UNTAKEN.as_secs() < SETTLED.as_secs());

/// Where a copy goes.
pub(crate) trait Target {
    /// Makes ready, and says how far the copy goes. `known`: what is sure of it.
    async fn begin(&mut self, known: Option<Head>) -> Result<Option<Head>, Trouble>;
    /// Adds these, up to `head`.
    async fn send(&mut self, records: Vec<Record>, head: Head) -> Result<(), Trouble>;
    /// Up to where nothing need be sent again.
    fn sure(&mut self) -> Option<Head>;
    /// Waits until it cannot go on.
    async fn ended(&mut self) -> Trouble;
}

/// A file.
pub(crate) struct ToFile {
    pub(crate) files: Files,
    pub(crate) clock: SharedClock,
    pub(crate) sure: Option<Head>,
}

impl ToFile {
    async fn within<T>(&self, answer: impl Future<Output = Result<T, Trouble>>) -> Result<T, Trouble> {
        tokio::select! {
            answer = answer => answer,
            () = self.clock.sleep(PATIENCE) => {
                Err(Trouble::new("silent", format!("its disk has not answered for {} s", PATIENCE.as_secs())))
            }
        }
    }
}

impl Target for ToFile {
    async fn begin(&mut self, known: Option<Head>) -> Result<Option<Head>, Trouble> {
        self.sure = self.within(self.files.find(known.is_some())).await?;
        Ok(self.sure)
    }

    async fn send(&mut self, records: Vec<Record>, head: Head) -> Result<(), Trouble> {
        self.within(self.files.add(records)).await?;
        self.sure = Some(head);
        Ok(())
    }

    fn sure(&mut self) -> Option<Head> {
        self.sure
    }

    async fn ended(&mut self) -> Trouble {
        std::future::pending().await
    }
}

/// A receiver of syslog.
pub(crate) struct ToSyslog {
    pub(crate) target: SyslogTarget,
    pub(crate) host: String,
    pub(crate) clock: SharedClock,
    wire: Option<Wire>,
    sure: Option<Head>,
    /// What was sent, and when, the latest last.
    sent: VecDeque<(Duration, Head)>,
}

impl ToSyslog {
    pub(crate) fn new(target: SyslogTarget, host: String, clock: SharedClock) -> Self {
        Self { target, host, clock, wire: None, sure: None, sent: VecDeque::new() }
    }
}

impl Target for ToSyslog {
    async fn begin(&mut self, known: Option<Head>) -> Result<Option<Head>, Trouble> {
        self.wire = None;
        self.sent.clear();
        self.sure = known;
        self.wire = Some(Wire::connect(&self.target, &self.clock).await?);
        Ok(known)
    }

    async fn send(&mut self, records: Vec<Record>, head: Head) -> Result<(), Trouble> {
        let Some(wire) = &mut self.wire else { return Err(Trouble::new("ended", "there is no connection")) };
        for record in &records {
            wire.send(&syslog::frames(record, &self.host)).await?;
        }
        self.sent.push_back((self.clock.monotonic(), head));
        Ok(())
    }

    fn sure(&mut self) -> Option<Head> {
        let now = self.clock.monotonic();
        while let Some((_, head)) = self.sent.pop_front_if(|(at, _)| now.saturating_sub(*at) >= SETTLED) {
            self.sure = Some(head);
        }
        self.sure
    }

    async fn ended(&mut self) -> Trouble {
        match &mut self.wire {
            Some(wire) => wire.ended().await,
            None => std::future::pending().await,
        }
    }
}

/// Copies for ever. `which`: its place among the copies.
pub(crate) async fn run<T: Target>(mut target: T, keeper: Keeper, which: usize) {
    let mut written = keeper.store().audit_written();
    let mut pause = AGAIN_FIRST;
    loop {
        let mut moved = false;
        let trouble = session(&mut target, &keeper, which, &mut written, &mut moved).await;
        pause = if moved { AGAIN_FIRST } else { (pause * 2).min(AGAIN_MOST) };
        keeper.stuck(which, trouble).await;
        keeper.clock().sleep(pause).await;
    }
}

/// Until it cannot go on; says why.
async fn session<T: Target>(
    target: &mut T,
    keeper: &Keeper,
    which: usize,
    written: &mut watch::Receiver<()>,
    moved: &mut bool,
) -> Trouble {
    let mut at = match target.begin(keeper.sure(which)).await {
        Ok(head) => head,
        Err(trouble) => return trouble,
    };
    loop {
        written.mark_unchanged();
        let batches = match keeper.next(which, &mut at, PORTION).await {
            Ok(batches) => batches,
            Err(error) => {
                tracing::debug!(error = %error.database_words(), "the copy of the audit waits for the database");
                tokio::select! {
                    () = keeper.clock().sleep(LOOK) => continue,
                    trouble = target.ended() => return trouble,
                }
            }
        };
        let Some(last) = batches.last().map(|batch| batch.head) else {
            *moved = true;
            keeper.copied(which, at, target.sure()).await;
            tokio::select! {
                _ = written.changed() => continue, // the store lives as long as we do
                () = keeper.clock().sleep(LOOK) => continue,
                trouble = target.ended() => return trouble,
            }
        };
        let mut previous = at.unwrap_or(Head::START).hash;
        let records = batches.into_iter().map(|batch| {
            let record = Record::of(previous, batch);
            previous = record.hash;
            record
        });
        if let Err(trouble) = target.send(records.collect(), last).await {
            return trouble;
        }
        (at, *moved) = (Some(last), true);
        keeper.copied(which, at, target.sure()).await;
    }
}
