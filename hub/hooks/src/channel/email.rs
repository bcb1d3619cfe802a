//! E-mail by SMTP: one plain text to one mailbox, through the server that the configuration names. The connection is made by
//! crate `dial`, so the guard judges it; without the encryption that was asked for nothing is sent, a password least of all.

use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, UNIX_EPOCH};

use chengshu_core::model::{AddressGuard, Timestamp};
use chengshu_core::seam::SharedClock;
use chengshu_dial::{DialError, Dialer};
use lettre::address::Address;
use lettre::message::{Mailbox, Message, header};
use lettre::transport::smtp::Error as SmtpError;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, AsyncTokioStream, Certificate, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;

use super::{Failure, Letter};

/// How the connection to the server is encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailTls {
    /// After a greeting in the clear, which is all that goes in the clear (port 587).
    StartTls,
    /// From the first byte on (port 465).
    Tls,
    /// Not at all: for a server on the same machine.
    None,
}

/// The server that mails are sent with.
#[derive(Clone)]
pub struct MailSettings {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the connection is encrypted.
    pub tls: MailTls,
    /// User and password, if it wants them.
    pub login: Option<(String, String)>,
    /// Whom mails come from: `duty@gov.example` or `Name <duty@gov.example>`.
    pub from: String,
    /// Authorities that are believed besides the system's, PEM.
    pub ca: Option<Vec<u8>>,
    /// Where the server may be.
    pub guard: AddressGuard,
}

impl std::fmt::Debug for MailSettings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "MailSettings({}:{} {:?})", self.host, self.port, self.tls)
    }
}

/// True for `name@host` and `Name <name@host>`.
#[must_use]
pub fn is_mailbox(text: &str) -> bool {
    text.parse::<Mailbox>().is_ok()
}

/// Sends mails.
pub(super) struct Mailer {
    settings: MailSettings,
    from: Mailbox,
    hello: ClientId,
    dialer: Dialer,
    tls: TlsParameters,
}

impl Mailer {
    /// # Errors
    /// Words: what of the settings cannot be used.
    pub(super) fn new(settings: &MailSettings, clock: SharedClock) -> Result<Self, String> {
        let from: Mailbox = settings.from.parse().map_err(|error| format!("mail.from: {error}"))?;
        let dialer = Dialer::new(settings.guard.clone(), "mail.allow_networks", settings.ca.as_deref(), clock);
        let mut tls = TlsParameters::builder(settings.host.clone());
        if let Some(ca) = &settings.ca {
            tls =
                tls.add_root_certificate(Certificate::from_pem(ca).map_err(|error| format!("mail.ca_file: {error}"))?);
        }
        Ok(Self {
            hello: ClientId::Domain(from.email.domain().to_owned()),
            from,
            dialer: dialer.map_err(|error| format!("mail.ca_file: {error}"))?,
            tls: tls.build_rustls().map_err(|error| error.to_string())?,
            settings: settings.clone(),
        })
    }

    /// Sends one; answers what the server said. The caller bounds the time.
    pub(super) async fn send(&self, letter: &Letter<'_>, sign: &str) -> Result<u16, Failure> {
        let message = self.message(letter, sign).map_err(|words| Failure { hold: false, ..Failure::new(words) })?;
        let mut connection = self.connect().await?;
        if let Some((user, password)) = &self.settings.login {
            let credentials = Credentials::new(user.clone(), password.clone());
            let known = connection.auth(&[Mechanism::Plain, Mechanism::Login], &credentials).await;
            known.map_err(|error| failure("the server does not let the hub in", &error))?;
        }
        let sent = connection.send(message.envelope(), &message.formatted()).await;
        let code = sent.map_err(|error| failure("the server does not take it", &error))?.code();
        let _ = connection.quit().await; // it has the mail; how it says goodbye does not matter
        Ok(u16::from(code))
    }

