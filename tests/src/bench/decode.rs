//! The decoders of the field protocols on one core, each beside the least that anybody could do with the same bytes: their
//! check sum.

use std::hint::black_box;
use std::time::{Duration, Instant};

use bytes::Bytes;
use chengshu_core::model::{LinkId, Timestamp};
use chengshu_core::seam::Decoder;
use chengshu_gb26875::codec as gb;
use chengshu_hj212::codec as hj;
use chengshu_line::Instrument as _;
use chengshu_sl651::codec as sl;

use super::median;
use crate::world::now;

const FRAMES: usize = 20_000;
const RUNS: usize = 5;
const RUN: Duration = Duration::from_millis(400);

struct Load {
    name: &'static str,
    goal: f64,
    frames: Vec<Bytes>,
    /// Reads a stream of frames with all that they carry; how many there were.
    read: fn(&[u8]) -> usize,
    sum: fn(&[u8]) -> u16,
    decoder: Decoder,
}

/// Prints frames a second: taken apart, made into readings, and only summed up.
pub fn decode() -> anyhow::Result<()> {
    println!("decode on one core, {FRAMES} different frames, median of {RUNS} runs:");
    for load in [sl651()?, gb26875()?, hj212()?] {
        let stream = load.frames.concat();
        let read = (load.read)(&stream);
        anyhow::ensure!(read == FRAMES, "{}: {read} frames were read of {FRAMES}", load.name);
        let (mut taken, mut summed, mut made) = (Vec::new(), Vec::new(), Vec::new());
        let received = now();
        for _ in 0..RUNS {
            taken.push(rate(|| {
                black_box((load.read)(black_box(&stream)));
            }));
            summed.push(rate(|| {
                for frame in &load.frames {
                    black_box((load.sum)(black_box(frame)));
                }
            }));
            made.push(rate(|| {
                for frame in &load.frames {
                    black_box((load.decoder)("bench", frame.clone(), received));
                }
            }));
        }
        let (taken, summed, made) = (median(taken), median(summed), median(made));
        println!(
            "  {} ({} bytes): {taken:.0} frames/s taken apart (goal {:.0}), check sum only {summed:.0}, ratio {:.2}; \
             as deliveries with names and quality {made:.0} frames/s",
            load.name,
            stream.len() / FRAMES,
            load.goal,
            taken / summed,
        );
    }
    Ok(())
}

/// Frames a second, when one pass is all of them.
fn rate(mut pass: impl FnMut()) -> f64 {
    let (start, mut passes) = (Instant::now(), 0);
    while start.elapsed() < RUN {
        pass();
        passes += FRAMES;
    }
    passes as f64 / start.elapsed().as_secs_f64()
}

/// One frame each from so many devices, or one device at so many moments.
fn frames(mut frame: impl FnMut(usize, Timestamp) -> Vec<Bytes>) -> Vec<Bytes> {
    let start = now().ms() - FRAMES as i64 * 1000;
    (0..FRAMES).flat_map(|n| frame(n, Timestamp::from_ms(start + n as i64 * 1000))).collect()
}

fn sl651() -> anyhow::Result<Load> {
    let frames = frames(|n, at| {
        let [a, b, c] = [n / 10_000, n / 100 % 100, n % 100].map(|two| (two / 10 * 16 + two % 10) as u8);
        let setup = chengshu_sl651::DeviceSetup { station: sl::Station([0x44, 0x17, a, b, c]), ..Default::default() };
        let values = [("level", n as f64 / 1000.0), ("rain_today", 12.5), ("battery", 12.61)];
        chengshu_sl651::Sl651Device::new(setup).report(&values, at)
    });
    let decoder = chengshu_sl651::decoder(chengshu_sl651::Setup::default(), LinkId::parse("sl651:bench")?);
    Ok(Load { name: "SL 651", goal: 500_000.0, frames, read: read_sl651, sum: modbus, decoder })
}

fn read_sl651(mut stream: &[u8]) -> usize {
    let mut count = 0;
    while let sl::Scan::Frame { skip, len, frame } = sl::scan(stream) {
        for group in sl::Message::of(&frame).groups(sl::Asking::default()) {
            if let Ok(sl::Group::Value { id, def, data }) = black_box(group) {
                black_box(sl::cell(id, def, data));
            }
        }
        (count, stream) = (count + 1, &stream[skip + len..]);
    }
    count
}

fn gb26875() -> anyhow::Result<Load> {
    let mut device = chengshu_gb26875::Device::new(chengshu_gb26875::DeviceSetup::default());
    let frames = frames(|n, at| device.report(&[("fire", (n % 2) as f64)], at));
    let decoder = chengshu_gb26875::decoder(chengshu_gb26875::Setup::default(), LinkId::parse("gb26875:bench")?);
    let sum = |bytes: &[u8]| bytes.iter().fold(0_u8, |sum, byte| sum.wrapping_add(*byte)).into();
    Ok(Load { name: "GB/T 26875.3", goal: 500_000.0, frames, read: read_gb26875, sum, decoder })
}

fn read_gb26875(mut stream: &[u8]) -> usize {
    let mut count = 0;
    while let gb::Scan::Frame { skip, len, frame } = gb::scan(stream) {
        if let Ok(gb::App::Objects(objects)) = frame.app() {
            for object in objects.iter() {
                black_box(object);
            }
        }
        (count, stream) = (count + 1, &stream[skip + len..]);
    }
    count
}

fn hj212() -> anyhow::Result<Load> {
    let frames = frames(|n, at| {
        let mut device = chengshu_hj212::DataLogger::new(&format!("010000A8900016F0{n:08}"), "39");
        let values = [
            ("pm10", 86.0),
            ("pm25", 41.0),
            ("temperature", 21.5),
            ("humidity", 64.0),
            ("wind_speed", 2.1),
            ("la", 61.3),
        ];
        device.report(&values, at)
    });
    let decoder = chengshu_hj212::decoder(chengshu_hj212::Setup::default(), LinkId::parse("hj212:bench")?);
    Ok(Load { name: "HJ 212", goal: 300_000.0, frames, read: read_hj212, sum: hj::crc, decoder })
}

fn read_hj212(mut stream: &[u8]) -> usize {
    let mut count = 0;
    while let hj::Scan::Frame { skip, len, frame } = hj::scan(stream, chengshu_hj212::Mode::Tolerant) {
        for pair in frame.items().flat_map(hj::Item::pairs) {
            let number = std::str::from_utf8(pair.value).ok().and_then(|text| text.parse::<f64>().ok());
            black_box((pair.parts(), number));
        }
        (count, stream) = (count + 1, &stream[skip + len..]);
    }
    count
}

/// CRC-16/MODBUS, a byte a step.
fn modbus(bytes: &[u8]) -> u16 {
    const TABLE: [u16; 256] = {
        let mut table = [0_u16; 256];
        let mut n = 0;
        while n < 2048 {
            let (byte, first) = (n / 8, n % 8 == 0);
            let crc = if first { byte as u16 } else { table[byte] };
            table[byte] = if crc & 1 == 1 { (crc >> 1) ^ 0xA001 } else { crc >> 1 };
            n += 1;
        }
        table
    };
    bytes.iter().fold(0xFFFF, |crc, byte| (crc >> 8) ^ TABLE[usize::from((crc ^ u16::from(*byte)) & 0xFF)])
}
