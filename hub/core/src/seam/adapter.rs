//! What an adapter is and what it gets. It reaches nothing else: not the database, not the rules, not its siblings.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use super::{Evidence, Intake, Link, Orders, SharedClock};
use crate::model::{Delivery, Timestamp};

/// Everything that an adapter may touch.
#[derive(Clone)]
pub struct AdapterContext {
    /// Where its deliveries go.
    pub intake: Intake,
    /// Where it reports how its link is.
    pub link: Arc<Link>,
    /// What people want its devices to do.
    pub orders: Orders,
    /// Where pictures go.
    pub evidence: Arc<dyn Evidence>,
    /// Cancelled when it shall end.
    pub stop: CancellationToken,
    /// The one clock.
    pub clock: SharedClock,
}

/// Why an adapter ended without being asked. The supervisor logs the chain and starts it again.
#[derive(Debug, thiserror::Error)]
#[error("adapter {link} ended")]
pub struct AdapterError {
    /// The link that it served.
    pub link: String,
    /// The cause.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Decodes once more what an adapter had to set aside: source (topic, peer), raw bytes, time of arrival. None when the
/// adapter would not hand it over at all.
pub type Decoder = Box<dyn Fn(&str, Bytes, Timestamp) -> Option<Delivery> + Send + Sync>;

/// Makes one run of an adapter. Kept by the supervisor, so that it can start it again.
pub type AdapterFactory = Box<dyn Fn(AdapterContext) -> BoxFuture<'static, Result<(), AdapterError>> + Send + Sync>;
