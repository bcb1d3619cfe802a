//! What the hub holds to know people, services and walls by. One hub works on a database, so what it remembers is true
//! until it changes something itself: then it forgets everything and asks again.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use chengshu_access::{Act, AddressKey, Gate, Limiter, Rate};
use chengshu_core::model::Timestamp;
use chengshu_core::seam::SharedClock;
use chengshu_seal::Seal;
use chengshu_store::{Policy, Store, StoreError};
use tokio::sync::{OnceCell, watch};

use crate::device::DeviceKeys;
use crate::login::{NotIn, with};
use crate::memory::Memory;
use crate::password::Hasher;
use crate::proof::Secrets;
use crate::stamp::Stamp;

/// Names and addresses that are remembered at most.
const REMEMBERED: usize = 100_000;
/// Questions to the database about tokens that nobody knows, from one address: whoever has a real one asks once.
const LOOKUPS: Rate = Rate { per_second: 5.0, burst: 100.0 };

/// Requests of strangers (signing in, enrolling) from one address: people and walls need few.
const GUESTS: Rate = Rate { per_second: 1.0, burst: 60.0 };
/// Lines in the audit about what one address was refused: the first tells enough for a minute.
const REFUSALS: Rate = Rate { per_second: 1.0 / 60.0, burst: 3.0 };

/// People, services and walls (身份).
#[derive(Clone)]
pub struct Identities(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) store: Store,
    pub(crate) clock: SharedClock,
    pub(crate) secrets: Secrets,
    pub(crate) seal: Seal,
    pub(crate) hasher: Hasher,
    pub(crate) gate: Mutex<Gate>,
    pub(crate) memory: Memory,
    devices: DeviceKeys,
    pub(crate) lookups: Mutex<Limiter<AddressKey>>,
    guests: Mutex<Limiter<AddressKey>>,
    refusals: Mutex<Limiter<AddressKey>>,
    policy: RwLock<Option<Arc<(Policy, i64)>>>,
    restored: OnceCell<()>,
}

impl Identities {
    /// Nobody is asked yet.
    ///
    /// # Errors
    /// The operating system has no random bytes.
    pub fn new(store: Store, clock: SharedClock, secrets: Secrets, seal: Seal) -> Result<Self, std::io::Error> {
        let gate = Gate::new(Policy::default().lockout, REMEMBERED);
        Ok(Self(Arc::new(Inner {
            devices: DeviceKeys::new(store.clone()),
            store,
            clock,
            secrets,
            seal,
            hasher: Hasher::new()?,
            gate: Mutex::new(gate),
            memory: Memory::default(),
            lookups: Mutex::new(Limiter::new(LOOKUPS, REMEMBERED)),
            guests: Mutex::new(Limiter::new(GUESTS, REMEMBERED)),
            refusals: Mutex::new(Limiter::new(REFUSALS, REMEMBERED)),
            policy: RwLock::default(),
            restored: OnceCell::new(),
        })))
    }

    /// Counters in `registry`.
    ///
    /// # Errors
    /// [`prometheus::Error`] when a name is taken.
    pub fn register(&self, registry: &prometheus::Registry) -> Result<(), prometheus::Error> {
        registry.register(Box::new(self.0.hasher.checks.clone()))
    }

    /// The policy and its version.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn policy(&self) -> Result<Arc<(Policy, i64)>, StoreError> {
        let known = self.0.policy.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(policy) = known {
            return Ok(policy);
        }
        let policy = Arc::new(self.0.store.policy_get().await?);
        self.gate().settle(policy.0.lockout.clone());
        *self.0.policy.write().unwrap_or_else(PoisonError::into_inner) = Some(policy.clone());
        Ok(policy)
    }

    /// Something was changed: what is remembered of anybody is worth nothing.
    pub fn forget(&self) {
        *self.0.policy.write().unwrap_or_else(PoisonError::into_inner) = None;
        self.0.memory.forget();
    }

    /// Changes each time that somebody may have become somebody else: answers that go on look again who asks.
    #[must_use]
    pub fn changes(&self) -> watch::Receiver<()> {
        self.0.memory.forgotten()
    }

    /// What encrypts secrets at rest.
    #[must_use]
    pub fn seal(&self) -> &Seal {
        &self.0.seal
    }

    /// Encrypts with the newest key all that an older one encrypted; afterwards the older ones open nothing more. Answers
    /// how many secrets that was.
    ///
    /// # Errors
    /// [`NotIn::Failed`] without the database or random bytes: then nothing was changed.
    pub async fn turn_sealed(&self) -> Result<u64, NotIn> {
        let mut tx = self.0.store.tx().await?;
        let turned = tx.sealed_turn(|at, kept| self.0.seal.turn(&at.place(), kept).map_err(NotIn::from)).await?;
        if turned > 0 {
            let line = Stamp::hub(self.0.clock.now()).done(Act::Configure, "secret.key".to_owned());
            tx.audit_write(&[with(line, "turned", &turned.to_string())]).await?;
            tx.commit().await?;
            self.forget();
        }
        Ok(turned)
    }

    /// What must be known before anybody signs in: locks of before a restart. A line in the audit tells of the start.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn restore(&self) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        self.restore_locks().await?;
        self.0.store.audit_write(&[Stamp::hub(now).done(Act::HubStart, None)]).await?;
        Ok(())
    }

    /// Once, before the first try: a restart is no way around a lock.
    pub(crate) async fn restore_locks(&self) -> Result<(), StoreError> {
        let restore = || async {
            self.policy().await?;
            let now = self.0.clock.now();
            for (login, standing) in self.0.store.person_locks().await? {
                self.gate().restore(&login, standing, now);
            }
            Ok(())
        };
        self.0.restored.get_or_try_init(restore).await.copied()
    }

    /// Whether a stranger may ask once more; `cost` says how much that weighs beside an attempt to sign in.
    ///
    /// # Errors
    /// How long to wait.
    pub fn guest(&self, from: Option<IpAddr>, cost: f64) -> Result<(), Duration> {
        take(&self.0.guests, from, cost, self.0.clock.now())
    }

    /// True when what an address is refused is worth a line in the audit.
    pub(crate) fn is_told(&self, from: Option<IpAddr>, now: Timestamp) -> bool {
        take(&self.0.refusals, from, 1.0, now).is_ok()
    }

    /// Credentials of devices.
    #[must_use]
    pub fn devices(&self) -> &DeviceKeys {
        &self.0.devices
    }

    /// Until when an account is locked.
    #[must_use]
    pub fn locked_until(&self, login: &str, now: Timestamp) -> Option<Timestamp> {
        self.gate().locked_until(login, now)
    }

    /// A lock was lifted.
    pub fn unlock(&self, login: &str) {
        self.gate().unlock(login);
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.0.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection without an address counts as one and the same.
fn take(limiter: &Mutex<Limiter<AddressKey>>, from: Option<IpAddr>, cost: f64, now: Timestamp) -> Result<(), Duration> {
    let address = AddressKey::of(from.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)));
    limiter.lock().unwrap_or_else(PoisonError::into_inner).take(address, cost, now)
}
