//! How fast the spool is on the disk at hand: appending with one fsync per batch, opening when full, draining.
//! `cargo run --release -p chengshu-spool --example throughput -- [folder] [batches]`
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measurement, by the machine's own clock")]

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use chengshu_spool::{Record, Spool, SpoolOptions};

const RECORDS: usize = 1_000;
const BYTES: usize = 300;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let dir = arguments.next().map_or_else(|| PathBuf::from("."), PathBuf::from);
    let batches: usize = arguments.next().map_or(Ok(1_000), |batches| batches.parse())?;
    let dir = tempfile::tempdir_in(dir)?;
    let options = SpoolOptions::new(dir.path(), 64 << 30);
    let (mut spool, _) = Spool::open(options.clone())?;
    let batch: Vec<Record> = (0..RECORDS)
        .map(|n| Record { readings: 1, tag: n as u16 % 4, at_ms: n as i64, bytes: vec![n as u8; BYTES] })
        .collect();

    let mut slowest = Duration::ZERO;
    let since = Instant::now();
    for _ in 0..batches {
        let since = Instant::now();
        spool.append(&batch)?;
        slowest = slowest.max(since.elapsed());
    }
    let took = since.elapsed();
    let records = batches * RECORDS;
    let rate = |took: Duration| records as f64 / took.as_secs_f64();
    println!("append: {records} records of {BYTES} bytes, {RECORDS} per fsync: {:.0} records/s", rate(took));
    println!(
        "        {:.1} ms per batch, the slowest {:.1} ms",
        took.as_secs_f64() * 1e3 / batches as f64,
        slowest.as_secs_f64() * 1e3
    );

    let bytes = spool.status().bytes;
    drop(spool);
    let since = Instant::now();
    let (mut spool, damage) = Spool::open(options)?;
    println!("open:   {} MiB in {:.0} ms, {damage:?}", bytes >> 20, since.elapsed().as_secs_f64() * 1e3);

    let since = Instant::now();
    let (mut after, mut drained) = (0, 0);
    loop {
        let read = spool.read(after, RECORDS, 64 << 20)?;
        let Some(last) = read.last() else { break };
        after = last.seq;
        drained += read.len();
        spool.release(after)?;
    }
    println!("drain:  {drained} records, released in batches of {RECORDS}: {:.0} records/s", rate(since.elapsed()));
    Ok(())
}
