//! One HTTP exchange from any address of the loopback: what a hub is asked by many at once. Knows no cookies and follows
//! nothing.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpSocket;

use super::GUARD;
use super::database::block_on;

/// What came back.
#[derive(Debug, Clone)]
pub struct Reply {
    pub status: u16,
    /// As they came; names in lower case.
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Reply {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::String(self.body.clone()))
    }
}

/// An address that nobody else in this program has.
pub fn somewhere() -> Ipv4Addr {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    Ipv4Addr::from(0x7f01_0001 + NEXT.fetch_add(1, Ordering::Relaxed))
}

/// Asks from this address.
pub fn ask(from: Ipv4Addr, method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> anyhow::Result<Reply> {
    let rest = url.strip_prefix("http://").with_context(|| format!("{url} is not http"))?;
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let to: SocketAddr = host.parse().with_context(|| format!("{url} has no address"))?;
    let path = path.split('#').next().unwrap_or_default();
    // 1.0: the answer comes in one piece and ends with the connection
    let mut text = format!("{method} /{path} HTTP/1.0\r\nHost: {host}\r\nContent-Length: {}\r\n", body.len());
    headers.iter().for_each(|(name, value)| text += &format!("{name}: {value}\r\n"));
    let text = format!("{text}\r\n{body}");
    let answer = block_on(async {
        let exchange = async {
            let socket = TcpSocket::new_v4()?;
            socket.bind((from, 0).into())?;
            let mut stream = socket.connect(to).await?;
            stream.write_all(text.as_bytes()).await?;
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).await?;
            Ok::<_, anyhow::Error>(answer)
        };
        tokio::time::timeout(GUARD, exchange).await?
    })?;
    let answer = String::from_utf8_lossy(&answer).into_owned();
    let (head, body) = answer.split_once("\r\n\r\n").with_context(|| format!("{url} answers no HTTP: {answer:?}"))?;
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let headers = lines.filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect();
    Ok(Reply { status: status.context("a status")?, headers, body: body.to_owned() })
}
