//! One conversation from its first byte to its end: reads, lets the talk say what shall be done, and does it. While the
//! intake has no room nothing is read: the peer waits, and nothing is dropped.

use std::collections::HashSet;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use chengshu_core::model::{CommandId, Event, Progress};
use chengshu_core::seam::{AdapterContext, Closed, NotDurable, Outcome, Picture, Receipt};
use futures_util::StreamExt as _;
use futures_util::stream::FuturesUnordered;

use crate::config::LineConfig;
use crate::routes::Seat;
use crate::talk::{Act, Acts, Talk, Token};
use crate::wire::Wire;

/// How often a talk hears that time passes.
const TICK: Duration = Duration::from_secs(1);
/// Deliveries of one peer that may be on their way; beyond them nothing more is read.
const FLIGHTS: usize = 64;
/// How long a peer may take to accept an answer.
const WRITE: Duration = Duration::from_secs(10);
/// How long a stopping talk waits for its last receipts.
const GRACE: Duration = Duration::from_secs(5);

/// Why a conversation ended: a stable code, and words.
pub(crate) type End = (&'static str, String);

type Flight = Pin<Box<dyn Future<Output = (Token, Result<Outcome, NotDurable>)> + Send>>;

pub(crate) struct Conversation {
    pub(crate) wire: Wire,
    pub(crate) talk: Box<dyn Talk>,
    pub(crate) seat: Seat,
    pub(crate) source: Arc<str>,
    pub(crate) config: Arc<LineConfig>,
    pub(crate) context: AdapterContext,
    /// Commands that the talk has and has not ended.
    pub(crate) open: HashSet<CommandId>,
}

impl Conversation {
    /// Goes on until the peer, the talk or the hub ends it.
    pub(crate) async fn run(mut self) -> End {
        let clock = self.context.clock.clone();
        let stop = self.context.stop.clone();
        let mut buffer = BytesMut::new();
        let mut acts = Acts::new();
        let mut flights: FuturesUnordered<Flight> = FuturesUnordered::new();
        let mut heard = clock.monotonic();
        let mut silence = self.config.first_word;
        let mut tick = clock.sleep(TICK);
        let end = loop {
            let room = self.config.unfinished_max - buffer.len();
            tokio::select! {
                biased;
                () = stop.cancelled() => break ("stopped", "the hub is stopping".to_owned()),
                Some((token, result)) = flights.next() => self.talk.settled(token, result, clock.now(), &mut acts),
                Some(order) = self.seat.orders.recv() => {
                    self.open.insert(order.id);
                    self.talk.order(&order, clock.now(), &mut acts);
                }
                () = &mut tick => {
                    tick = clock.sleep(TICK);
                    if clock.monotonic().saturating_sub(heard) >= silence {
                        break ("silent", format!("nothing came for {} s", silence.as_secs()));
                    }
                    self.talk.tick(clock.now(), &mut acts);
                }
                read = self.wire.read(&mut buffer, room), if flights.len() < FLIGHTS => match read {
                    Ok(0) if self.wire.is_udp() => {}
                    Ok(0) => break ("closed", "the peer closed the connection".to_owned()),
                    Err(error) => break ("connection_lost", error.to_string()),
                    Ok(_) => {
                        heard = clock.monotonic();
                        self.talk.take(&mut buffer, clock.now(), &mut acts);
                        silence = Duration::from_millis(u64::try_from(self.talk.silence_ms()).unwrap_or(0));
                        if self.wire.is_udp() {
                            if !buffer.is_empty() {
                                self.context.link.count_deviation("datagram_rest");
                            }
                            buffer.clear();
                        } else if buffer.len() >= self.config.unfinished_max {
                            break ("unfinished_too_large", format!("{} bytes and no end of a frame", buffer.len()));
                        }
                        if buffer.is_empty() {
                            buffer = BytesMut::new(); // thousands of peers are idle most of the time
                        }
                    }
                },
            }
            if let Err(end) = self.act(&mut acts, &mut flights).await {
                break end;
            }
        };
        acts.clear();
        self.talk.ended(&buffer, clock.now(), &mut acts);
        acts.retain(|act| !matches!(act, Act::Send(_)));
        let _ = self.act(&mut acts, &mut flights).await; // it has ended already
        self.finish(&mut acts, flights).await;
        self.hand_back(&end);
        end
    }

    /// Does what the talk wants, in its order.
    async fn act(&mut self, acts: &mut Acts, flights: &mut FuturesUnordered<Flight>) -> Result<(), End> {
        let mut answer = BytesMut::new();
        for act in acts.drain(..) {
            match act {
                Act::Deliver { token, mut delivery, pictures } => {
                    self.context.link.count_message();
                    // commands to what stands behind a gateway go by the gateway's own talk
                    let behind = delivery.births.iter().filter(|(_, birth)| birth.gateway.is_some());
                    for (device, _) in behind {
                        self.seat.speaks(device);
                    }
                    if !self.keep(&pictures, &mut delivery.events).await {
                        flights.push(Box::pin(std::future::ready((token, Err(unkept())))));
                        continue;
                    }
                    let receipt = match self.context.intake.try_hand_over(*delivery) {
                        Ok(receipt) => receipt,
                        Err(delivery) => {
                            let handed = self.context.intake.hand_over(*delivery).await;
                            handed.map_err(|Closed| ("stopped", "the hub is stopping".to_owned()))?
                        }
                    };
                    flights.push(Box::pin(settled(token, receipt)));
                }
                Act::Send(bytes) if self.wire.is_udp() => self.send(&bytes).await?,
                Act::Send(bytes) => answer.extend_from_slice(&bytes),
                Act::Speaks(device) => {
                    if self.seat.speaks(&device) {
                        self.context.link.count_deviation("address_taken");
                    }
                }
                Act::Progress(command, progress) => {
                    if progress != Progress::Sent {
                        self.open.remove(&command);
                    }
                    self.context.orders.report(command, progress);
                }
                Act::Count(code) => self.context.link.count_deviation(code),
                Act::Close(code, words) => {
                    self.send(&answer).await?;
                    return Err((code, words));
                }
            }
        }
        self.send(&answer).await
    }

    async fn send(&mut self, bytes: &[u8]) -> Result<(), End> {
        if bytes.is_empty() {
            return Ok(());
        }
        let limit = self.context.clock.sleep(WRITE);
        tokio::select! {
            written = self.wire.write(bytes) => written.map_err(|error| ("connection_lost", error.to_string())),
            () = limit => Err(("answer_not_taken", format!("the peer took no answer for {} s", WRITE.as_secs()))),
        }
    }

    /// Keeps the pictures and names each in an event; false when that is not possible now, so that the device sends
    /// them again. A picture that can never be kept is named with the reason, and the delivery goes on without it.
    async fn keep(&mut self, pictures: &[Picture], events: &mut Vec<Event>) -> bool {
        for picture in pictures {
            let detail = match self.context.evidence.keep(picture.clone()).await {
                Ok(kept) => {
                    serde_json::json!({ "evidence": kept.hash, "media": kept.media, "bytes": picture.bytes.len() })
                }
                Err(error) if error.lasting => serde_json::json!({ "not_kept": error.code, "words": error.words }),
                Err(error) => {
                    tracing::warn!(peer = %self.source, %error, "a picture could not be kept; the device will send it again");
                    return false;
                }
            };
            events.push(Event {
                device: picture.device.clone(),
                kind: "picture".to_owned(),
                at: picture.at,
                severity: None,
                key: format!("picture-{}", picture.at.ms()),
                detail: detail.to_string(),
            });
        }
        true
    }

    /// What is on its way is still answered within the grace period.
    async fn finish(&mut self, acts: &mut Acts, mut flights: FuturesUnordered<Flight>) {
        let clock = self.context.clock.clone();
        let mut grace = clock.sleep(GRACE);
        while !flights.is_empty() {
            tokio::select! {
                Some((token, result)) = flights.next() => {
                    self.talk.settled(token, result, clock.now(), acts);
                    acts.retain(|act| !matches!(act, Act::Deliver { .. })); // nothing new is begun
                    if self.act(acts, &mut FuturesUnordered::new()).await.is_err() {
                        return;
                    }
                }
                () = &mut grace => return,
            }
        }
    }

    /// Commands that nobody will answer any more.
    fn hand_back(&mut self, (code, words): &End) {
        self.seat.orders.close();
        while let Ok(order) = self.seat.orders.try_recv() {
            let words = "the device has gone".to_owned();
            self.context.orders.report(order.id, Progress::Failed("not_connected", words));
        }
        for command in self.open.drain() {
            let words = format!("the conversation ended before the device had answered: {code}, {words}");
            self.context.orders.report(command, Progress::Failed("connection_lost", words));
        }
    }
}

async fn settled(token: Token, receipt: Receipt) -> (Token, Result<Outcome, NotDurable>) {
    (token, receipt.durable().await)
}

/// A picture that could not be kept makes its delivery not durable.
const fn unkept() -> NotDurable {
    NotDurable
}
