//! The channels: one attempt to tell one receiver. Each makes the message that its receiver understands, sends it, and says
//! what came of it; when to try again is not their business. Which addresses may be called is crate `dial`'s to judge.

mod dingtalk;
mod email;
mod mqtt;
mod robot;
mod sign;
mod webhook;
mod wecom;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::{Channel, RobotSecret, Timestamp};
use chengshu_core::seam::{NoticeSink, SharedClock};
use chengshu_dial::Dialer;
use chengshu_seal::Seal;
use chengshu_store::{DueDelivery, Recipient, SealedAt};
use serde_json::Value;

use crate::HookOptions;
use crate::text::{Digest, Sign, Text, one};

use email::Mailer;
pub use email::{MailSettings, MailTls, is_mailbox};
pub use sign::signature;

/// A receiver must have answered within this.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Why an attempt came to nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Of the answer (HTTP, SMTP), if there was one.
    pub(crate) status: Option<u16>,
    /// For people. Without keys, passwords and mailboxes.
    pub(crate) words: String,
    /// It is the receiver's: another delivery would fare no better now.
    pub(crate) hold: bool,
}

impl Failure {
    /// No answer, or none that means anything.
    fn new(words: impl Into<String>) -> Self {
        Self { status: None, words: words.into(), hold: true }
    }

    fn answered(status: u16, words: impl Into<String>, hold: bool) -> Self {
        Self { status: Some(status), words: words.into(), hold }
    }
}

/// A message for people on its way.
pub(crate) struct Letter<'a> {
    /// The same at every attempt.
    id: String,
    at: Timestamp,
    text: &'a Text,
    to: &'a Recipient,
}

/// Everything that tells.
#[derive(Clone)]
pub(crate) struct Channels {
    dialer: Dialer,
    seal: Seal,
    clock: SharedClock,
    mailer: Option<Arc<Mailer>>,
    brokers: Arc<BTreeMap<String, NoticeSink>>,
    sign: Arc<Sign>,
}

type Told = Result<Option<u16>, Failure>;

impl Channels {
    /// # Errors
    /// Words: what cannot be used of what was configured.
    pub(crate) fn new(
        options: &HookOptions,
        brokers: BTreeMap<String, NoticeSink>,
        seal: Seal,
        clock: SharedClock,
    ) -> Result<Self, String> {
        let dialer = Dialer::new(options.guard.clone(), "webhooks.allow", None, clock.clone());
        let mailer = options.mail.as_ref().map(|mail| Mailer::new(mail, clock.clone()).map(Arc::new)).transpose()?;
        Ok(Self {
            dialer: dialer.map_err(|error| error.to_string())?,
            seal,
            clock,
            mailer,
            brokers: Arc::new(brokers),
            sign: Arc::new(options.sign.clone()),
        })
    }

    /// Tells of one happening; answers the status, if the channel has such a thing.
    pub(crate) async fn tell(&self, due: &DueDelivery, now: Timestamp) -> Told {
        match due.to.channel {
            Channel::Webhook => webhook::post(&self.dialer, due, &self.secret(&due.to)?, now).await.map(Some),
            Channel::Mqtt => self.within(mqtt::publish(&self.brokers, due)).await.map(|()| None),
            Channel::Email | Channel::WeCom | Channel::DingTalk => {
                let text = one(&due.kind, &due.data, due.made, due.to.lang);
                let id = format!("delivery-{}-{}", due.id, due.made.ms());
                self.write(Letter { id, at: due.made, text: &text, to: &due.to }, now).await
            }
        }
    }

    /// Tells of many in one message.
    pub(crate) async fn tell_all(&self, to: &Recipient, digest: &Digest, now: Timestamp) -> Told {
        let text = digest.text();
        let id = format!("digest-{}-{}", digest.ids().first().copied().unwrap_or_default(), digest.ids().len());
        self.write(Letter { id, at: now, text: &text, to }, now).await
    }

    async fn write(&self, letter: Letter<'_>, now: Timestamp) -> Told {
        let sign = self.sign.line(letter.to.lang);
        match letter.to.channel {
            Channel::Email => {
                let none =
                    || Failure::new("the configuration has no [mail] section: there is no server to send mails with");
                let mailer = self.mailer.as_ref().ok_or_else(none)?;
                let sent = self.within(mailer.send(&letter, &sign)).await;
                sent.map(Some).map_err(|failure| hide(failure, &[&letter.to.target]))
            }
            Channel::WeCom | Channel::DingTalk => {
                let secret = String::from_utf8(self.secret(letter.to)?).unwrap_or_default();
                let secret = RobotSecret::of_text(&secret);
                let wecom = letter.to.channel == Channel::WeCom;
                let message = if wecom { wecom::message(&letter, &sign) } else { dingtalk::message(&letter, &sign) };
                let url = if wecom {
                    wecom::address(&letter.to.target, &secret)
                } else {
                    dingtalk::address(&letter.to.target, &secret, now)
                };
                let url = url.ok_or_else(|| Failure::new(format!("{:?} is no address", letter.to.target)))?;
                let told = robot::post(&self.dialer, &url, &message).await;
                told.map(Some)
                    .map_err(|failure| hide(failure, &[&secret.key, secret.sign.as_deref().unwrap_or_default()]))
            }
            Channel::Webhook | Channel::Mqtt => Err(Failure::new("nobody reads texts there")),
        }
    }

    fn secret(&self, to: &Recipient) -> Result<Vec<u8>, Failure> {
        self.seal.open(&SealedAt::Receiver(to.id).place(), &to.secret).ok_or_else(|| {
            Failure::new(
                "its secret cannot be decrypted: secret.key of the data folder is another one; give it a new secret",
            )
        })
    }

    async fn within<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::select! {
            answer = work => answer,
            () = self.clock.sleep(TIMEOUT) => Err(Failure::new(format!("no answer within {} s", TIMEOUT.as_secs()))),
        }
    }
}

/// What programs are told: the same bytes at every attempt.
fn body(due: &DueDelivery) -> String {
    let data: Value = serde_json::from_str(&due.data).unwrap_or_default();
    let body = serde_json::json!({
        "delivery": due.id,
        "sequence": due.id,
        "event": due.kind,
        "made": due.made.ms(),
        "data": data,
    });
    body.to_string()
}

/// Without what must stand in no list and in no log.
fn hide(failure: Failure, secrets: &[&str]) -> Failure {
    let told = secrets.iter().filter(|secret| !secret.is_empty());
    let words = told.fold(failure.words, |words, secret| words.replace(secret, "…"));
    Failure { words: words.chars().filter(|c| !c.is_control()).take(500).collect(), ..failure }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_tells_no_secret() {
        let told = hide(Failure::answered(550, "5.1.1 <li@gov.example>: unknown\r\n", true), &["li@gov.example", ""]);
        assert_eq!(told, Failure::answered(550, "5.1.1 <…>: unknown", true));
    }
}
