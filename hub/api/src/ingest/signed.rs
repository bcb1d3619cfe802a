//! Signatures on what services send, where a service must sign: looked at before anything of the body is understood, and a
//! nonce is used up only by whoever has the key. What is refused is counted on the link and told in the audit.

use axum::extract::Request;
use chengshu_access::{BadSignature, Signature, SigningKey};
use chengshu_core::model::Timestamp;
use chengshu_engine::Nonce;
use chengshu_identity::{Found, Signing};

use super::hash;
use crate::app::App;
use crate::caller::Who;
use crate::problem::Problem;
use crate::trail;

const HEADER: &str = "x-chengshu-signature";

/// A signature that is demanded, as far as the head of the request tells.
pub(super) struct Demanded {
    service: i64,
    key: Option<SigningKey>,
    sent: Option<String>,
    path: String,
}

/// What must be checked; none when this sender need not sign.
pub(super) fn demanded(who: &Who, request: &Request) -> Option<Demanded> {
    let Found::Service { id, signing } = who.found() else { return None };
    let key = match signing {
        Signing::No => return None,
        Signing::With(key) => Some(key.clone()),
        Signing::Unreadable => None,
    };
    let sent = request.headers().get(HEADER).and_then(|sent| sent.to_str().ok()).map(str::to_owned);
    Some(Demanded { service: *id, key, sent, path: request.uri().path().to_owned() })
}

impl Demanded {
    /// Lets pass what is signed, the first time that it comes.
    pub(super) async fn check(&self, app: &App, who: &Who, body: &[u8], now: Timestamp) -> Result<(), Problem> {
        let checked = self.checked(app, body, now).await;
        if let Err(problem) = &checked
            && problem.code().starts_with("signature")
        {
            app.ingest.refused(problem.code());
            let object = format!("POST {}", self.path);
            trail::refused(app, who.caller().identity().clone(), problem.code(), object);
        }
        checked
    }

    async fn checked(&self, app: &App, body: &[u8], now: Timestamp) -> Result<(), Problem> {
        let missing = || {
            let detail = "this service signs what it sends; send X-Chengshu-Signature: t=SECONDS,n=NONCE,v1=HEX";
            Problem::signature("signature_missing", detail)
        };
        let sent = self.sent.as_deref().ok_or_else(missing)?;
        let key = self.key.as_ref().ok_or_else(|| {
            let detail = "the hub cannot read the secret of this service; have a new one made";
            Problem::signature("signature_unreadable", detail)
        })?;
        let signature = Signature::read(sent).map_err(|error| refused(error, now))?;
        signature.check(key, &self.path, body, now).map_err(|error| refused(error, now))?;
        let nonce = hash(&[&self.service.to_be_bytes(), signature.nonce().as_bytes()]);
        match app.ingest.nonces().take(nonce, signature.until()).await {
            Ok(Nonce::Fresh) => Ok(()),
            Ok(Nonce::Used) => {
                let detail = "this signature was used; sign anew with another nonce, and keep the Idempotency-Key";
                Err(Problem::signature("signature_replayed", detail))
            }
            Ok(Nonce::Full) => Err(Problem::busy("too many signed requests within ten minutes; try again later")),
            Err(error) => Err(Problem::not_durable(error.to_string())),
        }
    }
}

fn refused(error: BadSignature, now: Timestamp) -> Problem {
    let code = match error {
        BadSignature::Form => "signature_malformed",
        BadSignature::Wrong => "signature_wrong",
        BadSignature::Time => "signature_stale",
    };
    let hint = match error {
        BadSignature::Time => format!("; the hub has {}", now.ms() / 1000),
        BadSignature::Form | BadSignature::Wrong => String::new(),
    };
    Problem::signature(code, format!("X-Chengshu-Signature: {error}{hint}"))
}
