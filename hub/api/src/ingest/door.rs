//! The door for what is sent by HTTP: decodes, hands over, and answers when everything is durable. It opens no socket of
//! its own; the decoders are handed in, since only package `chengshu` knows who reads what.

use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use chengshu_core::model::{Delivery, LinkId, Rejected, Timestamp};
use chengshu_core::seam::{Decoder, Intake, Link, LinkState, Outcome, SharedClock};
use chengshu_engine::{Begun, KeyHash, Keys, Nonces};
use tokio::sync::Semaphore;

use super::speaker::Speaker;
use super::split::Message;
use super::{FaultView, IngestView, body, item};
use crate::problem::Problem;

/// The source of messages that name their device themselves.
pub(super) const ITEMS: &str = "/api/v1/ingest";
/// Below it stand the paths of declared mappings.
pub(super) const PUSH: &str = "/push/";
/// Faults that an answer lists at most.
const FAULTS: usize = 100;

/// What a door is made of.
pub struct DoorParts {
    /// Its link, e.g. `http:ingest`.
    pub link: Arc<Link>,
    /// Its way in, counting on that link.
    pub intake: Intake,
    /// Reads the payload of a topic `city/{theme}/{device}/{type}`.
    pub city: Decoder,
    /// Reads what was posted to a path below `/push/`; none when nobody takes it.
    pub push: Decoder,
    /// What was answered before.
    pub keys: Keys,
    /// Nonces of signatures that were used.
    pub nonces: Nonces,
    /// The one clock.
    pub clock: SharedClock,
    /// A message larger than this is not taken, bytes.
    pub payload_max: usize,
}

/// The door.
#[derive(Clone)]
pub struct Door(Arc<Inner>);

struct Inner {
    link: Arc<Link>,
    intake: Mutex<Option<Intake>>,
    readers: Arc<Readers>,
    keys: Keys,
    nonces: Nonces,
    clock: SharedClock,
    payload_max: usize,
    room: Arc<Semaphore>,
}

/// Who reads what.
struct Readers {
    link: LinkId,
    items: Arc<str>,
    city: Decoder,
    push: Decoder,
}

/// Messages as they are read, one after the other.
type Decoded<'a> = Box<dyn Iterator<Item = Result<(u32, Delivery), Problem>> + Send + 'a>;

/// An answer, and whether it was given before.
pub(super) struct Answer {
    pub(super) body: Bytes,
    pub(super) again: bool,
}

impl Door {
    /// A door that is still closed.
    #[must_use]
    pub fn new(parts: DoorParts) -> Self {
        let DoorParts { link, intake, city, push, keys, nonces, clock, payload_max } = parts;
        let readers = Readers { link: link.id.clone(), items: ITEMS.into(), city, push };
        let (intake, readers) = (Mutex::new(Some(intake)), Arc::new(readers));
        let room = body::room();
        Self(Arc::new(Inner { link, intake, readers, keys, nonces, clock, payload_max, room }))
    }

    /// Says that it can be reached.
    pub fn open(&self) {
        self.0.link.report(LinkState::Up, None, self.0.clock.now());
    }

    /// Lets go of its way in, so that the engine sees that nobody is left. What is under way is finished.
    pub fn close(&self) {
        *self.0.intake.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let reason = ("stopped", "the hub is stopping".to_owned());
        self.0.link.report(LinkState::Down, Some(reason), self.0.clock.now());
    }

    /// What decodes once more what came by it and had to be set aside.
    #[must_use]
    pub fn decoder(&self) -> Decoder {
        let readers = self.0.readers.clone();
        Box::new(move |source, raw, received| readers.decode(source, raw, received))
    }

    pub(super) fn payload_max(&self) -> usize {
        self.0.payload_max
    }

    pub(super) fn nonces(&self) -> &Nonces {
        &self.0.nonces
    }

    /// Counts what was refused, by its code.
    pub(super) fn refused(&self, code: &'static str) {
        self.0.link.count_deviation(code);
    }

    pub(super) fn room(&self) -> &Arc<Semaphore> {
        &self.0.room
    }

    /// Takes a message that the hub itself knows already, from nobody.
    pub(crate) async fn once_more(&self, message: Vec<u8>) -> Result<IngestView, Problem> {
        let messages = vec![Message { index: 1, raw: message.into() }];
        self.hand_over(ITEMS, messages, self.0.clock.now(), None).await
    }

