//! The long forms of the fault tests: `make soak`, or only some: `ARGS="D01 D07"`. Ends with a line in the form of a test runner, and with an error when
//! a promise was broken.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::process::Command;
use std::time::Duration;

use chengshu_tests::scenario::{
    AbsenceReport, KillReport, broker_outages, database_late, database_outages, database_silent, disk_full, hub_kills,
    hub_stops, mixed, restore_drill, shuffled_day,
};

type Fault = (&'static str, fn() -> anyhow::Result<String>);

const FAULTS: [Fault; 15] = [
    ("D01 kill -9, 100 times at 1,000 msg/s", || hub_kills(100, 1_000).and_then(kept)),
    ("D03 database silent for 120 s at 1,000 msg/s", || {
        database_silent(1_000, Duration::from_secs(120)).and_then(present)
    }),
    ("D04 database 60 s late at 1,000 msg/s", || database_late(1_000, Duration::from_secs(60)).and_then(present)),
    ("D10 disk full and freed", || match disk_full(1_000)? {
        Some(report) => present(report),
        None => Ok("skipped: a small disk cannot be mounted here".to_owned()),
    }),
    ("D14 D15 a shuffled day of 1,000,000 readings, 500 corrections", || {
        let report = shuffled_day(1_000_000, 20, 500)?;
        anyhow::ensure!(report.unequal == 0 && report.answered_wrong == 0, "{report:?}");
        Ok(format!("{report:?}"))
    }),
    ("D16 database silent for 180 s at 5,000 msg/s", || {
        let report = database_silent(5_000, Duration::from_secs(180))?;
        anyhow::ensure!(report.memory_mb <= 256, "{report:?}");
        present(report)
    }),
    ("E01 thirty minutes of everything at 2,000 msg/s", || mixed(30, 2_000).map(|report| format!("{report:?}"))),
    ("D02 database away 10 times 15 s at 30 msg/s", || outages(10, 30)),
    ("D02 database away 10 times 15 s at 2,000 msg/s", || outages(10, 2_000)),
    ("D05 broker restarted 10 times, sessions kept", || broker_outages(10, true).map(|t| format!("slowest {t:?}"))),
    ("D05 broker killed 10 times, sessions lost", || broker_outages(10, false).map(|t| format!("slowest {t:?}"))),
    ("D07 SIGTERM 20 times at 2,000 msg/s", || hub_stops(20, 2_000).and_then(kept)),
    ("S01 sqlmap on every parameter", || script("sqlmap.sh", &[])),
    ("S26 schemathesis for ten minutes", || script("schemathesis.sh", &["600"])),
    ("E04 ten million readings backed up, lost and restored", || drill(10_000_000)),
];

/// One of the scripts that attack a demo hub; its last line.
fn script(name: &str, args: &[&str]) -> anyhow::Result<String> {
    let program = std::env::current_exe()?.with_file_name("chengshu");
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let output = Command::new(root.join("deploy").join(name))
        .args(args)
        .env("CHENGSHU_BIN", program)
        .current_dir(root)
        .output()?;
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    let last: Vec<&str> = text.lines().rev().filter(|line| !line.trim().is_empty()).take(12).collect();
    anyhow::ensure!(
        output.status.success(),
        "{name} found something:\n{}",
        last.into_iter().rev().collect::<Vec<_>>().join("\n")
    );
    Ok(last.first().copied().unwrap_or_default().to_owned())
}

fn main() {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
    let (mut passed, mut failed) = (0, 0);
    for (name, fault) in FAULTS {
        if !wanted.is_empty() && !wanted.iter().any(|id| name.starts_with(id.as_str())) {
            continue;
        }
        match fault() {
            Ok(text) => {
                passed += 1;
                println!("{name}: kept\n  {text}");
            }
            Err(error) => {
                failed += 1;
                println!("{name}: BROKEN\n  {error:#}");
            }
        }
    }
    println!("soak: {passed} passed, {failed} failed");
    std::process::exit(i32::from(failed > 0));
}

fn kept(report: KillReport) -> anyhow::Result<String> {
    report.check()?;
    Ok(format!("{report:?}"))
}

fn present(report: AbsenceReport) -> anyhow::Result<String> {
    report.check()?;
    Ok(format!("{report:?}"))
}

fn outages(rounds: u32, per_second: u64) -> anyhow::Result<String> {
    let report = database_outages(rounds, per_second, Duration::from_secs(15))?;
    report.kills.check()?;
    Ok(format!("{report:?}"))
}

fn drill(rows: u64) -> anyhow::Result<String> {
    let report = restore_drill(rows, Duration::from_secs(75))?;
    report.check()?;
    Ok(format!("{report:?}"))
}
