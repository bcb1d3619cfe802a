//! One attempt: make the message, post it, look at the status. Which addresses may be called is crate `dial`'s to judge;
//! redirects are not followed, and nothing of an answer but its status is read.

use std::time::Duration;

use bytes::Bytes;
use chengshu_core::model::{AddressGuard, Timestamp};
use chengshu_core::seam::SharedClock;
use chengshu_dial::{Dialer, NoTls};
use chengshu_seal::Seal;
use chengshu_store::{DueDelivery, SealedAt};
use hyper::{Request, header};
use serde_json::Value;
use url::Url;

use crate::sign::signature;

/// A receiver must have answered within this.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why an attempt came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Of the answer, if there was one.
    pub(crate) status: Option<u16>,
    /// For people.
    pub(crate) words: String,
}

impl Failure {
    fn new(words: impl Into<String>) -> Self {
        Self { status: None, words: words.into() }
    }

    /// True when another delivery would fare no better.
    pub(crate) fn is_of_receiver(&self) -> bool {
        self.status.is_none_or(|status| status >= 500 || status == 408 || status == 429)
    }
}

/// Sends.
#[derive(Clone)]
pub(crate) struct Sender {
    dialer: Dialer,
    seal: Seal,
}

impl Sender {
    pub(crate) fn new(guard: AddressGuard, seal: Seal, clock: SharedClock) -> Result<Self, NoTls> {
        Ok(Self { dialer: Dialer::new(guard, "webhooks.allow", None, clock)?, seal })
    }

    /// Posts a delivery; answers the status.
    pub(crate) async fn post(&self, due: &DueDelivery, now: Timestamp) -> Result<u16, Failure> {
        let url =
            Url::parse(&due.url).map_err(|error| Failure::new(format!("{:?} is no address: {error}", due.url)))?;
        let secret = self.seal.open(&SealedAt::Webhook(due.webhook).place(), &due.secret).ok_or_else(|| {
            Failure::new(
                "its secret cannot be decrypted: secret.key of the data folder is another one; make a new secret",
            )
        })?;
        let request = request(&url, due, &secret, now).map_err(|error| Failure::new(error.to_string()))?;
        match self.dialer.status(request, TIMEOUT).await.map_err(|error| Failure::new(error.to_string()))? {
            status if status.is_success() => Ok(status.as_u16()),
            status => {
                let hint = if status.is_redirection() { "; redirects are not followed" } else { "" };
                Err(Failure { status: Some(status.as_u16()), words: format!("it answered {status}{hint}") })
            }
        }
    }
}

/// The message: the same bytes at every attempt, but for the signature's time.
fn request(url: &Url, due: &DueDelivery, secret: &[u8], now: Timestamp) -> Result<Request<Bytes>, hyper::http::Error> {
    let data: Value = serde_json::from_str(&due.data).unwrap_or_default();
    let body = serde_json::json!({
        "delivery": due.id,
        "sequence": due.id,
        "event": due.kind,
        "made": due.made.ms(),
        "data": data,
    });
    let body = body.to_string();
    let seconds = now.ms().div_euclid(1000);
    Request::post(url.as_str())
        .header(header::CONTENT_TYPE, "application/json")
        .header("X-Chengshu-Delivery", due.id)
        .header("X-Chengshu-Event", &due.kind)
        .header("X-Chengshu-Attempt", due.attempts + 1)
        .header("X-Chengshu-Signature", signature(secret, seconds, body.as_bytes()))
        .body(Bytes::from(body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_made_for_its_receiver() {
        let due = DueDelivery {
            id: 7,
            webhook: 1,
            url: "http://user@receiver.example:8443/in?x=1#part".to_owned(),
            secret: Vec::new(),
            kind: "event".to_owned(),
            data: "{\"a\":1}".to_owned(),
            made: Timestamp::from_ms(1_500),
            asked: Timestamp::from_ms(1_500),
            attempts: 2,
        };
        let request = request(&Url::parse(&due.url).unwrap(), &due, b"s", Timestamp::from_ms(2_999)).unwrap();
        assert_eq!(request.uri().path_and_query().unwrap(), "/in?x=1");
        assert_eq!(request.headers()["x-chengshu-attempt"], "3");
        assert!(request.headers()["x-chengshu-signature"].to_str().unwrap().starts_with("t=2,v1="));
        assert!(Failure { status: Some(503), words: String::new() }.is_of_receiver());
        assert!(!Failure { status: Some(400), words: String::new() }.is_of_receiver());
    }
}
