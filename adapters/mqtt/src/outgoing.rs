//! Commands to devices (下行指令): `city/{theme}/{device}/command`, answered on `…/reply`. One publish at a time, so that a broker
//! that keeps an acknowledgement back never makes two publishes want the same packet id (rumqttc #1014, #1056). Nothing
//! here is silent: what the broker does not take is told as failed.

use std::collections::VecDeque;
use std::time::Duration;

use chengshu_core::model::{CommandId, DeviceId, Order, Progress, Timestamp};
use chengshu_core::seam::Orders;
use rustc_hash::FxHashMap;
use serde::Deserialize;
use serde_json::{Value, json};

/// How long the broker may take to acknowledge.
const PATIENCE: Duration = Duration::from_secs(10);
/// Commands that wait for their turn here; more wait in the database.
const WAITING: usize = 64;
/// Answers that are waited for.
const ASKED: usize = 10_000;

/// What shall be published next.
pub(crate) struct Publication {
    pub(crate) topic: String,
    pub(crate) payload: Vec<u8>,
}

/// The one that is on its way.
struct Current {
    order: Order,
    since: Duration,
    /// The number that the client gave it, once it is on the wire.
    packet: Option<u16>,
}

/// Commands of one session.
pub(crate) struct Outgoing {
    orders: Orders,
    waiting: VecDeque<Order>,
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
    pub(crate) fn new(orders: Orders) -> Self {
        Self { orders, waiting: VecDeque::new(), current: None, asked: FxHashMap::default() }
    }

    /// The next command for this session; pending while there is no room for one.
    pub(crate) fn next(&self) -> impl Future<Output = Order> + use<> {
        let orders = self.orders.clone();
        let room = self.waiting.len() < WAITING;
        async move { if room { orders.next().await } else { std::future::pending().await } }
    }

    pub(crate) fn take(&mut self, order: Order, is_up: bool) {
        if is_up {
            return self.waiting.push_back(order);
        }
        let words = "the hub is not connected to the broker".to_owned();
        self.orders.report(order.id, Progress::Failed("not_connected", words));
    }

    /// What shall be published now, if anything: the one that a lost connection took along, or the next.
    pub(crate) fn publication(&mut self, now: Timestamp, since: Duration) -> Option<Publication> {
        if self.current.is_some() {
            return None;
        }
        let order = loop {
            let order = self.waiting.pop_front()?;
            if order.expires > now {
                break order;
            }
        };
        let topic = format!("city/{}/{}/command", order.theme, order.device);
        let CommandId(id) = order.id;
        let body = json!({ "id": id, "name": order.name, "params": order.params, "expires": order.expires.ms() });
        self.current = Some(Current { order, since, packet: None });
        Some(Publication { topic, payload: body.to_string().into_bytes() })
    }

    /// The client has put a publish on the wire: ours, for nobody else publishes.
    pub(crate) fn on_the_wire(&mut self, packet: u16) {
        if let Some(current) = self.current.as_mut().filter(|current| current.packet.is_none()) {
            current.packet = Some(packet);
        }
    }

    /// The broker has it.
    pub(crate) fn acknowledged(&mut self, packet: u16) {
        if let Some(current) = self.current.take_if(|current| current.packet == Some(packet)) {
            let CommandId(id) = current.order.id;
            if self.asked.len() >= ASKED {
                self.asked.clear(); // their senders are told by the database that nobody answered
            }
            self.asked.insert(id, current.order.device);
            self.orders.report(current.order.id, Progress::Sent);
        }
    }

    /// The connection is gone, and with it what was on the wire: it is published anew. A device that got it twice knows it
    /// by its id.
    pub(crate) fn lost(&mut self) {
        if let Some(current) = self.current.take() {
            self.waiting.push_front(current.order);
        }
    }

    /// What has taken too long. True: the client itself is stuck, and only a new connection helps.
    pub(crate) fn overdue(&mut self, since: Duration) -> bool {
        let Some(current) = self.current.take_if(|current| since.saturating_sub(current.since) >= PATIENCE) else {
            return false;
        };
        let words = "the broker did not acknowledge the command".to_owned();
        self.orders.report(current.order.id, Progress::Failed("timeout", words));
        current.packet.is_none()
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
    use chengshu_core::seam::{OrderReports, order_desk};

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
        (Outgoing::new(desk.link().1), reports)
    }

    #[test]
    fn one_at_a_time_and_answered_only_by_its_device() {
        let (mut out, mut reports) = outgoing();
        let t = Duration::from_secs;
        out.take(order(1), true);
        out.take(order(2), true);
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
        out.take(order(1), true);
        out.publication(NOW, t(0)).unwrap();
        out.on_the_wire(1);
        out.lost();
        assert!(out.publication(NOW, t(1)).is_some(), "anew");
        assert!(!out.overdue(t(10)));
        assert!(out.overdue(t(11)), "it never came to the wire: the client is stuck");
        assert!(matches!(reports.try_recv(), Ok((CommandId(1), Progress::Failed("timeout", _)))));
        out.take(order(2), true);
        out.publication(NOW, t(11)).unwrap();
        out.on_the_wire(2);
        assert!(!out.overdue(t(21)), "on the wire, and the broker silent: the connection may still carry readings");
        assert!(matches!(reports.try_recv(), Ok((CommandId(2), Progress::Failed("timeout", _)))));
        out.take(Order { expires: NOW, ..order(3) }, true);
        assert!(out.publication(NOW, t(21)).is_none(), "too late already: the database says so");
    }
}