    /// Takes messages that came by `source`; with a key and the hash of what was sent, only once.
    pub(super) async fn take(
        &self,
        source: &str,
        messages: Vec<Message>,
        key: Option<(KeyHash, KeyHash)>,
        speaker: Option<Speaker>,
    ) -> Result<Answer, Problem> {
        let turn = match key {
            None => None,
            Some((key, print)) => match self.0.keys.begin(key, print).await {
                Ok(Begun::Go(turn)) => Some(turn),
                Ok(Begun::Answered(body)) => return Ok(Answer { body, again: true }),
                Ok(Begun::Busy) => return Err(Problem::in_progress()),
                Ok(Begun::Other) => return Err(Problem::key_reused()),
                Err(error) => return Err(Problem::not_durable(error.to_string())),
            },
        };
        // the first arrival counts: what was stored then is found again
        let received = turn.as_ref().map_or_else(|| self.0.clock.now(), |turn| turn.received);
        let view = self.hand_over(source, messages, received, speaker).await?;
        let body = Bytes::from(serde_json::to_vec(&view)?);
        if let Some(turn) = turn {
            turn.finish(body.clone()).await;
        }
        Ok(Answer { body, again: false })
    }

    async fn hand_over(
        &self,
        source: &str,
        messages: Vec<Message>,
        received: Timestamp,
        speaker: Option<Speaker>,
    ) -> Result<IngestView, Problem> {
        let stopping = || Problem::unavailable("the hub is stopping");
        let intake = self.0.intake.lock().unwrap_or_else(PoisonError::into_inner).clone().ok_or_else(stopping)?;
        let mut view = IngestView { messages: messages.len(), ..IngestView::default() };
        let mut flights = Vec::with_capacity(messages.len());
        let nobody = || Problem::not_found(format!("no mapping takes {source}; see `mapping` in the configuration"));
        let decode =
            |Message { index, raw }| Ok((index, self.0.readers.decode(source, raw, received).ok_or_else(nobody)?));
        let mut deliveries: Decoded<'_> = Box::new(messages.into_iter().map(decode));
        if let Some(speaker) = speaker {
            // all of them before the first is handed over
            let all = deliveries.collect::<Result<Vec<_>, Problem>>()?;
            all.iter().try_for_each(|(_, delivery)| speaker.check(delivery))?;
            deliveries = Box::new(all.into_iter().map(Ok));
        }
        for decoded in deliveries {
            let (index, delivery) = decoded?;
            self.0.link.count_message();
            delivery.rejected.iter().for_each(|rejected| view.decoded(index, rejected));
            let early = delivery.rejected.len();
            flights.push((index, early, intake.hand_over(delivery).await.map_err(|_| stopping())?));
        }
        for (index, early, receipt) in flights {
            let gave_up = |_| Problem::not_durable("it could not be made durable; keep it and send it again");
            view.settled(index, early, receipt.durable().await.map_err(gave_up)?);
        }
        Ok(view)
    }
}

impl Readers {
    fn decode(&self, source: &str, raw: Bytes, received: Timestamp) -> Option<Delivery> {
        match source {
            ITEMS => Some(item::decode(&self.city, &self.link, &self.items, raw, received)),
            path if path.starts_with(PUSH) => (self.push)(path, raw, received),
            topic => (self.city)(topic, raw, received),
        }
    }
}

impl IngestView {
    /// A fault that was seen when the message was read.
    fn decoded(&mut self, index: u32, rejected: &Rejected) {
        let device = rejected.device.as_ref().map(ToString::to_string);
        let metric = rejected.metric.as_ref().map(ToString::to_string);
        let detail = rejected.detail.clone();
        self.fault(FaultView { index, device, metric, reason: rejected.reason.code(), detail });
    }

    /// What became of a message of which `early` items were at fault already.
    fn settled(&mut self, index: u32, early: usize, outcome: Outcome) {
        self.stored += outcome.stored;
        self.duplicate += outcome.duplicate;
        self.rejected += outcome.rejected;
        self.spooled += outcome.spooled;
        let late = (outcome.rejected as usize).saturating_sub(early);
        if let Some(reason) = outcome.reason.filter(|_| late > 0) {
            let detail = format!("{late} of its values set aside when stored; GET /api/v1/rejected tells more");
            self.fault(FaultView { index, device: None, metric: None, reason: reason.code(), detail });
        }
    }

    fn fault(&mut self, fault: FaultView) {
        if self.faults.len() < FAULTS { self.faults.push(fault) } else { self.unlisted += 1 }
    }
}
