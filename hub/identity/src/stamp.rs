//! The frame of an act: who, from where and when. Audit lines are made from it.

use std::net::IpAddr;

use chengshu_access::{Act, AuditLine, Identity, Outcome};
use chengshu_core::model::Timestamp;

/// Who acts, from where and when.
#[derive(Debug, Clone)]
pub struct Stamp {
    /// Who; none: nobody known.
    pub who: Option<Identity>,
    /// From where.
    pub from: Option<IpAddr>,
    /// When.
    pub now: Timestamp,
}

impl Stamp {
    /// Nobody known yet.
    #[must_use]
    pub const fn nobody(from: Option<IpAddr>, now: Timestamp) -> Self {
        Self { who: None, from, now }
    }

    /// The hub itself.
    #[must_use]
    pub const fn hub(now: Timestamp) -> Self {
        Self { who: Some(Identity::Local), from: None, now }
    }

    /// A line about an act that was done.
    #[must_use]
    pub fn done(&self, act: Act, object: impl Into<Option<String>>) -> AuditLine {
        self.line(act, Outcome::Done, object)
    }

    /// A line about an act with its outcome.
    #[must_use]
    pub fn line(&self, act: Act, outcome: Outcome, object: impl Into<Option<String>>) -> AuditLine {
        let line = AuditLine::new(self.now, self.who.as_ref(), self.from, act, outcome);
        AuditLine { object: object.into(), ..line }
    }
}
