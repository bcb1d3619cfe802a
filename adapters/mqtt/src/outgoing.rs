//! What the hub publishes: commands to devices (下行指令) on `city/{theme}/{device}/command`, answered on `…/reply`, and behind
//! them its own notices, such as alarms. One publish at a time, so that a broker that keeps an acknowledgement back never
//! makes two publishes want the same packet id (rumqttc #1014, #1056). Nothing here is silent: what the broker does not take
//! is told as failed.

use std::collections::VecDeque;
use std::time::Duration;

use chengshu_core::model::{CommandId, DeviceId, Order, Progress, Timestamp};
use chengshu_core::seam::{Notice, Notices, Orders};
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long the broker may take to acknowledge.
const PATIENCE: Duration = Duration::from_secs(10);
/// Commands that wait for their turn here; more wait in the database.
const WAITING: usize = 64;
/// Why a notice did not go out.
const LOST: &str = "the connection to the broker was lost";
/// Answers that are waited for.
const ASKED: usize = 10_000;

/// What shall be published next.
pub(crate) struct Publication {
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
}

/// Something to be published.
pub(crate) enum Job {
    Order(Order),
    Notice(Notice),
}

/// The one that is on its way.
struct Current {
    job: Job,
    since: Duration,
    /// The number that the client gave it, once it is on the wire.
    packet: Option<u16>,
}

/// Commands and notices of one session.
pub(crate) struct Outgoing {
    orders: Orders,
    notices: Notices,
    waiting: VecDeque<Order>,
    /// Whoever sends notices waits for each: there are never many.
    said: VecDeque<Notice>,
    current: Option<Current>,
    /// Whose answer is waited for.
    asked: FxHashMap<i64, DeviceId>,
}

/// What a device answers: `{"id": 17, "ok": true, "result": …}` or `{"id": 17, "ok": false, "error": "…"}`.
#[derive(Deserialize)]
struct Reply {
    id: i64,
    ok: bool,
    result: Option<Value>,
    error: Option<String>,
}

impl Outgoing {
    pub(crate) fn new(orders: Orders, notices: Notices) -> Self {
        let (waiting, said) = (VecDeque::new(), VecDeque::new());
        Self { orders, notices, waiting, said, current: None, asked: FxHashMap::default() }
    }

    /// The next command or notice for this session; pending while there is no room for one.
    pub(crate) fn next(&self) -> impl Future<Output = Job> + use<> {
        let (orders, notices) = (self.orders.clone(), self.notices.clone());
        let (order_room, notice_room) = (self.waiting.len() < WAITING, self.said.len() < WAITING);
        async move {
            tokio::select! {
                biased;
                order = orders.next(), if order_room => Job::Order(order),
                notice = notices.next(), if notice_room => Job::Notice(notice),
                else => std::future::pending().await,
            }
        }
    }

    pub(crate) fn take(&mut self, job: Job, is_up: bool) {
        match job {
            Job::Order(order) if is_up => self.waiting.push_back(order),
            Job::Notice(notice) if is_up => self.said.push_back(notice),
            job => self.failed(job, "not_connected", "the hub is not connected to the broker"),
        }
    }

    fn failed(&self, job: Job, code: &'static str, words: &'static str) {
        match job {
            Job::Order(order) => self.orders.report(order.id, Progress::Failed(code, words.to_owned())),
            Job::Notice(notice) => drop(notice.taken.send(Err(words))), // nobody waits for it any more
        }
    }

    /// What shall be published now, if anything: the one that a lost connection took along, or the next.
    pub(crate) fn publication(&mut self, now: Timestamp, since: Duration) -> Option<Publication> {
        if self.current.is_some() {
            return None;
        }
        let (job, publication) = self.next_order(now).or_else(|| self.next_notice())?;
        self.current = Some(Current { job, since, packet: None });
        Some(publication)
    }

    fn next_order(&mut self, now: Timestamp) -> Option<(Job, Publication)> {
        let order = loop {
            let order = self.waiting.pop_front()?;
            if order.expires > now {
                break order;
            }
        };
        let topic = format!("city/{}/{}/command", order.theme, order.device);
        let CommandId(id) = order.id;
        let body = json!({ "id": id, "name": order.name, "params": order.params, "expires": order.expires.ms() });
        Some((Job::Order(order), Publication { topic, payload: body.to_string().into_bytes() }))
    }

