//! The figures of README. `make bench`; with arguments only those named: ingest, before, latency, reads, rollups, spool,
//! deadlines, import, lists, streams, lines, access, memory. `--long` lets the memory run last ten minutes, `--big` puts a hundred
//! million readings under the rollups.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use chengshu_tests::bench;

fn main() -> anyhow::Result<()> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let wanted = |name: &str| args.iter().all(|arg| arg.starts_with("--")) || args.iter().any(|arg| arg == name);
    let machine = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = machine.lines().find_map(|line| line.strip_prefix("model name\t: ")).unwrap_or("unknown processor");
    println!("machine: {} × {model}", std::thread::available_parallelism()?);
    if wanted("ingest") {
        bench::ingest(300_000)?;
    }
    if wanted("before") {
        bench::before(300_000)?;
    }
    if wanted("latency") {
        bench::latency()?;
    }
    if wanted("reads") {
        bench::reads()?;
    }
    if wanted("rollups") {
        bench::rollups(args.iter().any(|arg| arg == "--big"))?;
    }
    if wanted("spool") {
        bench::spooling(100_000)?;
    }
    if wanted("deadlines") {
        bench::deadlines(100_000)?;
    }
    if wanted("import") {
        bench::import()?;
    }
    if wanted("lists") {
        bench::lists()?;
    }
    if wanted("streams") {
        bench::streams(200)?;
    }
    if wanted("lines") {
        bench::decode()?;
        bench::idle(5_000)?;
        bench::confirmations(2_000, 30)?;
    }
    if wanted("access") {
        bench::access()?;
    }
    if wanted("memory") {
        bench::memory(if args.iter().any(|arg| arg == "--long") { 10 } else { 2 })?;
    }
    Ok(())
}
