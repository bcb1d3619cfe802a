//! The loop: what is due goes to its adapter, what adapters say is written down. Woken by whoever adds a row; polling makes
//! it certain. A command is not given twice while an adapter has it.

use std::time::Duration;

use chengshu_core::model::{CommandId, Order, Progress, Timestamp};
use chengshu_core::seam::OrderReports;
use chengshu_store::{CommandChange, StoreError, StoredCommand};
use rustc_hash::FxHashMap;
use tokio_util::sync::CancellationToken;

use crate::Dispatch;
use crate::verdict::{Verdict, judge};

const POLL: Duration = Duration::from_secs(1);
/// Commands that are looked at in one round.
const ROUND: i64 = 200;
/// What people and devices say is kept up to so many characters.
const WORDS: usize = 500;

/// Commands that an adapter has, and when each is too late.
type Given = FxHashMap<i64, Timestamp>;

/// Runs until `stop`. What an adapter has then is tried again by the next run, unless it is dangerous.
pub async fn run(dispatch: Dispatch, mut reports: OrderReports, stop: CancellationToken) {
    let work = async {
        while !dispatch.board.read(|board| board.loaded) {
            dispatch.clock.sleep(Duration::from_millis(500)).await; // there may be no table to read before
        }
        let mut given = Given::default();
        dispatch.insist(|| dispatch.store.command_recover(dispatch.clock.now())).await;
        loop {
            if let Err(error) = dispatch.round(&mut given).await {
                tracing::warn!(error = %error.database_words(), "commands to devices wait for the database");
            }
            tokio::select! {
                () = dispatch.wake.notified() => {}
                () = dispatch.clock.sleep(POLL) => {}
                Some((command, progress)) = reports.recv() => {
                    dispatch.told(&mut given, command, progress).await;
                    while let Ok((command, progress)) = reports.try_recv() {
                        dispatch.told(&mut given, command, progress).await;
                    }
                }
            }
        }
    };
    tokio::select! {
        () = work => {}
        () = stop.cancelled() => {}
    }
}

impl Dispatch {
    async fn round(&self, given: &mut Given) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.metrics.ends.with_label_values(&["expired"]).inc_by(self.store.command_expire(now).await?);
        given.retain(|_, expires| *expires > now);
        for command in self.store.command_due(now, ROUND).await? {
            if !given.contains_key(&command.id) {
                self.give(given, command).await?;
            }
        }
        Ok(())
    }

    async fn give(&self, given: &mut Given, command: StoredCommand) -> Result<(), StoreError> {
        let (id, expires) = (command.id, command.wanted.expires);
        let device = self.board.read(|board| board.device(&command.wanted.device).map(|slot| slot.device.clone()));
        let way = device.as_ref().and_then(|device| self.ways.get(device.link.as_str()));
        let (Some(way), Some(device)) = (way, &device) else {
            let by = device.map_or_else(|| "no link".to_owned(), |device| device.link.to_string());
            let words = format!("the device was last heard by {by}, which carries no commands");
            return self.end(id, "no_way", &words).await;
        };
        let params = match serde_json::from_str(&command.wanted.params) {
            Ok(params) => params,
            Err(error) => return self.end(id, "bad_param", &error.to_string()).await,
        };
        let (device, theme) = (device.id.clone(), device.theme.clone());
        let order = Order { id: CommandId(id), device, theme, name: command.wanted.name, params, expires };
        // an adapter without room is asked again in the next round
        if way.give(order) {
            given.insert(id, expires);
        }
        Ok(())
    }

    async fn end(&self, id: i64, code: &str, words: &str) -> Result<(), StoreError> {
        let change = CommandChange {
            state: "failed",
            from: &["approved", "sent"],
            code: Some(code),
            words: Some(words),
            ..CommandChange::default()
        };
        if self.store.command_change(id, &change, self.clock.now()).await? {
            self.metrics.ends.with_label_values(&["failed"]).inc();
        }
        Ok(())
    }

    /// Writes down what an adapter said, however long the database takes.
    async fn told(&self, given: &mut Given, CommandId(id): CommandId, progress: Progress) {
        if progress != Progress::Sent {
            given.remove(&id);
        }
        self.insist(|| self.note(id, &progress)).await;
    }

    async fn note(&self, id: i64, progress: &Progress) -> Result<(), StoreError> {
        let now = self.clock.now();
        match progress {
            Progress::Sent => {
                let sent = CommandChange { state: "sent", from: &["approved"], ..CommandChange::default() };
                self.store.command_change(id, &sent, now).await?;
            }
            Progress::Confirmed(result) => {
                let result = result.to_string();
                let done = CommandChange {
                    state: "confirmed",
                    from: &["approved", "sent"],
                    result: Some(&result),
                    ..CommandChange::default()
                };
                if self.store.command_change(id, &done, now).await? {
                    self.metrics.ends.with_label_values(&["confirmed"]).inc();
                }
            }
            Progress::Failed(code, words) => {
                let words: String = words.chars().take(WORDS).collect();
                let Some((command, _)) = self.store.command_get(id).await? else { return Ok(()) };
                match judge(code, command.tries, command.wanted.danger) {
                    Verdict::Postpone(pause) => {
                        self.store.command_postpone(id, code, &words, now.after(pause), now).await?;
                    }
                    Verdict::Again(pause) => {
                        let again = CommandChange {
                            state: "approved",
                            from: &["approved", "sent"],
                            code: Some(code),
                            words: Some(&words),
                            due: Some(now.after(pause)),
                            tried: true,
                            ..CommandChange::default()
                        };
                        self.store.command_change(id, &again, now).await?;
                    }
                    Verdict::GiveUp => self.end(id, code, &words).await?,
                }
            }
        }
        Ok(())
    }

    /// Does it until the database has taken it. What it refuses for good is logged: no second try would do better.
    async fn insist<F: Future<Output = Result<(), StoreError>>>(&self, mut work: impl FnMut() -> F) {
        loop {
            match work().await {
                Ok(()) => return,
                Err(StoreError::Unavailable(_)) => self.clock.sleep(POLL).await,
                Err(error) => {
                    return tracing::error!(error = %error.database_words(), "a command's step is not written");
                }
            }
        }
    }
}
