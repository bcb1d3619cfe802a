//! The life of one connection: connect, subscribe, hand over, acknowledge in order, and again after every loss. Back
//! pressure is not to poll: while the intake is full, the broker keeps what it has.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use chengshu_core::model::{Delivery, Limits, LinkId, Timestamp};
use chengshu_core::seam::{
    AdapterContext, AdapterError, Closed, Decoder, LinkState, NotDurable, Notices, Outcome, Receipt,
};
use rand::RngExt as _;

use crate::codec::Codec;
use crate::config::{Mapped, MqttConfig};
use crate::error::MqttError;
use crate::outgoing::Outgoing;
use crate::rival::Rival;
use crate::wire::{Got, Incoming, Lost, Wire};

const BACK_OFF_FIRST: Duration = Duration::from_millis(200);
const BACK_OFF_MOST: Duration = Duration::from_secs(15);
/// How often trouble of a connection that is up is looked at.
const CALM: Duration = Duration::from_secs(5);
/// How often what is on its way is looked at.
const WATCH: Duration = Duration::from_secs(1);
/// How long a stopping session waits for its last receipts.
const GRACE: Duration = Duration::from_secs(5);

/// Runs a session until the context says stop; `notices` are published as they come.
///
/// # Errors
/// [`MqttError::IntakeClosed`] when the engine has gone first.
pub async fn run(config: MqttConfig, notices: Notices, context: AdapterContext) -> Result<(), AdapterError> {
    let link = context.link.id.to_string();
    let result = Session::new(config, notices, context).run().await;
    result.map_err(|error| AdapterError { link, source: Box::new(error) })
}

/// What decodes once more what a session of `link` had to set aside.
#[must_use]
pub fn decoder(config: &MqttConfig, link: LinkId) -> Decoder {
    let limits = Limits { payload_max: config.payload_max, times: config.times };
    let mapped = config.mapped.clone();
    // a codec remembers names; a second look at old messages is rare enough to begin anew each time
    Box::new(move |topic, raw, received| {
        foreign(mapped.as_ref(), &link, topic, &raw, false, received)
            .or_else(|| Codec::new(link.clone(), limits).decode(topic, raw, false, received))
    })
}

/// A message beside `city/`, if somebody takes its topic. A subscription that the broker still keeps although nobody
/// takes it any more falls through to the codec, which sets the message aside.
fn foreign(
    mapped: Option<&Mapped>,
    link: &LinkId,
    topic: &str,
    raw: &Bytes,
    retained: bool,
    received: Timestamp,
) -> Option<Delivery> {
    let mapped = mapped.filter(|_| !topic.starts_with("city/"))?;
    (mapped.decode)(link, topic, raw.clone(), retained, received)
}

type HandOver = Pin<Box<dyn Future<Output = Result<Receipt, Closed>> + Send>>;

/// A delivery on its way: of which connection, under which packet id.
struct Flight {
    epoch: u64,
    packet: u16,
    receipt: Receipt,
}

