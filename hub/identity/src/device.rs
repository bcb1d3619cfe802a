//! Credentials of devices as the hub holds them: a copy in memory of what the store keeps, so that brokers are answered while
//! the database is away, and whoever writes the managed broker's files sees when they are no longer true.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use chengshu_broker::PasswordHash;
use chengshu_core::model::{DeviceId, Timestamp};
use chengshu_store::{DeviceKeyMark, Store, StoreError};
use tokio::sync::Notify;

/// Devices whose coming waits to be written down, at most; the next time that they come is as good.
const CAME_MOST: usize = 100_000;

/// What is kept of each device's secret.
pub type DeviceTable = HashMap<DeviceId, PasswordHash>;

/// Credentials of devices (设备凭据).
#[derive(Clone)]
pub struct DeviceKeys(Arc<Inner>);

struct Inner {
    store: Store,
    copy: RwLock<Option<(DeviceKeyMark, Arc<DeviceTable>)>>,
    came: Mutex<HashMap<DeviceId, Timestamp>>,
    wake: Notify,
}

impl DeviceKeys {
    pub(crate) fn new(store: Store) -> Self {
        let (copy, came, wake) = (RwLock::default(), Mutex::default(), Notify::new());
        Self(Arc::new(Inner { store, copy, came, wake }))
    }

    /// The copy; none before the database has answered for the first time.
    #[must_use]
    pub fn table(&self) -> Option<Arc<DeviceTable>> {
        self.0.copy.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(_, table)| table.clone())
    }

    /// A copy drawn by hand, for tests without a database.
    pub fn draw(&self, table: DeviceTable) {
        *self.0.copy.write().unwrap_or_else(PoisonError::into_inner) =
            Some((DeviceKeyMark::default(), Arc::new(table)));
    }

    /// Something was changed: whoever waits looks again.
    pub fn wake(&self) {
        self.0.wake.notify_one();
    }

    /// Until something is changed.
    pub async fn changed(&self) {
        self.0.wake.notified().await;
    }

    /// Brings the copy up to date, and writes down who came.
    ///
    /// # Errors
    /// [`StoreError`]: the copy stays as it was.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let mark = self.0.store.device_key_mark().await?;
        let known = self.0.copy.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|(mark, _)| *mark);
        if known != Some(mark) {
            let rows = self.0.store.device_key_list(None).await?;
            let table = rows.into_iter().filter_map(|row| {
                let hash = PasswordHash::read(&row.hash);
                let hash = hash.inspect_err(|error| tracing::error!(device = %row.device, %error, "left out")).ok()?;
                Some((row.device, hash))
            });
            // what was changed between the two questions is seen at the next one: its mark is another
            *self.0.copy.write().unwrap_or_else(PoisonError::into_inner) = Some((mark, Arc::new(table.collect())));
        }
        let came: Vec<_> = self.came_now().drain().collect();
        if came.is_empty() {
            return Ok(());
        }
        let written = self.0.store.device_key_used(&came).await;
        if written.is_err() {
            came.into_iter().for_each(|(device, at)| self.came(device, at));
        }
        written
    }

    /// A device came with its credential.
    pub fn came(&self, device: DeviceId, at: Timestamp) {
        let mut came = self.came_now();
        if came.len() < CAME_MOST || came.contains_key(&device) {
            let last = came.entry(device).or_insert(at);
            *last = (*last).max(at);
        }
    }

    fn came_now(&self) -> MutexGuard<'_, HashMap<DeviceId, Timestamp>> {
        self.0.came.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
