//! The database: does it answer, can it do what the hub needs, whose is it, and how fast does it grow.

use std::path::Path;
use std::time::Duration;

use chengshu_core::seam::SharedClock;
use chengshu_store::{Checkup, StoreError, checkup};

use super::machine::size;
use super::{Finding, PATIENCE};
use crate::config::Config;
use crate::managed::postgres::Cluster;

/// What its findings are called.
pub const PART: &str = "database";
/// Clocks that differ by more than this make times of different machines incomparable.
const CLOCK_APART_MS: i64 = 2_000;

/// What was found, and by how many bytes a day the readings grow, where that is known.
pub async fn look(config: &Config, data: &Path, clock: &SharedClock) -> (Vec<Finding>, Option<u64>) {
    let url = match &config.database_url {
        Some(url) => url.clone(),
        None => match managed(data) {
            Ok(url) => url,
            Err(finding) => return (vec![finding], None),
        },
    };
    let answer = tokio::select! {
        answer = checkup(&url) => answer,
        () = clock.sleep(PATIENCE) => Err(StoreError::silent()),
    };
    match answer {
        Ok(found) => (judge(&found, clock), growth(&found.days)),
        Err(error) => {
            let text = format!("does not answer: {}", error.database_words());
            let cure = match &config.database_url {
                Some(_) => {
                    "is the server up, and are host, port, user and password of database.url right? `psql` with the same address tells"
                }
                None => "the hub's log says why its PostgreSQL does not run (journalctl -u chengshu)",
            };
            (vec![Finding::bad(PART, text, cure)], None)
        }
    }
}

/// The address of the hub's own cluster, if it runs.
fn managed(data: &Path) -> Result<String, Finding> {
    let postgres = data.join("postgres");
    match std::fs::metadata(postgres.join("PG_VERSION")) {
        Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => {
            let text = format!("{} may not be read", postgres.display());
            return Err(Finding::note(PART, text, "run the doctor as the hub's user or as root"));
        }
        Err(_) => {
            let text = format!("there is none under {} yet; the hub makes it at its first start", data.display());
            return Err(Finding::note(PART, text, "start the hub (chengshu run), or name its data folder with --data"));
        }
        Ok(_) => {}
    }
    let cluster = Cluster::existing(data).map_err(|error| {
        Finding::bad(PART, format!("{error:#}"), "install what the sentence names; deploy/setup.sh does it on Debian")
    })?;
    if cluster.runs() {
        return Ok(cluster.url());
    }
    let text = "the hub's own PostgreSQL does not run, since the hub does not";
    Err(Finding::note(PART, text, "start the hub and ask again"))
}

fn judge(found: &Checkup, clock: &SharedClock) -> Vec<Finding> {
    let mut findings = vec![Finding::good(
        PART,
        format!("PostgreSQL {} answers; it holds {}", found.postgres, size(found.bytes.unsigned_abs())),
    )];
    findings.push(match &found.timescale {
        (Some(version), Some(newest)) if version != newest => Finding::note(
            "timescaledb",
            format!("version {version}; the server has {newest}"),
            "stop the hub and run `ALTER EXTENSION timescaledb UPDATE` as the first statement of a new psql session (-X)",
        ),
        (Some(version), _) => Finding::good("timescaledb", format!("version {version}")),
        (None, Some(_)) => Finding::note("timescaledb", "the server has it, this database not yet", "the hub creates it when it starts; its role needs the right to (CREATE EXTENSION timescaledb)"),
        (None, None) => Finding::bad("timescaledb", "the server does not have it", "install TimescaleDB for this PostgreSQL and set shared_preload_libraries = 'timescaledb'; deploy/setup.sh does it on Debian"),
    });
    findings.push(match found.migration {
        (Some(applied), known) if applied == known => {
            Finding::good("schema", format!("migration {applied}, as this program expects"))
        }
        (Some(applied), known) if applied > known => Finding::bad(
            "schema",
            format!("migration {applied}; this program knows {known} only"),
            "a newer hub has been here: run its version, or restore a backup of before",
        ),
        (Some(applied), known) => Finding::note(
            "schema",
            format!("migration {applied}; this program brings {known}"),
            "it is applied when this version of the hub starts; make a backup first (chengshu backup)",
        ),
        (None, known) => Finding::note(
            "schema",
            "there is none yet",
            format!("the hub makes it when it starts (migrations up to {known})"),
        ),
    });
    let (now, most) = found.connections;
    let text = format!("{now} of {most} connections");
    findings.push(if now * 10 >= most * 9 {
        Finding::bad("connections", text, "raise max_connections, or find who keeps them: SELECT application_name, count(*) FROM pg_stat_activity GROUP BY 1")
    } else {
        Finding::good("connections", text)
    });
    let apart = found.now.since(clock.now()).abs();
    if apart > CLOCK_APART_MS {
        let text = format!(
            "the database's clock and the hub's are {:.0} s apart",
            Duration::from_millis(apart.unsigned_abs()).as_secs_f64()
        );
        findings.push(Finding::bad("clock", text, "let both machines follow the same time source (chrony)"));
    }
    findings
}

/// The mean of the whole days that there are.
fn growth(days: &[i64]) -> Option<u64> {
    let sum: i64 = days.iter().sum();
    let count = i64::try_from(days.len()).ok().filter(|count| *count > 0)?;
    u64::try_from(sum / count).ok()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::Verdict;
    use super::*;
    use crate::clock::SystemClock;

    #[test]
    fn each_illness_has_its_name_and_its_cure() {
        let clock: SharedClock = Arc::new(SystemClock::new());
        let well = Checkup {
            postgres: "15.14".to_owned(),
            timescale: (Some("2.19.3".to_owned()), Some("2.19.3".to_owned())),
            migration: (Some(3), 3),
            connections: (12, 60),
            bytes: 1 << 30,
            now: clock.now(),
            days: vec![100, 300],
        };
        assert!(judge(&well, &clock).iter().all(|finding| finding.verdict == Verdict::Good));
        assert_eq!(growth(&well.days), Some(200));
        assert_eq!(growth(&[]), None);
        let ill = |change: &dyn Fn(&mut Checkup), part: &str| {
            let mut found = well.clone();
            change(&mut found);
            let findings = judge(&found, &clock);
            let not_well: Vec<_> = findings.iter().filter(|finding| finding.verdict != Verdict::Good).collect();
            assert_eq!(not_well.iter().map(|finding| finding.part.as_str()).collect::<Vec<_>>(), [part]);
            assert!(not_well[0].cure.is_some());
            not_well[0].verdict
        };
        assert_eq!(ill(&|found| found.timescale = (None, None), "timescaledb"), Verdict::Bad);
        assert_eq!(ill(&|found| found.timescale.1 = Some("2.20.0".to_owned()), "timescaledb"), Verdict::Note);
        assert_eq!(ill(&|found| found.migration.0 = Some(9), "schema"), Verdict::Bad);
        assert_eq!(ill(&|found| found.migration.0 = Some(2), "schema"), Verdict::Note);
        assert_eq!(ill(&|found| found.connections.0 = 55, "connections"), Verdict::Bad);
        assert_eq!(ill(&|found| found.now = Timestamp::from_ms(found.now.ms() + 60_000), "clock"), Verdict::Bad);
    }

    use chengshu_core::model::Timestamp;
}