struct Session {
    config: MqttConfig,
    context: AdapterContext,
    codec: Codec,
    wire: Wire,
    /// Counts connections: an answer to an older one would carry a stale packet id.
    epoch: u64,
    flights: VecDeque<Flight>,
    /// The delivery that waits for room in the intake.
    waiting: Option<(u16, HandOver)>,
    subscribed_once: bool,
    /// Commands to devices and notices, and whether there is a connection that could carry them.
    outgoing: Outgoing,
    is_up: bool,
    /// Whether somebody else comes with the hub's client id.
    rival: Rival,
    /// When that is looked at again.
    calm: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    /// When what is on its way is looked at again.
    watch: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    back_off: Duration,
    /// Not to be tried before this has passed.
    pause: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl Session {
    fn new(config: MqttConfig, notices: Notices, context: AdapterContext) -> Self {
        let limits = Limits { payload_max: config.payload_max, times: config.times };
        Self {
            codec: Codec::new(context.link.id.clone(), limits),
            wire: Wire::new(&config),
            config,
            epoch: 0,
            flights: VecDeque::new(),
            waiting: None,
            subscribed_once: false,
            outgoing: Outgoing::new(context.orders.clone(), notices),
            is_up: false,
            rival: Rival::default(),
            calm: None,
            watch: None,
            back_off: BACK_OFF_FIRST,
            pause: None,
            context,
        }
    }

    async fn run(mut self) -> Result<(), MqttError> {
        let stop = self.context.stop.clone();
        self.report(LinkState::Connecting, None);
        loop {
            tokio::select! {
                biased;
                () = stop.cancelled() => break,
                settled = front(&mut self.flights) => self.settled(settled).await,
                receipt = waiting(&mut self.waiting) => self.accepted(receipt)?,
                () = pause(&mut self.pause), if self.pause.is_some() => self.pause = None,
                job = self.outgoing.next() => self.outgoing.take(job, self.is_up),
                () = pause(&mut self.watch), if self.watch.is_some() => self.watch(),
                () = pause(&mut self.calm), if self.calm.is_some() => self.calm(),
                got = self.wire.poll(), if self.waiting.is_none() && self.pause.is_none() => match got {
                    Ok(got) => self.take(got),
                    Err(lost) => self.lost(lost),
                },
            }
            self.publish_next();
        }
        self.finish().await;
        Ok(())
    }

    /// Takes what came, and what was read together with it, until one has to wait.
    fn take(&mut self, first: Got) {
        let mut next = Some(first);
        while let Some(got) = next {
            match got {
                Got::Publish(incoming) => self.publish(&incoming),
                Got::Connected { session_present } => self.connected(session_present),
                Got::Subscribed { refused: Some(number) } => {
                    let filters = self.config.filters();
                    let filter = filters.get(number).map_or("city/#", String::as_str);
                    let right = "give the hub's user the right to read it";
                    return self.lost(format!("the broker refuses the subscription to {filter}; {right}").into());
                }
                Got::Subscribed { refused: None } => self.up(),
                Got::Disconnected(lost) => return self.lost(lost),
                Got::Published(packet) => self.outgoing.on_the_wire(packet),
                Got::Acknowledged(packet) => self.outgoing.acknowledged(packet),
                Got::Other => {}
            }
            if self.waiting.is_some() {
                return;
            }
            next = self.wire.buffered();
        }
    }

    fn publish(&mut self, incoming: &Incoming) {
        self.context.link.count_message();
        let received = self.context.clock.now();
        let topic = String::from_utf8_lossy(&incoming.topic);
        let (payload, retained) = (&incoming.payload, incoming.retained);
        if let Some(device) = replier(&topic)
            && !self.outgoing.replied(device, payload)
        {
            self.context.link.count_deviation("reply_unknown");
        }
        let mapped = foreign(self.config.mapped.as_ref(), &self.context.link.id, &topic, payload, retained, received);
        let delivery = mapped.or_else(|| self.codec.decode(&topic, payload.clone(), retained, received));
        let delivery = delivery.unwrap_or_else(|| self.own_echo(received));
        match self.context.intake.try_hand_over(delivery) {
            Ok(receipt) => self.fly(incoming.packet, receipt),
            Err(delivery) => {
                let intake = self.context.intake.clone();
                self.waiting = Some((incoming.packet, Box::pin(async move { intake.hand_over(*delivery).await })));
            }
        }
    }

    /// What the hub itself published still has to be acknowledged in its turn: an empty delivery keeps the order.
    fn own_echo(&self, received: chengshu_core::model::Timestamp) -> Delivery {
        Delivery {
            link: self.context.link.id.clone(),
            theme: None,
            received,
            source: std::sync::Arc::from(""),
            raw: bytes::Bytes::new(),
            readings: Vec::new(),
            events: Vec::new(),
            presence: None,
            births: Vec::new(),
            rejected: Vec::new(),
        }
    }

    fn fly(&mut self, packet: u16, receipt: Receipt) {
        self.flights.push_back(Flight { epoch: self.epoch, packet, receipt });
    }

    fn accepted(&mut self, receipt: (u16, Result<Receipt, Closed>)) -> Result<(), MqttError> {
        let (packet, receipt) = receipt;
        self.fly(packet, receipt.map_err(|Closed| MqttError::IntakeClosed)?);
        Ok(())
    }

    /// The oldest delivery is durable: acknowledge it and all behind it that are durable too.
    async fn settled(&mut self, first: Result<Outcome, NotDurable>) {
        let mut packets = Vec::new();
        let mut settled = Some(first);
        while let Some(result) = settled {
            let Some(flight) = self.flights.pop_front() else { break };
            if result.is_err() {
                // The engine gave it up: have the broker send it again, unless everything is ending anyway.
                if !self.context.stop.is_cancelled() {
                    self.lost("a delivery could not be made durable".to_owned().into());
                }
                return;
            }
            if flight.epoch == self.epoch && flight.packet != 0 {
                packets.push(flight.packet);
            }
            settled = self.flights.front_mut().and_then(|next| ready(&mut next.receipt));
        }
        if !packets.is_empty()
            && let Err(reason) = self.wire.acknowledge(&packets).await
        {
            self.lost(reason.into());
        }
    }

    fn connected(&mut self, session_present: bool) {
        // two that throw each other out must not do so as fast as they can
        if self.rival.trouble(self.context.clock.monotonic()).is_none() {
            self.back_off = BACK_OFF_FIRST;
        }
        tracing::info!(link = %self.context.link.id, session_present, "broker connected");
        if session_present && self.subscribed_once {
            return self.up();
        }
        // The first time even with a session: so that retained presence comes again.
        if let Err(reason) = self.wire.subscribe(self.config.filters()) {
            self.lost(reason.into());
        }
    }

    /// Publishes what is next, if it may go.
    fn publish_next(&mut self) {
        if !self.is_up {
            return;
        }
        let since = self.context.clock.monotonic();
        let Some(next) = self.outgoing.publication(self.context.clock.now(), since) else { return };
        self.watch = Some(self.context.clock.sleep(WATCH));
        if let Err(reason) = self.wire.publish(next.topic, next.payload) {
            self.lost(reason.into());
        }
    }

    /// Looks whether the broker has taken what is on its way.
    fn watch(&mut self) {
        self.watch = None;
        let stuck = self.outgoing.overdue(self.context.clock.monotonic());
        if stuck && self.is_up {
            return self.lost("a message did not get onto the wire".to_owned().into());
        }
        if self.outgoing.is_busy() {
            self.watch = Some(self.context.clock.sleep(WATCH));
        }
    }

    fn up(&mut self) {
        self.subscribed_once = true;
        self.is_up = true;
        self.calm();
    }

    /// Up, and whether anything is wrong with that all the same.
    fn calm(&mut self) {
        self.calm = None;
        if !self.is_up {
            return;
        }
        let trouble = self.rival.trouble(self.context.clock.monotonic());
        if trouble.is_some() {
            self.calm = Some(self.context.clock.sleep(CALM));
        }
        let words = || format!("does another program use the client id {:?} at this broker?", self.config.client_id);
        self.report(LinkState::Up, trouble.map(|code| (code, words())));
    }

    fn lost(&mut self, lost: Lost) {
        let Lost { how, words: reason } = lost;
        tracing::warn!(link = %self.context.link.id, reason, "broker connection lost");
        if self.rival.ended(how, self.is_up, self.context.clock.monotonic()) {
            self.context.link.count_deviation("session_taken_over");
        }
        self.wire.reset();
        self.outgoing.lost();
        self.is_up = false;
        self.epoch += 1;
        self.waiting = None; // the broker sends it again
        let code = self.rival.trouble(self.context.clock.monotonic()).unwrap_or("connection_lost");
        self.report(LinkState::Down, Some((code, reason)));
        let jitter = rand::rng().random_range(0.5..1.0);
        self.pause = Some(self.context.clock.sleep(self.back_off.mul_f64(jitter)));
        self.back_off = (self.back_off * 2).min(BACK_OFF_MOST);
    }

    fn report(&self, state: LinkState, reason: Option<(&'static str, String)>) {
        self.context.link.report(state, reason, self.context.clock.now());
    }

    /// Acknowledges what becomes durable within the grace period, then says goodbye.
    async fn finish(&mut self) {
        let mut grace = self.context.clock.sleep(GRACE);
        while !self.flights.is_empty() {
            tokio::select! {
                settled = front(&mut self.flights) => self.settled(settled).await,
                () = &mut grace => break,
            }
        }
        tokio::select! {
            () = self.wire.disconnect() => {}
            () = self.context.clock.sleep(Duration::from_secs(1)) => {}
        }
        self.report(LinkState::Down, Some(("stopped", "the hub is stopping".to_owned())));
    }
}

/// The device that answers a command on `topic`, if it is such a topic.
fn replier(topic: &str) -> Option<&str> {
    topic.strip_suffix("/reply")?.strip_prefix("city/")?.split_once('/').map(|(_, device)| device)
}

async fn front(flights: &mut VecDeque<Flight>) -> Result<Outcome, NotDurable> {
    match flights.front_mut() {
        Some(flight) => (&mut flight.receipt).await,
        None => std::future::pending().await,
    }
}

fn ready(receipt: &mut Receipt) -> Option<Result<Outcome, NotDurable>> {
    futures_util::FutureExt::now_or_never(receipt)
}

async fn waiting(slot: &mut Option<(u16, HandOver)>) -> (u16, Result<Receipt, Closed>) {
    match slot {
        Some((packet, future)) => {
            let receipt = future.await;
            let packet = *packet;
            *slot = None;
            (packet, receipt)
        }
        None => std::future::pending().await,
    }
}

async fn pause(slot: &mut Option<Pin<Box<dyn Future<Output = ()> + Send>>>) {
    match slot {
        Some(future) => future.await,
        None => std::future::pending().await,
    }
}
