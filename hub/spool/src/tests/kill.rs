//! D08 with a real process: it appends and notes each acknowledged number in a file, and is killed at some moment. The
//! test runs itself as that process.

use std::fs::File;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::world::{Dice, append, drain, folder, open, spooled};

const CHILD: &str = "CHENGSHU_SPOOL_TEST_CHILD";
const SEGMENT_BYTES: u64 = 16 * 1024;

#[test]
fn child() {
    let Ok(dir) = std::env::var(CHILD) else { return };
    let dir = Path::new(&dir);
    let (mut spool, _) = open(&dir.join("spool"), SEGMENT_BYTES);
    let mut acks = File::options().append(true).create(true).open(dir.join("acks")).unwrap();
    let mut dice = Dice(spool.status().last);
    loop {
        let count = 1 + dice.below(30);
        let last = append(&mut spool, count).end - 1;
        acks.write_all(&last.to_le_bytes()).unwrap();
        if dice.below(20) == 0 {
            spool.release(last.saturating_sub(300)).unwrap();
        }
    }
}

fn acked(dir: &Path) -> (usize, u64) {
    let bytes = std::fs::read(dir.join("acks")).unwrap_or_default();
    let numbers = bytes.chunks_exact(8).map(|number| u64::from_le_bytes(number.try_into().unwrap()));
    (bytes.len(), numbers.max().unwrap_or(0))
}

#[test]
fn acknowledged_records_survive_sixty_kills() {
    let dir = folder();
    let mut dice = Dice(8);
    let (mut batches, mut held) = (0, 0);
    for kill in 0..60 {
        let (before, _) = acked(dir.path());
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "tests::kill::child", "--nocapture", "--test-threads=1"])
            .env(CHILD, dir.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let since = Instant::now();
        while acked(dir.path()).0 == before {
            assert!(since.elapsed() < Duration::from_secs(20), "the child acknowledges nothing");
            std::thread::sleep(Duration::from_millis(1));
        }
        std::thread::sleep(Duration::from_micros(dice.below(15_000)));
        child.kill().unwrap();
        child.wait().unwrap();

        let (bytes, acked) = acked(dir.path());
        batches = bytes / 8;
        let (mut spool, damage) = open(&dir.path().join("spool"), SEGMENT_BYTES);
        assert!(damage.is_none(), "kill {kill}: {damage:?}");
        let status = spool.status();
        assert!(status.last >= acked, "kill {kill}: {acked} was acknowledged, {} is the last", status.last);
        assert!(spool.head() <= acked.saturating_sub(300), "kill {kill}: released more than was asked");
        let all = drain(&mut spool);
        held = all.len();
        assert!(all.into_iter().eq((spool.head() + 1..=status.last).map(spooled)), "kill {kill}");
        assert!(spool.status().lost.is_none(), "kill {kill}");
    }
    println!("60 kills, {batches} acknowledged batches, {held} records held at the end");
}
