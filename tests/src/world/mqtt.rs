//! An MQTT client that does exactly what it is told, packet by packet: for what a well-behaved library would not send, and to
//! see every answer. Speaks 3.1.1 and 5, QoS 1, over TCP.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use anyhow::Context as _;

/// How somebody comes.
#[derive(Debug, Clone)]
pub struct Login {
    pub user: Option<(String, String)>,
    pub client: String,
    pub clean: bool,
    /// Topic, payload and whether it is retained.
    pub will: Option<(String, bool)>,
    pub v5: bool,
}

impl Login {
    /// With MQTT 3.1.1 and its user name as client id, keeping its session.
    pub fn new(user: &str, password: &str) -> Self {
        let (user, client) = (Some((user.to_owned(), password.to_owned())), user.to_owned());
        Self { user, client, clean: false, will: None, v5: false }
    }

    /// With another client id, and whether it wants a new session.
    pub fn client(self, client: &str, clean: bool) -> Self {
        Self { client: client.to_owned(), clean, ..self }
    }

    pub fn v5(self) -> Self {
        Self { v5: true, ..self }
    }
}

/// A connection.
pub struct Mqtt {
    stream: TcpStream,
    v5: bool,
    packet: u16,
    /// Messages that came while an answer was awaited.
    came: Vec<(String, Vec<u8>)>,
}

fn text(into: &mut Vec<u8>, text: &[u8]) {
    into.extend((text.len() as u16).to_be_bytes());
    into.extend(text);
}

impl Mqtt {
    /// Comes; `Err` inside is the broker's code. Also says whether the broker had a session.
    pub fn connect(port: u16, login: &Login) -> anyhow::Result<Result<(Self, bool), u8>> {
        let stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        let mut client = Self { stream, v5: login.v5, packet: 0, came: Vec::new() };
        let mut body = Vec::new();
        text(&mut body, b"MQTT");
        let (has_user, will) = (login.user.is_some(), login.will.as_ref());
        let mut flags = u8::from(login.clean) << 1 | if has_user { 0xC0 } else { 0 };
        if let Some((_, retained)) = will {
            flags |= 0x04 | 0x08 | u8::from(*retained) << 5;
        }
        body.extend([if login.v5 { 5 } else { 4 }, flags, 0, 0]);
        if login.v5 {
            // a session that is kept for an hour
            body.extend(if login.clean { &[0][..] } else { &[5, 0x11, 0, 0, 14, 16] });
        }
        text(&mut body, login.client.as_bytes());
        if let Some((topic, _)) = will {
            if login.v5 {
                body.push(0);
            }
            text(&mut body, topic.as_bytes());
            text(&mut body, b"{\"online\":false}");
        }
        if let Some((user, password)) = &login.user {
            text(&mut body, user.as_bytes());
            text(&mut body, password.as_bytes());
        }
        client.send(0x10, &body)?;
        let (kind, answer) = client.read()?;
        anyhow::ensure!(kind >> 4 == 2, "expected CONNACK, got {kind:x}");
        Ok(if answer[1] == 0 { Ok((client, answer[0] & 1 == 1)) } else { Err(answer[1]) })
    }

    /// Comes, and must be let in.
    pub fn come(port: u16, login: &Login) -> anyhow::Result<Self> {
        let came = Self::connect(port, login)?;
        came.map(|(client, _)| client).map_err(|code| anyhow::anyhow!("not let in: {code}"))
    }

    /// Publishes with QoS 1: the code of the answer, 0 is good. With 3.1.1 there is no other.
    pub fn publish(&mut self, topic: &str, payload: &[u8], retained: bool) -> anyhow::Result<u8> {
        self.packet += 1;
        let mut body = Vec::new();
        text(&mut body, topic.as_bytes());
        body.extend(self.packet.to_be_bytes());
        if self.v5 {
            body.push(0);
        }
        body.extend(payload);
        self.send(0x32 | u8::from(retained), &body)?;
        let answer = self.answer(4)?;
        Ok(answer.get(2).copied().unwrap_or(0))
    }

    /// Subscribes with QoS 1: the code of the answer, from 0x80 on it is refused.
    pub fn subscribe(&mut self, filter: &str) -> anyhow::Result<u8> {
        self.packet += 1;
        let mut body = self.packet.to_be_bytes().to_vec();
        if self.v5 {
            body.push(0);
        }
        text(&mut body, filter.as_bytes());
        body.push(1);
        self.send(0x82, &body)?;
        let answer = self.answer(9)?;
        answer.last().copied().context("an empty SUBACK")
    }

    /// Asks for a sign of life.
    pub fn ping(&mut self) -> anyhow::Result<()> {
        self.send(0xC0, &[])?;
        self.answer(13)?;
        Ok(())
    }

    /// The next message, if one comes before `patience` is over; it is acknowledged.
    pub fn message(&mut self, patience: Duration) -> anyhow::Result<Option<(String, Vec<u8>)>> {
        if !self.came.is_empty() {
            return Ok(Some(self.came.remove(0)));
        }
        self.stream.set_read_timeout(Some(patience))?;
        let read = self.read();
        self.stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        match read {
            Ok((kind, body)) if kind >> 4 == 3 => self.take(kind, &body).map(Some),
            Ok((kind, _)) => anyhow::bail!("expected a message, got {kind:x}"),
            Err(error) if silent(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether the broker ends the connection before `patience` is over.
    pub fn is_ended(&mut self, patience: Duration) -> bool {
        self.message(patience).is_err()
    }

    /// Goes without a word, so that its last will is told.
    pub fn vanish(self) {
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }

    fn answer(&mut self, wanted: u8) -> anyhow::Result<Vec<u8>> {
        loop {
            let (kind, body) = self.read()?;
            match kind >> 4 {
                3 => {
                    let message = self.take(kind, &body)?;
                    self.came.push(message);
                }
                kind if kind == wanted => return Ok(body),
                kind => anyhow::bail!("expected packet {wanted}, got {kind}"),
            }
        }
    }

    fn take(&mut self, kind: u8, body: &[u8]) -> anyhow::Result<(String, Vec<u8>)> {
        let length = usize::from(u16::from_be_bytes([body[0], body[1]]));
        let topic = String::from_utf8(body[2..2 + length].to_vec())?;
        let mut rest = &body[2 + length..];
        if kind & 0x06 != 0 {
            let ack = [rest[0], rest[1]];
            rest = &rest[2..];
            self.send(0x40, &ack)?;
        }
        if self.v5 {
            rest = &rest[1 + usize::from(rest[0])..];
        }
        Ok((topic, rest.to_vec()))
    }

    fn send(&mut self, kind: u8, body: &[u8]) -> anyhow::Result<()> {
        let mut packet = vec![kind];
        let mut length = body.len();
        loop {
            let more = length > 127;
            packet.push((length & 0x7f) as u8 | u8::from(more) << 7);
            length >>= 7;
            if !more {
                break;
            }
        }
        packet.extend(body);
        Ok(self.stream.write_all(&packet)?)
    }

    fn read(&mut self) -> anyhow::Result<(u8, Vec<u8>)> {
        let mut byte = || -> anyhow::Result<u8> {
            let mut one = [0];
            self.stream.read_exact(&mut one)?;
            Ok(one[0])
        };
        let kind = byte()?;
        let (mut length, mut shift) = (0_usize, 0);
        loop {
            let next = byte()?;
            length |= usize::from(next & 0x7f) << shift;
            shift += 7;
            if next & 0x80 == 0 {
                break;
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body)?;
        Ok((kind, body))
    }
}

/// Nothing came in time; that is no end.
fn silent(error: &anyhow::Error) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut))
}