    async fn connect(&self) -> Result<AsyncSmtpConnection, Failure> {
        let MailSettings { host, port, tls, .. } = &self.settings;
        let dialled = |error: DialError| Failure::new(error.to_string());
        let stream: Box<dyn AsyncTokioStream> = match tls {
            MailTls::Tls => Box::new(Secure(self.dialer.open_secure(host, *port).await.map_err(dialled)?)),
            MailTls::StartTls | MailTls::None => Box::new(self.dialer.open(host, *port).await.map_err(dialled)?),
        };
        let connection = AsyncSmtpConnection::connect_with_transport(stream, &self.hello).await;
        let mut connection = connection.map_err(|error| failure("no SMTP server answers", &error))?;
        if *tls == MailTls::StartTls {
            let encrypted = connection.starttls(self.tls.clone(), &self.hello).await;
            encrypted.map_err(|error| failure("the server does not encrypt (STARTTLS)", &error))?;
        }
        Ok(connection)
    }

    fn message(&self, letter: &Letter<'_>, sign: &str) -> Result<Message, String> {
        let to: Address = letter.to.target.parse().map_err(|_| "its mailbox is none".to_owned())?;
        let id = format!("<{}@{}>", letter.id, self.from.email.domain());
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(letter.text.title.clone())
            .date(UNIX_EPOCH + since_1970(letter.at))
            .message_id(Some(id)) // one that comes twice is known by it
            .header(AutoSubmitted)
            .header(header::ContentType::TEXT_PLAIN)
            .body(body(letter, sign));
        message.map_err(|error| error.to_string())
    }
}

fn since_1970(at: Timestamp) -> Duration {
    Duration::from_millis(u64::try_from(at.ms()).unwrap_or(0))
}

fn failure(what: &str, error: &SmtpError) -> Failure {
    let status = error.status().map(u16::from);
    Failure { status, words: format!("{what}: {}", chain(error)), hold: true }
}

/// The whole chain of causes.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.contains(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}

fn body(letter: &Letter<'_>, sign: &str) -> String {
    let text = letter.text;
    let colon = letter.to.lang.pick("：", ": ");
    let mut lines = vec![text.line.clone()];
    if !text.facts.is_empty() {
        lines.push(String::new());
        lines.extend(text.facts.iter().map(|(name, value)| format!("{name}{colon}{value}")));
    }
    for (heading, list) in &text.lists {
        lines.extend([String::new(), format!("{heading}{}", colon.trim_end())]);
        lines.extend(list.iter().map(|line| format!("- {line}")));
    }
    lines.extend([String::new(), "-- ".to_owned(), sign.to_owned(), String::new()]);
    lines.join("\r\n")
}

/// RFC 3834: nobody's holiday assistant answers.
#[derive(Clone)]
struct AutoSubmitted;

impl header::Header for AutoSubmitted {
    fn name() -> header::HeaderName {
        header::HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> header::HeaderValue {
        header::HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// An encrypted connection in the shape that lettre takes.
#[derive(Debug)]
struct Secure(TlsStream<TcpStream>);

impl AsyncTokioStream for Secure {
    fn peer_addr(&self) -> std::io::Result<SocketAddr> {
        self.0.get_ref().0.peer_addr()
    }
}

impl AsyncRead for Secure {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, into: &mut ReadBuf<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, into)
    }
}

impl AsyncWrite for Secure {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

#[cfg(test)]
mod tests {
    use chengshu_core::model::{Channel, Lang};
    use chengshu_store::Recipient;

    use super::*;
    use crate::text::one;

    #[test]
    fn a_text_has_its_facts_and_its_sender_below() {
        let to = Recipient {
            id: 1,
            channel: Channel::Email,
            target: "duty@gov.example".to_owned(),
            lang: Lang::En,
            secret: Vec::new(),
            failures: 0,
        };
        let text = one("alarm.raised", r#"{"severity":"urgent","device":"W-1"}"#, Timestamp::from_ms(0), Lang::En);
        let letter = Letter { id: "delivery-1-0".to_owned(), at: Timestamp::from_ms(0), text: &text, to: &to };
        assert_eq!(
            body(&letter, "Chengshu · Jiangcheng"),
            "[Urgent] W-1, 1970-01-01 08:00:00 (UTC+8)\r\n\r\nSeverity: Urgent\r\nDevice: W-1\r\n\r\n-- \r\nChengshu · Jiangcheng\r\n"
        );
        assert!(is_mailbox("duty@gov.example") && is_mailbox("城枢 <duty@gov.example>"));
        assert!(!is_mailbox("duty") && !is_mailbox("a@b\r\nBcc: x@y"));
    }
}
