//! D08 with a power cut: of what was not fsynced the disk has any part, or nothing. What was acknowledged is there, and
//! nothing that was released or torn is mistaken for a loss.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::fault::{self, Op};
use super::world::{Dice, append, assert_sums, drain, folder, open, record, spooled};

/// The folder's files as they are now.
fn now(dir: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), std::fs::read(path).unwrap())).collect()
}

/// Takes away what was not fsynced, as chance will have it.
fn cut(dir: &Path, durable: BTreeMap<PathBuf, Vec<u8>>, dice: &mut Dice) {
    let now = now(dir);
    for path in now.keys().chain(durable.keys()) {
        let (now, durable) = (now.get(path), durable.get(path));
        let content = match (durable, now) {
            (Some(durable), Some(now)) => Some(mixed(durable, now, dice)),
            (durable, now) => {
                if dice.below(2) == 0 {
                    durable.cloned()
                } else {
                    now.cloned()
                }
            }
        };
        match content {
            Some(content) => std::fs::write(path, content).unwrap(),
            None => std::fs::remove_file(path).unwrap_or_default(),
        }
    }
}

/// Some sectors have the new content, and the file has grown by a part.
fn mixed(durable: &[u8], now: &[u8], dice: &mut Dice) -> Vec<u8> {
    let len = if now.len() > durable.len() {
        durable.len() + dice.below((now.len() - durable.len()) as u64 + 1) as usize
    } else if dice.below(2) == 0 {
        now.len()
    } else {
        durable.len()
    };
    let mut content = durable.to_vec();
    content.resize(len, 0);
    for (index, sector) in content.chunks_mut(512).enumerate() {
        let begin = index * 512;
        let beyond = begin + sector.len() > durable.len();
        if let Some(new) = now.get(begin..begin + sector.len()).filter(|_| beyond || dice.below(2) == 0) {
            sector.copy_from_slice(new);
        }
    }
    content
}

#[test]
fn acknowledged_records_survive_power_cuts() {
    let mut cuts = 0;
    for seed in 0..200 {
        let mut dice = Dice(seed);
        let dir = folder();
        let (mut acked, mut released) = (0, 0);
        for _ in 0..8 {
            let (mut spool, damage) = open(dir.path(), 3_000);
            let what = format!("seed {seed}, cut {cuts}: {damage:?}");
            assert!(damage.is_none(), "{what}");
            let last = spool.status().last;
            assert!(last >= acked, "{what}: {acked} was acknowledged, {last} is the last");
            assert!(spool.head() <= released, "{what}");
            let held: Vec<_> = (spool.head() + 1..=last).map(spooled).collect();
            assert_sums(&spool.status(), &held);
            assert!(drain(&mut spool) == held, "{what}");
            assert!(spool.status().lost.is_none(), "{what}");
            fault::power_watch(now(dir.path()));
            for _ in 0..dice.below(12) {
                match dice.below(8) {
                    0 => {
                        released = spool.head() + dice.below(spool.status().records + 1);
                        fault::plan(if dice.below(3) == 0 { &[Op::Sync] } else { &[] });
                        let _ = spool.release(released); // when it fails, it was still released elsewhere
                    }
                    1 => {
                        fault::plan(if dice.below(2) == 0 { &[Op::Sync] } else { &[Op::Sync, Op::Truncate] });
                        let next = spool.status().last + 1;
                        let _ = spool.append(&[record(next)]); // only a footer's fsync may have failed
                    }
                    2 => {
                        drop(spool);
                        spool = open(dir.path(), 3_000).0;
                    }
                    _ => drop(append(&mut spool, 1 + dice.below(12))),
                }
                fault::plan(&[]);
            }
            released = released.max(spool.head());
            acked = spool.status().last;
            drop(spool);
            cut(dir.path(), fault::power_off(), &mut dice);
            cuts += 1;
        }
    }
    println!("{cuts} power cuts");
}