    fn next_notice(&mut self) -> Option<(Job, Publication)> {
        loop {
            let mut notice = self.said.pop_front()?;
            if !notice.taken.is_closed() {
                let (topic, payload) = (std::mem::take(&mut notice.topic), std::mem::take(&mut notice.payload));
                return Some((Job::Notice(notice), Publication { topic, payload }));
            }
        }
    }

    /// The client has put a publish on the wire: ours, for nobody else publishes.
    pub(crate) fn on_the_wire(&mut self, packet: u16) {
        if let Some(current) = self.current.as_mut().filter(|current| current.packet.is_none()) {
            current.packet = Some(packet);
        }
    }

    /// The broker has it.
    pub(crate) fn acknowledged(&mut self, packet: u16) {
        match self.current.take_if(|current| current.packet == Some(packet)).map(|current| current.job) {
            Some(Job::Order(order)) => {
                let CommandId(id) = order.id;
                if self.asked.len() >= ASKED {
                    self.asked.clear(); // their senders are told by the database that nobody answered
                }
                self.asked.insert(id, order.device);
                self.orders.report(order.id, Progress::Sent);
            }
            Some(Job::Notice(notice)) => drop(notice.taken.send(Ok(()))), // whoever waited has it sent again
            None => {}
        }
    }

    /// The connection is gone, and with it what was on the wire: a command is published anew, and a device that got it twice
    /// knows it by its id. Notices are kept by whoever sent them.
    pub(crate) fn lost(&mut self) {
        match self.current.take().map(|current| current.job) {
            Some(Job::Order(order)) => self.waiting.push_front(order),
            Some(notice) => self.failed(notice, "not_connected", LOST),
            None => {}
        }
        for notice in std::mem::take(&mut self.said) {
            self.failed(Job::Notice(notice), "not_connected", LOST);
        }
    }

    /// What has taken too long. True: the client itself is stuck, and only a new connection helps.
    pub(crate) fn overdue(&mut self, since: Duration) -> bool {
        let Some(current) = self.current.take_if(|current| since.saturating_sub(current.since) >= PATIENCE) else {
            return false;
        };
        let is_stuck = current.packet.is_none();
        self.failed(current.job, "timeout", "the broker did not acknowledge it");
        is_stuck
    }

    /// Whether anything is on its way, so that time must be looked at.
    pub(crate) const fn is_busy(&self) -> bool {
        self.current.is_some()
    }

    /// What a device answered on `topic`. False: nobody had asked it.
    pub(crate) fn replied(&mut self, device: &str, payload: &[u8]) -> bool {
        let Ok(reply) = serde_json::from_slice::<Reply>(payload) else { return false };
        if self.asked.get(&reply.id).is_none_or(|asked| asked.as_str() != device) {
            return false;
        }
        self.asked.remove(&reply.id);
        let progress = if reply.ok {
            Progress::Confirmed(reply.result.unwrap_or(Value::Null))
        } else {
            Progress::Failed("refused", reply.error.unwrap_or_else(|| "the device refused it".to_owned()))
        };
        self.orders.report(CommandId(reply.id), progress);
        true
    }
}

