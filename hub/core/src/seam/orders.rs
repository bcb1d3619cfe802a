//! The way out: commands to devices, as an adapter gets them, and its word on how they go. What is lost here is not lost:
//! commands stand in the database, and whoever sends them looks there again.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc};

use crate::model::{CommandId, Order, Progress};

/// How many commands may wait for one adapter. More wait in the database.
const WAITING: usize = 256;

/// The adapter's end. Clones share one queue, so that an adapter that is started again goes on with it.
#[derive(Clone)]
pub struct Orders {
    orders: Arc<Mutex<mpsc::Receiver<Order>>>,
    reports: mpsc::UnboundedSender<(CommandId, Progress)>,
}

/// The sender's end of one link.
#[derive(Debug, Clone)]
pub struct OrderSink(mpsc::Sender<Order>);

/// What adapters say of commands, of all links together.
pub type OrderReports = mpsc::UnboundedReceiver<(CommandId, Progress)>;

/// Where adapters report: one for all links.
#[derive(Debug, Clone)]
pub struct OrderDesk(mpsc::UnboundedSender<(CommandId, Progress)>);

/// A desk, and what comes in at it.
#[must_use]
pub fn order_desk() -> (OrderDesk, OrderReports) {
    let (tx, rx) = mpsc::unbounded_channel();
    (OrderDesk(tx), rx)
}

impl OrderDesk {
    /// A link's two ends.
    #[must_use]
    pub fn link(&self) -> (OrderSink, Orders) {
        let (tx, rx) = mpsc::channel(WAITING);
        (OrderSink(tx), Orders { orders: Arc::new(Mutex::new(rx)), reports: self.0.clone() })
    }
}

impl OrderSink {
    /// Gives the adapter a command; false when it has no room or has gone: try again later.
    #[must_use]
    pub fn give(&self, order: Order) -> bool {
        self.0.try_send(order).is_ok()
    }
}

impl Orders {
    /// The next command. Never ends; waits for ever when nobody gives any.
    pub async fn next(&self) -> Order {
        match self.orders.lock().await.recv().await {
            Some(order) => order,
            None => std::future::pending().await,
        }
    }

    /// Tells how a command goes.
    pub fn report(&self, command: CommandId, progress: Progress) {
        let _ = self.reports.send((command, progress)); // nobody listens when the hub is stopping
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{DeviceId, ThemeId, Timestamp};

    fn order(id: i64) -> Order {
        Order {
            id: CommandId(id),
            device: DeviceId::parse("W-1").unwrap(),
            theme: ThemeId::parse("water").unwrap(),
            name: "read_now".to_owned(),
            params: serde_json::Map::new(),
            expires: Timestamp::from_ms(0),
        }
    }

    #[tokio::test]
    async fn orders_go_out_by_their_link_and_words_come_back_to_one_desk() {
        let (desk, mut reports) = order_desk();
        let (sink, commands) = desk.link();
        assert!(sink.give(order(7)));
        let again = commands.clone(); // an adapter that was started again
        drop(commands);
        assert_eq!(again.next().await, order(7));
        again.report(CommandId(7), Progress::Sent);
        assert_eq!(reports.recv().await, Some((CommandId(7), Progress::Sent)));
        for id in 0..WAITING as i64 {
            assert!(sink.give(order(id)));
        }
        assert!(!sink.give(order(0)), "a full queue says so");
        drop(again);
        assert!(!sink.give(order(0)), "nobody there");
    }
}
