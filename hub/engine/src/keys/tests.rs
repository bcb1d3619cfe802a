//! Keys over retries, restarts, a day, and a log that is full.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use chengshu_core::seam::Clock;
use chengshu_spool::SpoolOptions;
use futures_util::future::BoxFuture;

use super::*;

struct Hands(AtomicI64);

impl Clock for Hands {
    fn now(&self) -> Timestamp {
        Timestamp::from_ms(self.0.load(Ordering::Relaxed))
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::ready(()))
    }
}

struct World {
    dir: tempfile::TempDir,
    clock: Arc<Hands>,
    bytes: u64,
}

const START: i64 = 1_795_336_920_000;

impl World {
    fn new(bytes: u64) -> Self {
        Self { dir: tempfile::tempdir().unwrap(), clock: Arc::new(Hands(AtomicI64::new(START))), bytes }
    }

    fn keys(&self) -> Keys {
        let (log, damage) = Spool::open(SpoolOptions::new(self.dir.path().join("keys"), self.bytes)).unwrap();
        assert!(damage.is_none());
        Keys::open(log, self.clock.clone()).unwrap()
    }

    fn pass(&self, ms: i64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }
}

fn hash(n: u32) -> KeyHash {
    let mut hash = [0; 16];
    hash[..4].copy_from_slice(&n.to_be_bytes());
    hash
}

async fn turn(keys: &Keys, key: u32) -> Turn {
    match keys.begin(hash(key), hash(0)).await.unwrap() {
        Begun::Go(turn) => turn,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_and_the_first_time_over_restarts() {
    let world = World::new(1 << 20);
    let keys = world.keys();
    let first = turn(&keys, 1).await;
    assert!(matches!(keys.begin(hash(1), hash(0)).await.unwrap(), Begun::Busy));
    assert!(matches!(keys.begin(hash(1), hash(9)).await.unwrap(), Begun::Other));
    drop(first); // it was given up: the next may try, with the time of the first
    world.pass(5_000);
    let again = turn(&keys, 1).await;
    assert_eq!(again.received.ms(), START);
    drop((again, keys)); // the hub is killed before it answers

    world.pass(5_000);
    let keys = world.keys();
    let again = turn(&keys, 1).await;
    assert_eq!(again.received.ms(), START);
    again.finish(Bytes::from_static(b"stored 1")).await;
    drop(keys);

    let keys = world.keys();
    for _ in 0..2 {
        let Begun::Answered(reply) = keys.begin(hash(1), hash(0)).await.unwrap() else { panic!("no answer") };
        assert_eq!(reply, "stored 1");
    }
    assert!(matches!(keys.begin(hash(1), hash(9)).await.unwrap(), Begun::Other));
}

#[tokio::test]
async fn a_key_is_free_again_after_a_day() {
    let world = World::new(1 << 20);
    let keys = world.keys();
    turn(&keys, 1).await.finish(Bytes::from_static(b"old")).await;
    world.pass(KEEP_MS / 2);
    turn(&keys, 2).await.finish(Bytes::from_static(b"new")).await;
    world.pass(KEEP_MS / 2 + 1);
    assert_eq!(turn(&keys, 1).await.received.ms(), START + KEEP_MS / 2 * 2 + 1);
    assert!(matches!(keys.begin(hash(2), hash(0)).await.unwrap(), Begun::Answered(_)));
}

#[tokio::test]
async fn a_full_log_forgets_the_oldest_and_takes_the_new() {
    let world = World::new(64 * 1024);
    let keys = world.keys();
    for n in 1..=1_000 {
        turn(&keys, n).await.finish(Bytes::from(vec![b'x'; 200])).await;
        world.pass(1);
    }
    assert!(matches!(keys.begin(hash(1_000), hash(0)).await.unwrap(), Begun::Answered(_)), "the newest is known");
    assert!(turn(&keys, 1).await.received.ms() > START, "the oldest is not");
    let known = keys.lock().known.len();
    assert!((50..500).contains(&known), "{known} keys in 64 KiB");
    drop(keys);
    let keys = world.keys();
    assert!(matches!(keys.begin(hash(1_000), hash(0)).await.unwrap(), Begun::Answered(_)), "also after a restart");
}
