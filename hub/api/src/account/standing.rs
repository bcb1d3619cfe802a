//! How the audit is kept, for whoever answers for it: whether the chain holds, whether the database keeps it from the hub
//! itself, how far the copies off the host are. Tells no line.

use axum::Json;
use axum::extract::State;
use chengshu_access::{Break, Broken, Mark};
use chengshu_audit::{Chain, CopyStanding, NotVerified};
use chengshu_core::model::Timestamp;
use chengshu_store::AuditProtection;
use schemars::JsonSchema;
use serde::Serialize;

use super::me::Empty;
use crate::app::App;
use crate::caller::Who;
use crate::latest::NoParams;
use crate::params::{Body, Params};
use crate::problem::Problem;

/// Where a chain breaks.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct BrokenView {
    /// The first batch that is wrong.
    batch: u64,
    /// Its first line.
    line: Option<u64>,
    /// altered, missing or rewritten.
    what: &'static str,
}

/// The chain as it was followed.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct VerifyView {
    ok: bool,
    /// Lines that are kept.
    lines: u64,
    /// Batches that are kept.
    batches: u64,
    /// Its end, `NUMBER:HASH`: note it down elsewhere, and `chengshu audit verify --head` tells later whether the chain still
    /// passes there. None of a broken one.
    head: Option<String>,
    /// When, ms since 1970.
    at: i64,
    broken: Option<BrokenView>,
    /// How well the database keeps it from the hub itself: separate, superuser, owner, schema, creator or disarmed.
    protection: &'static str,
}

/// A copy off the host.
#[derive(Debug, Serialize, JsonSchema)]
struct CopyView {
    /// file or syslog.
    kind: &'static str,
    /// Where to.
    to: String,
    /// Batches that are not copied yet.
    waiting: u64,
    /// When it got on last, ms since 1970.
    at: Option<i64>,
    /// Why it does not get on; none: it does.
    trouble: Option<TroubleView>,
}

/// Why a copy does not get on.
#[derive(Debug, Serialize, JsonSchema)]
struct TroubleView {
    /// Since when, ms since 1970.
    since: i64,
    /// gone, disk, unreachable, tls, ended or silent.
    code: String,
    /// What was tried, and what came of it.
    detail: String,
}

/// How the audit is kept.
#[derive(Debug, Serialize, JsonSchema)]
pub(crate) struct StandingView {
    /// Lines that are kept.
    lines: u64,
    /// Batches that are kept.
    batches: u64,
    /// The end of the chain, `NUMBER:HASH`.
    head: String,
    /// When the oldest batch was written, ms since 1970.
    oldest: Option<i64>,
    /// Days that lines are kept.
    keep_days: u32,
    /// How well the database keeps it from the hub itself: separate, superuser, owner, schema, creator or disarmed.
    protection: &'static str,
    /// The copies that were configured.
    copies: Vec<CopyView>,
    /// The chain does not fit the head that was kept in the data folder: altered, missing or rewritten.
    kept_wrong: Option<&'static str>,
    /// The last time that the whole chain was followed.
    verified: Option<VerifyView>,
}

fn verified(chain: &Chain, protection: AuditProtection) -> VerifyView {
    let start = chain.start;
    let (end, broken) = match chain.result {
        Ok(head) => (head, None),
        Err(Broken { batch, line, what }) => {
            let end =
                chengshu_access::Head { batches: batch.saturating_sub(1), lines: line.saturating_sub(1), ..start };
            (end, Some(BrokenView { batch, line: Some(line), what: what.id() }))
        }
    };
    VerifyView {
        ok: broken.is_none(),
        lines: end.lines.saturating_sub(start.lines),
        batches: end.batches.saturating_sub(start.batches),
        head: chain.result.ok().map(|head| Mark::from(head).to_string()),
        at: chain.at.ms(),
        broken,
        protection: protection.id(),
    }
}

pub(crate) async fn verify(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
    Body(Empty {}): Body<Empty>,
) -> Result<Json<VerifyView>, Problem> {
    let chain = app.audit.verify().await.map_err(|error| match error {
        NotVerified::Busy => {
            Problem::busy("the chain is being followed; `GET /api/v1/audit/standing` tells when it is done")
        }
        NotVerified::Store(error) => error.into(),
        NotVerified::Stopped => Problem::internal(),
    })?;
    Ok(Json(verified(&chain, app.store.audit_protection().await?)))
}

pub(crate) async fn standing(
    State(app): State<App>,
    _who: Who,
    Params(NoParams {}): Params<NoParams>,
) -> Result<Json<StandingView>, Problem> {
    let standing = app.audit.standing();
    let (start, head) = app.store.audit_heads().await?;
    let protection = app.store.audit_protection().await?;
    let copy = |copy: CopyStanding| CopyView {
        kind: copy.kind.id(),
        waiting: copy.waiting(&start, &head),
        at: copy.at.map(Timestamp::ms),
        trouble: copy.trouble.map(|(since, trouble)| TroubleView {
            since: since.ms(),
            code: trouble.code,
            detail: trouble.words,
        }),
        to: copy.to,
    };
    Ok(Json(StandingView {
        lines: head.lines.saturating_sub(start.lines),
        batches: head.batches.saturating_sub(start.batches),
        head: Mark::from(head).to_string(),
        oldest: app.store.audit_oldest(None).await?.map(Timestamp::ms),
        keep_days: app.audit.keep_days(),
        protection: protection.id(),
        copies: standing.copies.into_iter().map(copy).collect(),
        kept_wrong: standing.kept.and_then(|kept| kept.wrong).map(Break::id),
        verified: standing.chain.map(|chain| verified(&chain, protection)),
    }))
}
