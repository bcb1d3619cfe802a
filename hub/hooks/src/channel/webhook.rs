//! A webhook: one signed request, and the status of its answer. Redirects are not followed, and nothing else of an answer is
//! read.

use bytes::Bytes;
use chengshu_core::model::Timestamp;
use chengshu_dial::Dialer;
use chengshu_store::DueDelivery;
use hyper::{Request, header};
use url::Url;

use super::sign::signature;
use super::{Failure, TIMEOUT, body};

/// Posts a delivery; answers the status.
pub(super) async fn post(dialer: &Dialer, due: &DueDelivery, secret: &[u8], now: Timestamp) -> Result<u16, Failure> {
    let target = &due.to.target;
    let url = Url::parse(target).map_err(|error| Failure::new(format!("{target:?} is no address: {error}")))?;
    let request = request(&url, due, secret, now).map_err(|error| Failure::new(error.to_string()))?;
    match dialer.status(request, TIMEOUT).await.map_err(|error| Failure::new(error.to_string()))? {
        status if status.is_success() => Ok(status.as_u16()),
        status => {
            let hint = if status.is_redirection() { "; redirects are not followed" } else { "" };
            let status_code = status.as_u16();
            Err(Failure::answered(status_code, format!("it answered {status}{hint}"), is_of_receiver(status_code)))
        }
    }
}

/// True when another delivery would fare no better.
fn is_of_receiver(status: u16) -> bool {
    status >= 500 || status == 408 || status == 429
}

/// The message: the same bytes at every attempt, but for the signature's time.
fn request(url: &Url, due: &DueDelivery, secret: &[u8], now: Timestamp) -> Result<Request<Bytes>, hyper::http::Error> {
    let body = body(due);
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
    use chengshu_core::model::{Channel, Lang};
    use chengshu_store::Recipient;

    use super::*;

    #[test]
    fn a_message_is_made_for_its_receiver() {
        let due = DueDelivery {
            id: 7,
            to: Recipient {
                id: 1,
                channel: Channel::Webhook,
                target: "http://user@receiver.example:8443/in?x=1#part".to_owned(),
                lang: Lang::Zh,
                secret: Vec::new(),
                failures: 0,
            },
            kind: "event".to_owned(),
            data: "{\"a\":1}".to_owned(),
            made: Timestamp::from_ms(1_500),
            asked: Timestamp::from_ms(1_500),
            attempts: 2,
        };
        let request = request(&Url::parse(&due.to.target).unwrap(), &due, b"s", Timestamp::from_ms(2_999)).unwrap();
        assert_eq!(request.uri().path_and_query().unwrap(), "/in?x=1");
        assert_eq!(request.headers()["x-chengshu-attempt"], "3");
        assert!(request.headers()["x-chengshu-signature"].to_str().unwrap().starts_with("t=2,v1="));
        assert!(is_of_receiver(503) && is_of_receiver(429) && !is_of_receiver(400));
    }
}
