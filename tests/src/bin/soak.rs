//! The long forms of the fault tests: `make soak`. Ends with a line in the form of a test runner, and with an error when
//! a promise was broken.

#![allow(clippy::print_stdout, reason = "its output is its purpose")]

use std::time::Duration;

use chengshu_tests::scenario::{broker_outages, database_outages, hub_kills, hub_stops};

fn main() {
    let mut failed = 0;
    let mut report = |name: &str, result: anyhow::Result<String>| match result {
        Ok(text) => println!("{name}: kept\n  {text}"),
        Err(error) => {
            failed += 1;
            println!("{name}: BROKEN\n  {error:#}");
        }
    };
    report(
        "D01 kill -9, 20 kills at 1,000 msg/s",
        hub_kills(20, 1_000).and_then(|r| r.check().map(|()| format!("{r:?}"))),
    );
    report("D02 database away, 10 times 15 s at 30 msg/s", outages(10, 30));
    report("D02 database away, 10 times 15 s at 2,000 msg/s", outages(10, 2_000));
    report("D05 broker restarted 10 times, sessions kept", broker_outages(10, true).map(|t| format!("slowest {t:?}")));
    report("D05 broker killed 10 times, sessions lost", broker_outages(10, false).map(|t| format!("slowest {t:?}")));
    report(
        "D07 SIGTERM, 20 times at 2,000 msg/s",
        hub_stops(20, 2_000).and_then(|r| r.check().map(|()| format!("{r:?}"))),
    );
    println!("soak: {} passed, {failed} failed", 6 - failed);
    std::process::exit(i32::from(failed > 0));
}

fn outages(rounds: u32, per_second: u64) -> anyhow::Result<String> {
    let report = database_outages(rounds, per_second, Duration::from_secs(15))?;
    report.kills.check()?;
    Ok(format!("{report:?}"))
}
