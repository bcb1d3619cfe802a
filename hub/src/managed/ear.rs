//! What the managed broker's log tells: who came, and who was refused what. Counted on the link, told in the audit at most
//! once a minute for each device, and never in the way of the broker, which waits for whoever reads its log.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use chengshu_access::{Act, AuditLine, Identity, Outcome};
use chengshu_api::is_child;
use chengshu_broker::{Deed, HUB, Heard, User, allows, heard};
use chengshu_core::model::{DeviceId, Timestamp};
use chengshu_core::seam::{Link, SharedClock};
use chengshu_engine::Board;
use chengshu_identity::{DeviceKeys, Stamp};

use super::child::Ear;

/// A device is told of once in so long.
const QUIET_MS: i64 = 60_000;
/// Devices that are remembered as told of; more begin anew.
const TOLD_MOST: usize = 20_000;
/// Lines that wait for the database.
const LINES_MOST: usize = 1_000;

/// Where what was heard belongs; known when the hub stands.
pub struct Belongs {
    /// Counts refusals.
    pub link: Arc<Link>,
    /// Knows who has credentials; is told who came.
    pub keys: DeviceKeys,
    /// Knows who speaks through whom.
    pub board: Board,
}

/// Hears all lives of the broker.
#[derive(Clone)]
pub struct Listener {
    state: Arc<Mutex<State>>,
    belongs: Arc<OnceLock<Belongs>>,
    client_id: Arc<str>,
    clock: SharedClock,
}

#[derive(Default)]
struct State {
    /// Which life of the broker speaks.
    life: u64,
    /// In this life the hub's session has come.
    hub_came: bool,
    /// Whoever came last, and whether their last will is told next.
    last: String,
    will: bool,
    told: HashMap<DeviceId, (Timestamp, u64)>,
    lines: Vec<AuditLine>,
}

impl Listener {
    /// Hears a broker at which the hub has this client id.
    pub fn new(client_id: &str, clock: SharedClock) -> Self {
        Self { state: Arc::default(), belongs: Arc::default(), client_id: client_id.into(), clock }
    }

    /// From now on what is heard counts.
    pub fn attach(&self, belongs: Belongs) {
        let _ = self.belongs.set(belongs); // it is called once
    }

    /// A new life of the broker begins.
    pub fn ear(&self) -> Ear {
        let life = {
            let mut state = self.state();
            state.life += 1;
            state.hub_came = false;
            state.life
        };
        let listener = self.clone();
        Arc::new(move |line: &str| listener.hear(life, line))
    }

    /// Whether the hub's session has come since the broker was started: before that a reload would take its rights away.
    pub fn hub_came(&self) -> bool {
        self.state().hub_came
    }

    /// What waits to be written into the audit.
    pub fn lines(&self) -> Vec<AuditLine> {
        std::mem::take(&mut self.state().lines)
    }

