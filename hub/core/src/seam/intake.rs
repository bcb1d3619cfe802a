//! The way in: an adapter hands over a delivery and gets a receipt, which resolves when the data is durable. The
//! queue is bounded by bytes; when it is full, handing over waits. Nothing is ever dropped here.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::Link;
use crate::model::{Delivery, Reason};

/// What one delivery costs of the queue's room beside its raw bytes: the structs, names and slots around it.
const OVERHEAD_BYTES: usize = 256;

/// The hub is stopping: nothing is taken any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the intake is closed")]
pub struct Closed;

/// The delivery did not become durable; the sender must keep it and send it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the delivery was not made durable")]
pub struct NotDurable;

/// What became of a delivery, counted in readings (an undecodable message counts one).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// New rows.
    pub stored: u32,
    /// Already there, with the same value.
    pub duplicate: u32,
    /// Set aside with their raw bytes.
    pub rejected: u32,
    /// In the fsynced spool; what becomes of them is decided when the database is back.
    pub spooled: u32,
    /// Why the last of those was set aside that were: what the decoder found wrong comes before what the hub did.
    pub reason: Option<Reason>,
}

/// A delivery on its way, as the engine gets it.
#[derive(Debug)]
pub struct Handed {
    /// What arrived.
    pub delivery: Delivery,
    /// What it was counted as at hand-over (see [`Delivery::items`]).
    pub items: u32,
    /// The answer that is owed.
    pub ticket: Ticket,
}

/// The answer owed to whoever handed a delivery over.
#[derive(Debug)]
pub struct Ticket {
    reply: Option<oneshot::Sender<Outcome>>,
    items: u32,
    link: Option<Arc<Link>>,
    /// Room of the queue, given back with the ticket.
    _room: OwnedSemaphorePermit,
}

impl Ticket {
    /// Answers the receipt and gives the room back. To drop a ticket unanswered tells the adapter `NotDurable`.
    pub fn settle(mut self, outcome: Outcome) {
        if let Some(link) = self.link.take() {
            link.count_settled(self.items);
        }
        if let Some(reply) = self.reply.take() {
            let _ = reply.send(outcome); // an adapter that has gone needs no answer: the sender will send again
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Some(link) = self.link.take() {
            link.count_given_back(self.items);
        }
    }
}

/// The adapters' end.
#[derive(Clone)]
pub struct Intake {
    queue: mpsc::UnboundedSender<Handed>,
    room: Arc<Semaphore>,
    capacity: usize,
    link: Option<Arc<Link>>,
}

/// The engine's end.
pub struct IntakeQueue {
    queue: mpsc::UnboundedReceiver<Handed>,
    room: Arc<Semaphore>,
    capacity: usize,
}

/// A queue with room for `bytes`.
#[must_use]
pub fn intake(bytes: usize) -> (Intake, IntakeQueue) {
    let (tx, rx) = mpsc::unbounded_channel();
    let room = Arc::new(Semaphore::new(bytes));
    (
        Intake { queue: tx, room: room.clone(), capacity: bytes, link: None },
        IntakeQueue { queue: rx, room, capacity: bytes },
    )
}

impl Intake {
    /// Hands a delivery over; waits for room.
    ///
    /// # Errors
    /// [`Closed`] when the hub is stopping.
    pub async fn hand_over(&self, delivery: Delivery) -> Result<Receipt, Closed> {
        let room = self.room.clone().acquire_many_owned(self.cost(&delivery)).await.map_err(|_| Closed)?;
        self.send(delivery, room).map_err(|_| Closed)
    }

    /// The same way in, counting what comes on `link`.
    #[must_use]
    pub fn for_link(&self, link: Arc<Link>) -> Self {
        Self { link: Some(link), ..self.clone() }
    }

    fn send(&self, delivery: Delivery, room: OwnedSemaphorePermit) -> Result<Receipt, Box<Delivery>> {
        let (reply, receipt) = oneshot::channel();
        let items = delivery.items();
        if let Some(link) = &self.link {
            link.count_received(items);
        }
        let ticket = Ticket { reply: Some(reply), items, link: self.link.clone(), _room: room };
        match self.queue.send(Handed { delivery, items, ticket }) {
            Ok(()) => Ok(Receipt(receipt)),
            Err(refused) => Err(Box::new(refused.0.delivery)),
        }
    }

    /// Hands a delivery over if there is room now.
    ///
    /// # Errors
    /// The delivery itself, when it has to wait: see [`Intake::hand_over`].
    pub fn try_hand_over(&self, delivery: Delivery) -> Result<Receipt, Box<Delivery>> {
        let Ok(room) = self.room.clone().try_acquire_many_owned(self.cost(&delivery)) else {
            return Err(Box::new(delivery));
        };
        self.send(delivery, room)
    }

    /// One that is larger than the whole queue waits for an empty queue instead of for ever.
    fn cost(&self, delivery: &Delivery) -> u32 {
        u32::try_from((delivery.raw.len() + OVERHEAD_BYTES).min(self.capacity)).unwrap_or(u32::MAX)
    }
}

impl IntakeQueue {
    /// Waits for the next deliveries and takes those that have piled up, at most `most`. Returns how many were
    /// taken; 0 means that no adapter is left.
    pub async fn take(&mut self, into: &mut Vec<Handed>, most: usize) -> usize {
        self.queue.recv_many(into, most).await
    }

    /// Takes one that is already there.
    pub fn take_ready(&mut self) -> Option<Handed> {
        self.queue.try_recv().ok()
    }

    /// Bytes that wait in the queue or are being written, and the most that may.
    #[must_use]
    pub fn fill(&self) -> (usize, usize) {
        (self.capacity - self.room.available_permits(), self.capacity)
    }
}

impl Drop for IntakeQueue {
    fn drop(&mut self) {
        self.room.close(); // those that wait for room hear that there will be none
    }
}

/// Resolves when the delivery is durable. Only then may the adapter answer outward.
#[derive(Debug)]
pub struct Receipt(oneshot::Receiver<Outcome>);

impl Receipt {
    /// Waits until the delivery is durable.
    ///
    /// # Errors
    /// [`NotDurable`] when it was given up: the sender must keep it.
    pub async fn durable(self) -> Result<Outcome, NotDurable> {
        self.await
    }
}

impl Future for Receipt {
    type Output = Result<Outcome, NotDurable>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|result| result.map_err(|_| NotDurable))
    }
}
