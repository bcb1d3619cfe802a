//! How the audit is kept, as it is shown: the copies, the kept head, the last time that the chain was followed.

use chengshu_access::{Break, Broken, Head, Mark};
use chengshu_core::model::Timestamp;
use prometheus::{IntGauge, IntGaugeVec, Opts, Registry};
use serde::{Deserialize, Serialize};

use crate::trouble::Trouble;

/// How the audit is kept.
#[derive(Debug, Clone, Default)]
pub struct Standing {
    /// The copies off the host that were configured.
    pub copies: Vec<CopyStanding>,
    /// The head of a second place, once it has been looked at.
    pub kept: Option<Kept>,
    /// What came of following the chain last.
    pub chain: Option<Chain>,
}

/// Ways to copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum CopyKind {
    /// A file.
    File,
    /// Messages of syslog.
    Syslog,
}

impl CopyKind {
    /// Its name in metrics and on the wire.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Syslog => "syslog",
        }
    }
}

/// How a copy stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyStanding {
    /// By which way.
    pub kind: CopyKind,
    /// Where to.
    pub to: String,
    /// Up to where everything was sent.
    pub sent: Option<Head>,
    /// Up to where nothing need be sent again: that much may be forgotten here.
    pub sure: Option<Head>,
    /// When it got on last.
    pub at: Option<Timestamp>,
    /// Since when it does not get on, and why.
    pub trouble: Option<(Timestamp, Trouble)>,
}

impl CopyStanding {
    pub(crate) fn new(kind: CopyKind, to: String) -> Self {
        Self { kind, to, sent: None, sure: None, at: None, trouble: None }
    }

    /// Batches that are not copied yet, of a chain with this head and this beginning.
    #[must_use]
    pub fn waiting(&self, start: &Head, head: &Head) -> u64 {
        let sent = self.sent.map_or(start.batches, |sent| sent.batches.max(start.batches));
        head.batches.saturating_sub(sent)
    }
}

/// The head that was kept in the data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// It.
    pub mark: Mark,
    /// The chain does not fit it.
    pub wrong: Option<Break>,
}

/// The chain as it was followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chain {
    /// When.
    pub at: Timestamp,
    /// Where it began.
    pub start: Head,
    /// Where it ends, or where it breaks.
    pub result: Result<Head, Broken>,
}

/// Gauges.
#[derive(Debug, Clone)]
pub(crate) struct Gauges {
    waiting: IntGaugeVec,
    copy_ok: IntGaugeVec,
    chain_ok: IntGauge,
}

impl Gauges {
    pub(crate) fn new() -> Result<Self, prometheus::Error> {
        let waiting =
            Opts::new("chengshu_audit_copy_waiting", "batches of the audit that are not copied off the host yet");
        let copy_ok = Opts::new("chengshu_audit_copy_ok", "1 while the copy of the audit gets on, 0 while it does not");
        let words = "1 while the chain of the audit is whole and fits the kept head, 0 not, -1 not looked yet";
        let chain_ok = IntGauge::new("chengshu_audit_chain_ok", words)?;
        chain_ok.set(-1);
        Ok(Self {
            waiting: IntGaugeVec::new(waiting, &["to"])?,
            copy_ok: IntGaugeVec::new(copy_ok, &["to"])?,
            chain_ok,
        })
    }

    pub(crate) fn register(&self, registry: &Registry) -> Result<(), prometheus::Error> {
        registry.register(Box::new(self.waiting.clone()))?;
        registry.register(Box::new(self.copy_ok.clone()))?;
        registry.register(Box::new(self.chain_ok.clone()))
    }

    pub(crate) fn copy(&self, kind: CopyKind, ok: bool, waiting: Option<u64>) {
        self.copy_ok.with_label_values(&[kind.id()]).set(i64::from(ok));
        if let Some(waiting) = waiting {
            self.waiting.with_label_values(&[kind.id()]).set(i64::try_from(waiting).unwrap_or(i64::MAX));
        }
    }

    pub(crate) fn chain(&self, standing: &Standing) {
        let broken = standing.chain.is_some_and(|chain| chain.result.is_err())
            || standing.kept.is_some_and(|kept| kept.wrong.is_some());
        let looked = standing.chain.is_some() || standing.kept.is_some();
        self.chain_ok.set(if broken {
            0
        } else if looked {
            1
        } else {
            -1
        });
    }
}
