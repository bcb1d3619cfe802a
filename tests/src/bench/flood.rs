//! A publisher that costs next to nothing: MQTT 3.1.1 written by hand onto one socket, QoS 1 with a window. The bench
//! measures the hub, not a client library.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::world::now_ms;

/// Messages under way at most.
const WINDOW: u64 = 8_000;

/// What to publish.
#[derive(Clone, Copy)]
pub(crate) struct Load {
    pub(crate) messages: u64,
    pub(crate) devices: u64,
    /// Readings in a message.
    pub(crate) readings: u64,
    /// The theme of the topics.
    pub(crate) theme: &'static str,
    /// Messages a second; none is as fast as the broker takes them.
    pub(crate) rate: Option<u64>,
}

const METRICS: [&str; 3] = ["level", "flow", "battery"];

/// Publishes all of it; returns when the broker has acknowledged every message.
pub(crate) fn publish(port: u16, load: Load) -> anyhow::Result<()> {
    let mut socket = TcpStream::connect(("127.0.0.1", port))?;
    socket.set_nodelay(true)?;
    socket.write_all(b"\x10\x11\x00\x04MQTT\x04\x02\x00\x00\x00\x05flood")?;
    let mut connack = [0; 4];
    socket.read_exact(&mut connack)?;
    anyhow::ensure!(connack[3] == 0, "the broker refused the connection: {connack:?}");
    let acknowledged = Arc::new(AtomicU64::new(0));
    let (count, mut reader) = (acknowledged.clone(), socket.try_clone()?);
    let answers = std::thread::spawn(move || -> std::io::Result<()> {
        let mut buffer = vec![0; 64 * 1024];
        let mut bytes = 0u64;
        while bytes / 4 < load.messages {
            bytes += reader.read(&mut buffer)? as u64; // nothing but four-byte PUBACKs comes
            count.store(bytes / 4, Ordering::Release);
        }
        Ok(())
    });
    let start = Instant::now();
    let base = now_ms() - 3_600_000;
    let mut buffer = Vec::with_capacity(64 * 1024);
    for n in 0..load.messages {
        if let Some(rate) = load.rate {
            let due = Duration::from_secs_f64(n as f64 / rate as f64);
            if let Some(wait) = due.checked_sub(start.elapsed()) {
                socket.write_all(&buffer)?;
                buffer.clear();
                std::thread::sleep(wait);
            }
        }
        while n - acknowledged.load(Ordering::Acquire) >= WINDOW {
            socket.write_all(&buffer)?;
            buffer.clear();
            std::thread::sleep(Duration::from_micros(200));
        }
        // paced messages carry the time of their sending, the others one of their own
        let ts = if load.rate.is_some() { now_ms() } else { base + (n / load.devices) as i64 };
        message(&mut buffer, n, ts, load);
        if buffer.len() > 32 * 1024 {
            socket.write_all(&buffer)?;
            buffer.clear();
        }
    }
    socket.write_all(&buffer)?;
    answers.join().map_err(|_| anyhow::anyhow!("the reader panicked"))??;
    Ok(())
}

fn message(buffer: &mut Vec<u8>, n: u64, ts: i64, load: Load) {
    let topic = format!("city/{}/B-{:05}/telemetry", load.theme, n % load.devices);
    let mut payload = format!("{{\"ts\":{ts},\"values\":{{");
    for metric in METRICS.iter().take(load.readings as usize) {
        payload += &format!("\"{metric}\":{}.{:02},", n % 5, n % 100);
    }
    payload.pop();
    payload += "}}";
    let length = 2 + topic.len() + 2 + payload.len();
    buffer.push(0x32);
    let mut rest = length;
    loop {
        let byte = (rest % 128) as u8;
        rest /= 128;
        buffer.push(if rest > 0 { byte | 0x80 } else { byte });
        if rest == 0 {
            break;
        }
    }
    buffer.extend_from_slice(&(topic.len() as u16).to_be_bytes());
    buffer.extend_from_slice(topic.as_bytes());
    buffer.extend_from_slice(&((n % 65_535 + 1) as u16).to_be_bytes());
    buffer.extend_from_slice(payload.as_bytes());
}
