//! The door with an engine that answers as it is told.

use std::sync::Arc;
use std::time::Duration;

use chengshu_core::model::{Delivery, DeviceId, LinkId, MetricId, Reading, Reason, Timestamp};
use chengshu_core::seam::{Clock, Decoder, IntakeQueue, Link, Outcome, intake};
use chengshu_engine::{Keys, Nonces};
use chengshu_spool::{Spool, SpoolOptions};
use futures_util::future::BoxFuture;

use super::*;

struct Still;

const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000);

impl Clock for Still {
    fn now(&self) -> Timestamp {
        NOW
    }

    fn monotonic(&self) -> Duration {
        Duration::ZERO
    }

    fn sleep(&self, _: Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }
}

/// One reading for whatever comes below city/test/.
pub(crate) fn city() -> Decoder {
    Box::new(|topic, raw, received| {
        let device = DeviceId::parse(topic.split('/').nth(2)?).ok()?;
        let reading = Reading::new(device, MetricId::parse("x").ok()?, received, 1.0);
        Some(Delivery {
            link: LinkId::parse("http:ingest").ok()?,
            theme: None,
            received,
            source: topic.into(),
            raw,
            readings: vec![reading],
            events: Vec::new(),
            presence: None,
            births: Vec::new(),
            rejected: Vec::new(),
        })
    })
}

struct World {
    door: Door,
    queue: IntakeQueue,
    _dir: tempfile::TempDir,
}

fn world() -> World {
    let dir = tempfile::tempdir().unwrap();
    let log = |name: &str| Spool::open(SpoolOptions::new(dir.path().join(name), 1 << 20)).unwrap().0;
    let clock: chengshu_core::seam::SharedClock = Arc::new(Still);
    let (handover, queue) = intake(1 << 20);
    let link = Arc::new(Link::new(LinkId::parse("http:ingest").unwrap(), "http", "ingest".to_owned(), NOW));
    let door = Door::new(DoorParts {
        intake: handover.for_link(link.clone()),
        link,
        city: city(),
        push: Box::new(|path, raw, received| {
            (path == "/push/a").then(|| city()("city/test/P-1/telemetry", raw, received))?
        }),
        keys: Keys::open(log("keys"), clock.clone()).unwrap(),
        nonces: Nonces::open(log("nonces"), clock.clone()).unwrap(),
        clock,
        payload_max: 100,
    });
    World { door, queue, _dir: dir }
}

impl World {
    /// Answers the next deliveries; none drops the ticket. Returns what was handed over.
    async fn engine(&mut self, answers: &[Option<Outcome>]) -> Vec<Delivery> {
        let mut deliveries = Vec::new();
        for answer in answers {
            let mut handed = Vec::new();
            assert_eq!(self.queue.take(&mut handed, 1).await, 1);
            let handed = handed.remove(0);
            deliveries.push(handed.delivery);
            if let Some(outcome) = answer {
                handed.ticket.settle(*outcome);
            }
        }
        deliveries
    }
}

const STORED: Option<Outcome> = Some(Outcome { stored: 1, duplicate: 0, rejected: 0, spooled: 0, reason: None });

fn messages(source: &str, body: &str) -> Vec<Message> {
    split(source, false, Bytes::copy_from_slice(body.as_bytes()), 100).unwrap_or_else(|problem| panic!("{problem:?}"))
}

fn status(problem: Problem) -> u16 {
    problem.into_response().status().as_u16()
}

const TWO: &str = r#"[{"theme":"test","device":"A-1","x":1},{"device":"A-2"}]"#;

#[tokio::test]
async fn an_answer_waits_for_all_and_names_what_was_set_aside() {
    let mut world = world();
    let door = world.door.clone();
    let take = tokio::spawn(async move { door.take(door::ITEMS, messages(door::ITEMS, TWO), None, None).await });
    let conflict = Outcome { rejected: 2, reason: Some(Reason::Conflict), ..Outcome::default() };
    let handed = world.engine(&[STORED, Some(conflict)]).await;
    assert_eq!(&handed[0].raw[..], &TWO.as_bytes()[1..38], "the bytes as they came");
    assert_eq!((&*handed[1].source, handed[1].rejected[0].reason), (door::ITEMS, Reason::TopicMalformed));
    let view: serde_json::Value = serde_json::from_slice(&take.await.unwrap().unwrap().body).unwrap();
    assert_eq!((&view["stored"], &view["rejected"]), (&1.into(), &2.into()));
    assert_eq!((&view["faults"][0]["index"], &view["faults"][0]["reason"]), (&2.into(), &"topic_malformed".into()));
    assert_eq!(view["faults"][1]["reason"], "conflict", "what the engine had against it comes after");
}

