//! What people ask of the engine: it answers with the new state, and nobody else writes that state around it.

use std::time::Duration;

use chengshu_core::model::{MetricId, Quality, Timestamp};
use chengshu_store::{ActLine, NewCorrection, StoreError};
use tokio::sync::{mpsc, oneshot};

use crate::board::Latest;
use crate::entries::{Entered, Orders};
use crate::patience::{PATIENCE, within};
use crate::run::Engine;

/// Commands that wait at most.
const WAITING: usize = 64;
/// An import of many devices may take longer than a single change.
const ENTER_PATIENCE: Duration = Duration::from_secs(20);

/// A reading that shall be changed.
#[derive(Debug, Clone)]
pub struct Correction {
    /// Who asks.
    pub caller: String,
    /// The device.
    pub device: String,
    /// The metric.
    pub metric: MetricId,
    /// Device time of the reading.
    pub at: Timestamp,
    /// The right value, finite; none withdraws the reading.
    pub value: Option<f64>,
    /// Why.
    pub reason: String,
    /// Its line in the audit, written with it.
    pub line: Option<ActLine>,
}

/// What a correction changed: the old value, if there was one.
pub type Corrected = Option<f64>;

/// Why a command was not carried out.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// There is nothing of that name.
    #[error("{0}")]
    NotFound(String),
    /// Somebody else has changed it meanwhile.
    #[error("device {device} has been changed meanwhile: its entry has version {version}")]
    Changed {
        /// Which device.
        device: String,
        /// Its version now.
        version: i32,
    },
    /// The device belongs to another theme.
    #[error("device {device} belongs to theme {theme}, which cannot change; give the new one another id")]
    Theme {
        /// Which device.
        device: String,
        /// Its theme.
        theme: String,
    },
    /// The register takes no more.
    #[error("the register takes no more devices; raise engine.devices_max")]
    Full,
    /// The database is away, or being caught up with.
    #[error("the database is away or being caught up with; try again when the hub is ready")]
    Away,
}

pub(crate) enum Command {
    Enter(Orders, oneshot::Sender<Result<Entered, Refused>>),
    Correct(Correction, oneshot::Sender<Result<Corrected, Refused>>),
}

impl Command {
    /// Says no to everybody: readings cannot be changed behind those that still wait in the spool.
    pub(crate) async fn refuse_all(requests: &mut mpsc::Receiver<Self>) {
        while let Some(command) = requests.recv().await {
            // whoever asked may have gone
            let _ = match command {
                Self::Correct(_, reply) => reply.send(Err(Refused::Away)).is_ok(),
                Self::Enter(_, reply) => reply.send(Err(Refused::Away)).is_ok(),
            };
        }
    }
}

/// Where commands go.
#[derive(Clone)]
pub struct Commands(mpsc::Sender<Command>);

impl Commands {
    pub(crate) fn channel() -> (Self, mpsc::Receiver<Command>) {
        let (sender, receiver) = mpsc::channel(WAITING);
        (Self(sender), receiver)
    }

    /// Changes a reading, with an audit line.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn correct(&self, correction: Correction) -> Result<Corrected, Refused> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Command::Correct(correction, reply)).map_err(|_| Refused::Away)?;
        answer.await.map_err(|_| Refused::Away)?
    }

    /// Changes the register: all of it or nothing.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn enter(&self, orders: Orders) -> Result<Entered, Refused> {
        let (reply, answer) = oneshot::channel();
        self.0.try_send(Command::Enter(orders, reply)).map_err(|_| Refused::Away)?;
        answer.await.map_err(|_| Refused::Away)?
    }
}

/// What the caller is told; only a lost lease concerns the engine.
fn answer<T>(result: Result<Result<T, Refused>, StoreError>) -> Result<Result<T, Refused>, StoreError> {
    match result {
        Err(error @ StoreError::LeaseLost { .. }) => Err(error),
        Err(error) => {
            tracing::warn!(error = %error.database_words(), "a command could not be carried out");
            Ok(Err(Refused::Away))
        }
        Ok(answer) => Ok(answer),
    }
}

impl Engine {
    pub(crate) async fn obey(&mut self, command: Command) -> Result<(), StoreError> {
        match command {
            Command::Correct(correction, reply) => {
                let (clock, store) = (self.clock.clone(), self.store.clone());
                let answer = answer(within(&clock, &store, PATIENCE, self.correct(&correction)).await)?;
                let _ = reply.send(answer); // whoever asked may have gone
            }
            Command::Enter(orders, reply) => {
                let (clock, store) = (self.clock.clone(), self.store.clone());
                let answer = answer(within(&clock, &store, ENTER_PATIENCE, self.enter(orders)).await)?;
                let _ = reply.send(answer);
            }
        }
        Ok(())
    }

    async fn correct(&mut self, wanted: &Correction) -> Result<Result<Corrected, Refused>, StoreError> {
        let found = self.board.read(|board| {
            let number = board.by_name.get(wanted.device.as_str()).copied()?;
            let series = board.device_at(number)?.series.iter().position(|series| series.metric == wanted.metric)?;
            Some((number, series as u32, board.device_at(number)?.series[series].id))
        });
        let Some((device, index, series)) = found else {
            let text = format!("device {:?} has sent no metric {:?}", wanted.device, wanted.metric.as_str());
            return Ok(Err(Refused::NotFound(text)));
        };
        let now = self.clock.now();
        let new = NewCorrection {
            made: now,
            caller: &wanted.caller,
            series,
            at: wanted.at,
            value: wanted.value,
            reason: &wanted.reason,
        };
        let mut tx = self.store.batch(self.lease).await?;
        let Some((old, quality)) = tx.correct(&new).await? else {
            let text = format!("there is no reading at {} to withdraw", wanted.at.to_rfc3339());
            return Ok(Err(Refused::NotFound(text)));
        };
        let minute = (series, wanted.at.ms().div_euclid(60_000) as i32);
        let note = tx.rollup_dirty_add(&[minute]).await?;
        let newest = tx.reading_newest(series).await?;
        let marks = tx.marks;
        tx.marks_put(marks, Some(wanted.at)).await?;
        tx.commit_with(wanted.line.as_ref()).await?;
        self.dirty_next = Some(self.dirty_next.map_or(wanted.at, |known| known.min(wanted.at)));
        self.rollups.note(note, &[minute]);
        let newest =
            newest.map(|row| Latest { at: row.at, received: row.received, value: row.value, quality: row.quality });
        self.board.write(|board| {
            let seq = board.seq() + 1;
            let slot = board.devices.get_mut(device as usize).and_then(|slot| slot.series.get_mut(index as usize));
            let Some(slot) = slot else { return };
            let shown = slot.latest.is_some_and(|latest| latest.at == wanted.at);
            match (shown, wanted.value) {
                (true, Some(value)) => {
                    slot.latest = slot.latest.map(|latest| Latest {
                        value,
                        quality: quality | (latest.quality & Quality::LATE),
                        ..latest
                    });
                }
                (true, None) => slot.latest = newest,
                (false, _) => {
                    let Some(newest) = newest.filter(|newest| newest.at == wanted.at) else { return };
                    if !slot.consider(newest) {
                        return;
                    }
                }
            }
            slot.changed = seq;
            if !std::mem::replace(&mut slot.dirty, true) {
                board.dirty.push((device, index));
            }
            board.devices_changed(vec![device], now);
        });
        Ok(Ok(old))
    }
}
