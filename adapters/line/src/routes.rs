//! Which talk a device's commands go by: the one that spoke for it last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use chengshu_core::model::{DeviceId, Order};
use tokio::sync::mpsc;

/// How many commands may wait for one talk.
const WAITING: usize = 16;
// boxed: a channel makes room for dozens of what it carries, for thousands of talks that are never asked anything

type Table = HashMap<DeviceId, (u64, mpsc::Sender<Box<Order>>)>;

/// The talks that devices speak by.
#[derive(Debug, Clone, Default)]
pub(crate) struct Routes(Arc<Mutex<Table>>);

/// A talk's own place among the routes; gives back what it took when it ends.
pub(crate) struct Seat {
    routes: Routes,
    number: u64,
    devices: Vec<DeviceId>,
    sender: mpsc::Sender<Box<Order>>,
    /// Its commands.
    pub(crate) orders: mpsc::Receiver<Box<Order>>,
}

impl Routes {
    /// A seat for a new talk; `number` is no other's.
    pub(crate) fn seat(&self, number: u64) -> Seat {
        let (sender, orders) = mpsc::channel(WAITING);
        Seat { routes: self.clone(), number, devices: Vec::new(), sender, orders }
    }

    /// Passes a command on; none is left when a talk took it.
    pub(crate) fn pass(&self, order: Order) -> Option<Order> {
        let sender = self.table().get(&order.device).map(|(_, sender)| sender.clone());
        match sender {
            None => Some(order),
            Some(sender) => sender.try_send(Box::new(order)).err().map(|error| *error.into_inner()),
        }
    }

    fn table(&self) -> std::sync::MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// From now on commands to `device` come here. True when another talk, which goes on, spoke for it until now.
    pub(crate) fn speaks(&mut self, device: &DeviceId) -> bool {
        let mut table = self.routes.table();
        let before = table.get(device).map(|(number, _)| *number);
        if before != Some(self.number) {
            table.insert(device.clone(), (self.number, self.sender.clone()));
            self.devices.push(device.clone());
        }
        before.is_some_and(|number| number != self.number)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut table = self.routes.table();
        for device in &self.devices {
            if table.get(device).is_some_and(|(number, _)| *number == self.number) {
                table.remove(device);
            }
        }
    }
}
