//! Receivers and deliveries on the wire: what is sent to make one, and what is told of it. A key is never among the answers.

use chengshu_core::model::{Channel, Lang, Timestamp};
use chengshu_store::{ReceiverEntry, StoredDelivery, StoredReceiver};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

/// What can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub(crate) enum HappeningWord {
    /// An alarm was raised.
    #[serde(rename = "alarm.raised")]
    AlarmRaised,
    /// It is over.
    #[serde(rename = "alarm.cleared")]
    AlarmCleared,
    /// A device reported an event.
    #[serde(rename = "event")]
    Event,
    /// A device has fallen silent.
    #[serde(rename = "device.offline")]
    DeviceOffline,
    /// It has come back.
    #[serde(rename = "device.online")]
    DeviceOnline,
}

impl HappeningWord {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::AlarmRaised => "alarm.raised",
            Self::AlarmCleared => "alarm.cleared",
            Self::Event => "event",
            Self::DeviceOffline => "device.offline",
            Self::DeviceOnline => "device.online",
        }
    }

    pub(super) fn is_alarm(self) -> bool {
        matches!(self, Self::AlarmRaised | Self::AlarmCleared)
    }
}

/// How a receiver is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum ChannelWord {
    /// A signed HTTP request to `url`.
    Webhook,
    /// A mail to `to`, through the server of `[mail]` in the configuration.
    Email,
    /// `city/{theme}/{device}/alarm` at `broker`, QoS 1, not retained; alarms only.
    Mqtt,
    /// A robot in a group of 企业微信; `url` is its address with the key.
    WeCom,
    /// A robot in a group of 钉钉; `url` is its address with the token, `sign` what it signs with.
    DingTalk,
}

impl From<ChannelWord> for Channel {
    fn from(word: ChannelWord) -> Self {
        match word {
            ChannelWord::Webhook => Self::Webhook,
            ChannelWord::Email => Self::Email,
            ChannelWord::Mqtt => Self::Mqtt,
            ChannelWord::WeCom => Self::WeCom,
            ChannelWord::DingTalk => Self::DingTalk,
        }
    }
}

impl From<Channel> for ChannelWord {
    fn from(channel: Channel) -> Self {
        match channel {
            Channel::Webhook => Self::Webhook,
            Channel::Email => Self::Email,
            Channel::Mqtt => Self::Mqtt,
            Channel::WeCom => Self::WeCom,
            Channel::DingTalk => Self::DingTalk,
        }
    }
}

/// The language of what people read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum LangWord {
    #[default]
    Zh,
    En,
}

impl From<LangWord> for Lang {
    fn from(word: LangWord) -> Self {
        if word == LangWord::En { Self::En } else { Self::Zh }
    }
}

/// A receiver to be made or changed.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ReceiverBody {
    /// A name for people, 1 to 200 characters.
    #[schemars(length(min = 1, max = 200))]
    pub(super) name: String,
    /// How it is told; default `webhook`. It cannot be changed.
    pub(super) channel: Option<ChannelWord>,
    /// Where a webhook or a robot is told: `https://…` or `http://…`. Addresses that are not public must stand in
    /// `webhooks.allow` of the configuration. The address of a robot holds its key, which is kept encrypted and never shown
    /// again; a change without the key keeps the one that it had.
    #[schemars(length(min = 1, max = 2000), url)]
    pub(super) url: Option<String>,
    /// What a robot of 钉钉 signs with (加签), if it is set to; a change without it keeps it, an empty one takes it away.
    #[schemars(length(max = 200))]
    pub(super) sign: Option<String>,
    /// The mailbox that mails go to.
    #[schemars(length(min = 3, max = 254))]
    pub(super) to: Option<String>,
    /// The name of the broker that alarms are published at; may be left out where there is only one.
    pub(super) broker: Option<String>,
    /// The language of what people read; default zh.
    #[serde(default)]
    pub(super) lang: LangWord,
    /// Only these; empty (default): all, at brokers all of alarms.
    #[serde(default)]
    pub(super) events: Vec<HappeningWord>,
    /// Only of these themes; empty (default): all.
    #[serde(default)]
    pub(super) themes: Vec<String>,
    /// Whether it is told at all; default true. What happens meanwhile is not told later.
    #[serde(default = "yes")]
    pub(super) enabled: bool,
    /// Make a new secret (changes of webhooks only; a new webhook always gets one). Default false.
    #[serde(default)]
    pub(super) new_secret: bool,
}

fn yes() -> bool {
    true
}

/// A receiver.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReceiverView {
    id: i64,
    name: String,
    pub(super) channel: ChannelWord,
    /// Where a webhook or a robot is told; of a robot without its key.
    url: Option<String>,
    /// The mailbox that mails go to.
    to: Option<String>,
    /// The broker that alarms are published at.
    broker: Option<String>,
    /// The language of what people read: zh or en.
    lang: String,
    /// Only these; empty: all.
    events: Vec<String>,
    /// Only of these themes; empty: all.
    themes: Vec<String>,
    enabled: bool,
    /// When it was made, ms since 1970. What happened before is not told.
    made: i64,
    /// By whom.
    caller: String,
    /// It does not answer: nothing is sent before this moment, ms since 1970.
    held_until: Option<i64>,
    /// The last attempt to tell it anything, ms since 1970.
    tried: Option<i64>,
    /// The status (HTTP, SMTP) of its last answer.
    status: Option<i32>,
    /// What went wrong at the last attempt; null: nothing.
    error: Option<String>,
    /// Deliveries that wait.
    waiting: i64,
    /// Deliveries that were given up, and can be replayed.
    given_up: i64,
}