#[tokio::test]
async fn what_is_not_durable_is_not_answered_and_a_retry_keeps_the_time() {
    let mut world = world();
    let (key, print) = (hash(&[b"k"]), hash(&[b"p"]));
    for answers in [[None], [STORED]] {
        let door = world.door.clone();
        let body = r#"{"theme":"test","device":"A-1","x":1}"#;
        let take =
            tokio::spawn(
                async move { door.take(door::ITEMS, messages(door::ITEMS, body), Some((key, print)), None).await },
            );
        let handed = world.engine(&answers).await;
        assert_eq!(handed[0].received, NOW);
        let answer = take.await.unwrap();
        match answers {
            [None] => assert_eq!(answer.err().map(status), Some(503)),
            _ => assert!(!answer.unwrap_or_else(|problem| panic!("{problem:?}")).again),
        }
    }
    let again =
        world.door.take(door::ITEMS, Vec::new(), Some((key, print)), None).await.unwrap_or_else(|_| panic!("kept"));
    assert!(again.again && !again.body.is_empty());
    let other = world.door.take(door::ITEMS, Vec::new(), Some((key, hash(&[b"q"]))), None).await;
    assert_eq!(other.err().map(status), Some(422));
}

#[tokio::test]
async fn one_at_a_time_under_a_key_and_nobody_after_the_end() {
    let mut world = world();
    let key = Some((hash(&[b"k"]), hash(&[b"p"])));
    let door = world.door.clone();
    let take = tokio::spawn(async move { door.take("/push/a", messages("/push/a", "{}"), key, None).await });
    let mut handed = Vec::new();
    world.queue.take(&mut handed, 1).await;
    let busy = world.door.take("/push/a", messages("/push/a", "{}"), key, None).await;
    assert_eq!(busy.err().map(status), Some(409));
    handed.remove(0).ticket.settle(Outcome { stored: 1, ..Outcome::default() });
    assert!(take.await.unwrap().is_ok());
    let nobody = world.door.take("/push/b", messages("/push/b", "{}"), None, None).await;
    assert_eq!(nobody.err().map(status), Some(404));
    assert!(world.door.decoder()("/push/a", Bytes::new(), NOW).is_some(), "and it can be tried again");
    world.door.close();
    let closed = world.door.take("/push/a", messages("/push/a", "{}"), None, None).await;
    assert_eq!(closed.err().map(status), Some(503));
    assert_eq!(world.queue.take(&mut Vec::new(), 1).await, 0, "the engine sees that nobody is left");
}

#[test]
fn bodies_are_judged_before_anything_is_kept() {
    let judge = |source: &str, body: &str| {
        split(source, false, Bytes::copy_from_slice(body.as_bytes()), 100)
            .map(|messages| messages.len())
            .map_err(status)
    };
    assert_eq!(judge(door::ITEMS, TWO), Ok(2));
    assert_eq!(judge("city/test/A-1/telemetry", TWO), Ok(1), "a list is one payload of MQTT");
    assert_eq!(judge("city/test/A-1/status", "online"), Ok(1));
    for (body, expected) in [("", 400), ("online", 400), ("{\"a\":1", 400), ("[]", 400)] {
        assert_eq!(judge(door::ITEMS, body), Err(expected), "{body}");
    }
    assert_eq!(judge("/push/a", &format!("\"{}\"", "x".repeat(100))), Err(413));
}

#[test]
fn parts_of_a_hash_do_not_run_into_each_other() {
    assert_ne!(hash(&[b"ab", b"c"]), hash(&[b"a", b"bc"]));
    assert_eq!(hash(&[b"ab"]), hash(&[b"ab"]));
}