#[cfg(test)]
mod tests {
    use chengshu_core::model::ThemeId;
    use chengshu_core::seam::{NoticeSink, OrderReports, notices, order_desk};

    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000);

    fn order(id: i64) -> Order {
        Order {
            id: CommandId(id),
            device: DeviceId::parse("W-1").unwrap(),
            theme: ThemeId::parse("water").unwrap(),
            name: "open".to_owned(),
            params: serde_json::Map::from_iter([("gate".to_owned(), json!(2))]),
            expires: Timestamp::from_ms(NOW.ms() + 1),
        }
    }

    fn outgoing() -> (Outgoing, OrderReports) {
        let (desk, reports) = order_desk();
        (Outgoing::new(desk.link().1, notices().1), reports)
    }

    /// A notice that somebody waits for.
    async fn said(
        sink: &NoticeSink,
        out: &mut Outgoing,
        is_up: bool,
    ) -> tokio::task::JoinHandle<Result<(), &'static str>> {
        let sink = sink.clone();
        let answer = tokio::spawn(async move { sink.publish("city/water/W-1/alarm".to_owned(), b"{}".to_vec()).await });
        let job = out.next().await;
        out.take(job, is_up);
        answer
    }

    #[tokio::test]
    async fn a_notice_goes_behind_commands_and_is_answered_for() {
        let (desk, _reports) = order_desk();
        let (sink, listen) = notices();
        let mut out = Outgoing::new(desk.link().1, listen);
        let t = Duration::from_secs;
        let first = said(&sink, &mut out, true).await;
        out.take(Job::Order(order(1)), true);
        assert_eq!(out.publication(NOW, t(0)).unwrap().topic, "city/water/W-1/command", "commands first");
        out.on_the_wire(1);
        out.acknowledged(1);
        let notice = out.publication(NOW, t(0)).unwrap();
        assert_eq!((notice.topic.as_str(), notice.payload.as_slice()), ("city/water/W-1/alarm", &b"{}"[..]));
        out.on_the_wire(2);
        assert!(!out.overdue(t(9)));
        out.acknowledged(2);
        assert_eq!(first.await.unwrap(), Ok(()));

        let (second, third) = (said(&sink, &mut out, true).await, said(&sink, &mut out, true).await);
        out.publication(NOW, t(9)).unwrap();
        out.lost();
        assert_eq!((second.await.unwrap(), third.await.unwrap()), (Err(LOST), Err(LOST)), "kept by whoever sent them");
        assert!(out.publication(NOW, t(9)).is_none());
        let fourth = said(&sink, &mut out, true).await;
        out.publication(NOW, t(9)).unwrap();
        assert!(out.overdue(t(19)));
        assert!(fourth.await.unwrap().is_err());
        let fifth = said(&sink, &mut out, false).await;
        assert!(fifth.await.unwrap().unwrap_err().contains("not connected"));
        let sixth = said(&sink, &mut out, true).await;
        sixth.abort();
        assert!(sixth.await.is_err());
        assert!(out.publication(NOW, t(19)).is_none(), "nobody waits for it any more");
    }

    #[test]
    fn one_at_a_time_and_answered_only_by_its_device() {
        let (mut out, mut reports) = outgoing();
        let t = Duration::from_secs;
        out.take(Job::Order(order(1)), true);
        out.take(Job::Order(order(2)), true);
        let first = out.publication(NOW, t(0)).unwrap();
        assert_eq!(first.topic, "city/water/W-1/command");
        let body: Value = serde_json::from_slice(&first.payload).unwrap();
        assert_eq!(body, json!({"id": 1, "name": "open", "params": {"gate": 2}, "expires": NOW.ms() + 1}));
        assert!(out.publication(NOW, t(0)).is_none(), "one at a time");
        out.on_the_wire(5);
        out.acknowledged(4);
        assert!(out.is_busy());
        out.acknowledged(5);
        assert_eq!(reports.try_recv(), Ok((CommandId(1), Progress::Sent)));
        assert!(!out.replied("W-2", br#"{"id":1,"ok":true}"#), "somebody else's answer");
        assert!(!out.replied("W-1", b"ok"));
        assert!(out.replied("W-1", br#"{"id":1,"ok":true,"result":{"gate":2}}"#));
        assert_eq!(reports.try_recv(), Ok((CommandId(1), Progress::Confirmed(json!({"gate": 2})))));
        assert!(!out.replied("W-1", br#"{"id":1,"ok":true}"#), "answered already");
    }

    #[test]
    fn what_was_on_a_lost_wire_goes_again_and_what_is_never_acknowledged_is_told() {
        let (mut out, mut reports) = outgoing();
        let t = Duration::from_secs;
        out.take(Job::Order(order(1)), true);
        out.publication(NOW, t(0)).unwrap();
        out.on_the_wire(1);
        out.lost();
        assert!(out.publication(NOW, t(1)).is_some(), "anew");
        assert!(!out.overdue(t(10)));
        assert!(out.overdue(t(11)), "it never came to the wire: the client is stuck");
        assert!(matches!(reports.try_recv(), Ok((CommandId(1), Progress::Failed("timeout", _)))));
        out.take(Job::Order(order(2)), true);
        out.publication(NOW, t(11)).unwrap();
        out.on_the_wire(2);
        assert!(!out.overdue(t(21)), "on the wire, and the broker silent: the connection may still carry readings");
        assert!(matches!(reports.try_recv(), Ok((CommandId(2), Progress::Failed("timeout", _)))));
        out.take(Job::Order(Order { expires: NOW, ..order(3) }), true);
        assert!(out.publication(NOW, t(21)).is_none(), "too late already: the database says so");
    }
}
