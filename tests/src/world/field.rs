//! A simulated device on a real socket: an adapter's `Instrument`, driven by the machine's clock while a test pumps. It
//! blocks and has no thread of its own, so that a test says when the device hears.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use chengshu_core::model::Timestamp;
use chengshu_line::Instrument;

use super::{GUARD, Hub, now_ms, until};

/// How long one pump waits for bytes.
const WAIT: Duration = Duration::from_millis(20);

enum Wire {
    Tcp(TcpStream),
    Udp(UdpSocket),
}

/// A device and its line to the hub.
pub struct Field<I: Instrument + ?Sized> {
    wire: Wire,
    buffer: BytesMut,
    /// Bytes that came from the hub.
    pub heard: usize,
    pub device: Box<I>,
}

/// Now, as devices take it.
pub fn now() -> Timestamp {
    Timestamp::from_ms(now_ms())
}

/// Where a line listens: TCP first, then UDP.
pub fn listening(hub: &Hub, link: &str, ways: usize) -> anyhow::Result<Vec<SocketAddr>> {
    until("the line listens", GUARD, || {
        let links = hub.get("/api/v1/links").ok()?;
        let line = links["links"].as_array()?.iter().find(|line| line["id"] == link)?.clone();
        let all = line["listening"].as_array()?.iter().map(|text| text.as_str()?.parse().ok());
        all.collect::<Option<Vec<SocketAddr>>>().filter(|all| all.len() == ways)
    })
}

/// How often a line counted this deviation.
pub fn counted(hub: &Hub, link: &str, code: &str) -> anyhow::Result<u64> {
    let links = hub.get("/api/v1/links")?;
    let line = links["links"].as_array().into_iter().flatten().find(|line| line["id"] == link);
    Ok(line.and_then(|line| line["deviations"][code].as_u64()).unwrap_or(0))
}

/// Thousands of connections are files: the usual 1,024 are too few.
pub fn more_files() -> anyhow::Result<()> {
    use nix::sys::resource::{Resource, getrlimit, setrlimit};
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, soft.max(hard.min(20_000)), hard)?;
    Ok(())
}

impl<I: Instrument + ?Sized> Field<I> {
    /// Connects by TCP, and says what a device says then.
    pub fn tcp(device: Box<I>, address: SocketAddr) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(WAIT))?;
        stream.set_write_timeout(Some(GUARD))?;
        Self::begin(device, Wire::Tcp(stream))
    }

    /// The same by UDP.
    pub fn udp(device: Box<I>, address: SocketAddr) -> anyhow::Result<Self> {
        let socket = UdpSocket::bind(("127.0.0.1", 0))?;
        socket.connect(address)?;
        socket.set_read_timeout(Some(WAIT))?;
        Self::begin(device, Wire::Udp(socket))
    }

    fn begin(device: Box<I>, wire: Wire) -> anyhow::Result<Self> {
        let mut field = Self { wire, buffer: BytesMut::new(), heard: 0, device };
        field.say(Instrument::connected)?;
        Ok(field)
    }

    /// Sends what the device says now.
    pub fn say(&mut self, words: impl FnOnce(&mut I, Timestamp) -> Vec<Bytes>) -> anyhow::Result<()> {
        let out = words(&mut self.device, now());
        self.send(out)
    }

    /// Reports values.
    pub fn report(&mut self, values: &[(&str, f64)]) -> anyhow::Result<()> {
        self.say(|device, now| device.report(values, now))
    }

    fn send(&mut self, frames: Vec<Bytes>) -> anyhow::Result<()> {
        for frame in frames {
            match &mut self.wire {
                Wire::Tcp(stream) => stream.write_all(&frame)?,
                Wire::Udp(socket) => drop(socket.send(&frame)?),
            }
        }
        Ok(())
    }

    /// Waits a moment for what the hub says, answers it, and says what is due. False when the hub has hung up.
    pub fn pump(&mut self) -> anyhow::Result<bool> {
        let mut bytes = [0; 16 * 1024];
        let read = match &mut self.wire {
            Wire::Tcp(stream) => stream.read(&mut bytes),
            Wire::Udp(socket) => socket.recv(&mut bytes),
        };
        match read {
            Ok(0) => return Ok(false),
            Ok(read) => {
                self.heard += read;
                self.buffer.extend_from_slice(&bytes[..read]);
                let answer = self.device.hear(&mut self.buffer, now());
                self.send(answer)?;
            }
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) => return Err(error.into()),
        }
        self.say(Instrument::tick)?;
        Ok(true)
    }

    /// Pumps until `check` answers.
    pub fn until<T>(&mut self, what: &str, mut check: impl FnMut(&I) -> Option<T>) -> anyhow::Result<T> {
        let start = Instant::now();
        loop {
            if let Some(answer) = check(&self.device) {
                return Ok(answer);
            }
            anyhow::ensure!(start.elapsed() < GUARD, "after {} s still not: {what}", GUARD.as_secs());
            anyhow::ensure!(self.pump()?, "the hub hung up before: {what}");
        }
    }

    /// Pumps until the hub has confirmed every report.
    pub fn confirmed(&mut self) -> anyhow::Result<()> {
        self.until("every report is confirmed", |device| (device.unconfirmed() == 0).then_some(()))
    }

    /// Hangs up without a word, and unheard what is on its way.
    pub fn hang_up(self) -> Box<I> {
        self.device
    }
}