    /// Lines that the database did not take wait on, as long as there is room.
    pub fn keep(&self, lines: Vec<AuditLine>) {
        let mut state = self.state();
        let room = LINES_MOST.saturating_sub(state.lines.len());
        state.lines.extend(lines.into_iter().take(room));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// True: the line is understood, and needs no log.
    fn hear(&self, life: u64, line: &str) -> bool {
        let Some(told) = heard(line) else { return is_chatter(line) };
        let mut state = self.state();
        if state.life != life {
            return true; // the last words of one that has ended
        }
        let will = std::mem::take(&mut state.will);
        match told {
            Heard::Connected { client, user } => {
                state.hub_came |= user == HUB && client == &*self.client_id;
                state.last = client.to_owned();
                drop(state);
                if let (Some(belongs), Some(device)) = (self.belongs.get(), User::device(user)) {
                    belongs.keys.came(device, self.clock.now());
                }
            }
            Heard::NotLetIn => {
                drop(state);
                self.refused(None, "login_denied", "login");
            }
            Heard::Denied { client, topic } => {
                drop(state);
                self.refused(User::device(client), "publish_denied", &format!("publish {topic}"));
            }
            Heard::Subscribed { client, topic } => {
                drop(state);
                self.judge(client, Deed::Subscribe, "subscribe_denied", "subscribe", topic);
            }
            Heard::WillFollows => state.will = true,
            Heard::More(topic) if will => {
                let client = state.last.clone();
                drop(state);
                self.judge(&client, Deed::Publish, "will_denied", "last will", topic);
            }
            Heard::More(_) => {}
        }
        true
    }

    /// The broker lets anybody subscribe and announce a last will, and delivers nothing of it that is not within their rights.
    fn judge(&self, client: &str, deed: Deed, code: &'static str, word: &str, topic: &str) {
        let (Some(belongs), Some(device)) = (self.belongs.get(), User::device(client)) else { return };
        if !belongs.keys.table().is_some_and(|table| table.contains_key(&device)) {
            return; // no device: the hub, the shared user
        }
        let child = |named: &DeviceId| belongs.board.read(|board| is_child(board, &device, named));
        if !allows(&device, child, deed, topic) {
            self.refused(Some(device), code, &format!("{word} {topic}"));
        }
    }

    fn refused(&self, device: Option<DeviceId>, code: &'static str, what: &str) {
        if let Some(belongs) = self.belongs.get() {
            belongs.link.count_deviation(code);
        }
        let now = self.clock.now();
        let mut state = self.state();
        // nobody known shares one place: the broker does not tell whom it has turned away
        let Ok(key) = device.clone().map_or_else(|| DeviceId::parse("-"), Ok) else { return };
        let told = state.told.get(&key).copied();
        let (since, kept) = told.unwrap_or((Timestamp::from_ms(i64::MIN / 2), 0));
        if now.since(since).unsigned_abs() < QUIET_MS.unsigned_abs() {
            state.told.insert(key, (since, kept + 1));
            return;
        }
        if state.told.len() >= TOLD_MOST {
            state.told.clear();
        }
        state.told.insert(key, (now, 0));
        if state.lines.len() >= LINES_MOST {
            return tracing::error!("lines of the audit about the broker were lost: too many wait for the database");
        }
        let who = device.map(|device| Identity::Device { id: device.as_str().into() });
        let object = format!("MQTT {}", what.chars().take(200).collect::<String>());
        let mut line = Stamp { who, from: None, now }.line(Act::Denied, Outcome::Denied, object);
        line.detail.insert("code".to_owned(), code.to_owned());
        if kept > 0 {
            line.detail.insert("untold_before".to_owned(), kept.to_string());
        }
        state.lines.push(line);
    }
}

/// Lines that come with every message, and say nothing.
fn is_chatter(line: &str) -> bool {
    ["Received ", "Sending ", "No will ", "New connection "].iter().any(|word| line.starts_with(word))
}

#[cfg(test)]
mod tests {
    use chengshu_core::model::LinkId;

    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn the_hub_has_come_when_its_session_has_in_this_life() {
        let listener = Listener::new("chengshu-abc", Arc::new(SystemClock::new()));
        let first = listener.ear();
        for line in [
            "New client connected from /run/mqtt.sock:0 as chengshu-abc-doctor (p2, c1, k30, u'chengshu-hub').",
            "New client connected from 127.0.0.1:5 as chengshu-abc (p2, c1, k30, u'W-1').",
        ] {
            assert!(first(line) && !listener.hub_came(), "{line}");
        }
        let own = "New client connected from /run/mqtt.sock:0 as chengshu-abc (p2, c0, k30, u'chengshu-hub').";
        assert!(first(own) && listener.hub_came());
        let second = listener.ear();
        assert!(!listener.hub_came());
        first(own);
        assert!(!listener.hub_came(), "the last words of the life before");
        second(own);
        assert!(listener.hub_came());
    }

    #[test]
    fn refusals_are_counted_each_and_told_once_a_minute_for_each_device() {
        let listener = Listener::new("hub", Arc::new(SystemClock::new()));
        let ear = listener.ear();
        for _ in 0..5 {
            ear("Denied PUBLISH from W-1 (d0, q1, r0, m1, 'city/water/W-2/telemetry', ... (1 bytes))");
            ear("Client <unknown> disconnected, not authorised.");
        }
        ear("Denied PUBLISH from W-3 (d0, q1, r0, m1, 'x', ... (1 bytes))");
        let lines = listener.lines();
        let told: Vec<(&str, &str)> =
            lines.iter().map(|line| (line.who.as_str(), line.object.as_deref().unwrap())).collect();
        let expected = [
            ("device:W-1", "MQTT publish city/water/W-2/telemetry"),
            ("unknown", "MQTT login"),
            ("device:W-3", "MQTT publish x"),
        ];
        assert_eq!(told, expected);
        assert!(listener.lines().is_empty());
        let link = Link::new(LinkId::parse("mqtt:main").unwrap(), "mqtt", "main".to_owned(), Timestamp::from_ms(0));
        assert!(link.deviations().is_empty());
    }

    #[test]
    fn what_is_not_understood_is_logged() {
        let ear = Listener::new("hub", Arc::new(SystemClock::new())).ear();
        assert!(ear("Received PUBLISH from W-1 (d0, q1, r0, m1, 'x', ... (1 bytes))"));
        assert!(!ear("Error: Unable to open log file"));
        assert!(!ear("mosquitto version 2.0.11 running"));
    }
}