impl From<StoredReceiver> for ReceiverView {
    fn from(stored: StoredReceiver) -> Self {
        let StoredReceiver { id, entry, made, caller, held_until, last, waiting, given_up } = stored;
        let ReceiverEntry { name, channel, target, lang, kinds, themes, enabled } = entry;
        let (mut url, mut to, mut broker) = (None, None, None);
        match channel {
            Channel::Webhook | Channel::WeCom | Channel::DingTalk => url = Some(target),
            Channel::Email => to = Some(target),
            Channel::Mqtt => broker = Some(target),
        }
        Self {
            id,
            name,
            channel: channel.into(),
            url,
            to,
            broker,
            lang: lang.word().to_owned(),
            events: kinds,
            themes,
            enabled,
            made: made.ms(),
            caller,
            held_until: held_until.map(Timestamp::ms),
            tried: last.as_ref().map(|last| last.at.ms()),
            status: last.as_ref().and_then(|last| last.status),
            error: last.and_then(|last| last.words),
            waiting,
            given_up,
        }
    }
}

/// What the configuration has for receivers.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct OutletsView {
    /// There is a server to send mails with.
    pub(super) email: bool,
    /// Brokers that alarms can be published at.
    pub(super) brokers: Vec<String>,
    /// So many messages a minute at most for mailboxes and robots; beyond that many go in one.
    pub(super) messages_per_minute: usize,
}

/// All receivers.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReceiverList {
    pub(super) receivers: Vec<ReceiverView>,
    pub(super) outlets: OutletsView,
}

/// All receivers that are webhooks.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct WebhookList {
    pub(super) webhooks: Vec<ReceiverView>,
}

/// A receiver after it was made or changed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct ReceiverSaved {
    #[serde(flatten)]
    pub(super) receiver: ReceiverView,
    /// Signs what a webhook is sent (`X-Chengshu-Signature: t=SECONDS,v1=HMAC-SHA256 of "SECONDS.BODY"`). Shown here and never
    /// again; null when it did not change, and on other channels.
    pub(super) secret: Option<String>,
}

/// How a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeliveryWord {
    Waiting,
    Delivered,
    GivenUp,
}

impl DeliveryWord {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::GivenUp => "given_up",
        }
    }
}

/// Which deliveries.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeliveryParams {
    /// Only those that stand so.
    pub(super) state: Option<DeliveryWord>,
    /// Only those with a smaller number: the `next` of the page before.
    pub(super) before: Option<i64>,
    /// At most this many, 1 to 1000; default 100.
    #[schemars(range(min = 1, max = 1_000))]
    pub(super) limit: Option<u32>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct DeliveryView {
    /// Its number, also the `sequence` of the message: what happened later has a greater one.
    id: i64,
    /// alarm.raised, alarm.cleared, event, device.offline, device.online or test.
    event: String,
    /// When it happened, hub time, ms since 1970.
    made: i64,
    /// waiting, delivered or given_up.
    state: String,
    /// How often it was tried since it was last asked for.
    attempts: i32,
    /// The last attempt, ms since 1970.
    tried: Option<i64>,
    /// When it is tried next, if it waits, ms since 1970.
    due: Option<i64>,
    /// The status (HTTP, SMTP) of the last answer.
    status: Option<i32>,
    /// What went wrong last.
    error: Option<String>,
    /// It went in one message with others: the number of the first of them.
    digest: Option<i64>,
    /// What is told.
    #[schemars(with = "serde_json::Value")]
    data: Option<Box<RawValue>>,
}

impl From<StoredDelivery> for DeliveryView {
    fn from(stored: StoredDelivery) -> Self {
        let due = (stored.state == "waiting").then_some(stored.due.ms());
        Self {
            id: stored.id,
            event: stored.kind,
            made: stored.made.ms(),
            state: stored.state,
            attempts: stored.attempts,
            tried: stored.tried.map(Timestamp::ms),
            due,
            status: stored.status,
            error: stored.words,
            digest: stored.digest,
            data: RawValue::from_string(stored.data).ok(),
        }
    }
}

/// A page of deliveries, newest first.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct DeliveryPage {
    pub(super) deliveries: Vec<DeliveryView>,
    /// Ask again with `before` set to this; none when this was the last page.
    pub(super) next: Option<i64>,
}

/// A test that will be delivered.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct TestView {
    /// The number of the delivery.
    pub(super) delivery: i64,
}

/// What is to be delivered again.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AgainOrder {
    /// These deliveries, whatever became of them; left out: all that were given up.
    #[schemars(length(max = 1000))]
    pub(super) ids: Option<Vec<i64>>,
}

/// What will be.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct AgainView {
    /// Deliveries that wait again.
    pub(super) deliveries: u64,
}
