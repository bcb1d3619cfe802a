//! The platform's side: confirmations after durability, denials, resends, clocks, addresses, commands, post checks.

use chengshu_core::model::{Progress, Reason};
use serde_json::json;

use super::vectors::{bytes, lines};
use super::world::{DEVICE_ID, World, at, frame, line, parsed};
use crate::codec::Object;

const STATE: &[u8] = &[21, 1, 1, 5, 30, 8, 1, 11, 24];

fn vector(name: &str) -> Vec<u8> {
    bytes(lines().iter().find(|vector| vector["name"] == name).unwrap())
}

#[test]
fn confirmed_only_when_durable_and_again_for_a_resend() {
    let mut world = World::new(&line());
    let report = frame(7, 2, STATE, 0);
    world.hear(&report);
    assert_eq!(world.speaks[0].as_str(), DEVICE_ID);
    assert_eq!(world.said(), [""; 0]);
    world.settle(false);
    assert_eq!(world.said(), [""; 0], "not durable: nothing is said");
    world.now = at(10_000);
    world.hear(&report);
    world.settle(true);
    let confirm = world.sent[0].clone();
    parsed(&confirm, |frame| {
        assert_eq!((frame.head.source, frame.head.destination), (super::world::PLATFORM, super::world::DEVICE));
        assert_eq!((frame.head.version, frame.data.len()), ([1, 7], 0));
    });
    assert_eq!(world.said(), ["7:3"]);
    let [(_, first), (_, second)] = &world.deliveries[..] else { panic!() };
    assert_eq!((&first.readings, &first.events, &first.raw), (&second.readings, &second.events, &second.raw));
    assert_eq!(first.readings.len(), 6);
    assert_eq!(first.raw, report);
}

#[test]
fn a_timeless_state_sent_again_is_the_same_delivery() {
    let mut world = World::new(&line());
    let report = vector("gb26875_gateway_state_no_time");
    world.hear(&report);
    world.now = at(9_000);
    world.hear(&report);
    assert_eq!(world.deliveries[0].1.readings, world.deliveries[1].1.readings);
    world.now = at(40_000);
    world.hear(&report);
    assert_eq!(world.deliveries[2].1.readings[0].at, at(40_000), "a heartbeat, not a resend");
}

#[test]
fn a_wrong_sum_is_denied_and_a_wrong_length_is_kept() {
    let mut world = World::new(&line());
    world.hear(&vector("gb26875_01_t2_bad_sum"));
    world.settle(true);
    assert_eq!(world.said(), ["0:6"]);
    assert_eq!(world.deliveries[0].1.rejected[0].reason, Reason::Undecodable);
    assert_eq!(world.deliveries[0].1.raw, vector("gb26875_01_t2_bad_sum"));
    assert_eq!(world.counts, ["checksum"]);
    world.hear(&vector("neg_gb26875_length_over_1024"));
    world.hear(b"more");
    world.tick(2_000);
    world.settle(true);
    assert_eq!((world.deliveries.len(), world.said().len()), (2, 0));
    let rejected = &world.deliveries[1].1.rejected[0];
    assert!(rejected.detail.contains("length at offset 24 is 32767"), "{}", rejected.detail);
    assert!(world.counts.contains(&"length"));
    // content that does not fit its type
    world.hear(&frame(9, 2, &[2, 1, 0, 0], 0));
    world.settle(true);
    assert_eq!(world.said(), ["9:6"]);
    assert_eq!(world.counts.last(), Some(&"object_size"));
}

#[test]
fn garbage_of_any_size_is_one_rejection_of_a_kilobyte() {
    let mut world = World::new(&line());
    for _ in 0..5000 {
        world.hear(b"x");
    }
    assert!(world.buffer.is_empty());
    world.hear(&frame(1, 2, STATE, 0));
    assert_eq!(world.deliveries.len(), 2);
    assert_eq!(world.deliveries[0].1.raw.len(), 1024);
    assert!(world.deliveries[0].1.rejected[0].detail.starts_with("5000 bytes that belong to no frame, cut"));
}

#[test]
fn vendors_and_nameless_devices_are_stored_and_confirmed() {
    let mut world = World::new(&line());
    world.hear(&vector("gb26875_10_t22"));
    world.hear(&vector("gb26875_vendor60_token"));
    world.settle(true);
    assert_eq!(world.said(), ["1:1", "2552:3", "1:3"], "its clock is years off, too");
    assert_eq!(world.deliveries[0].1.events[0].key, "vendor-22");
    assert_eq!(world.deliveries[1].1.rejected[0].reason, Reason::BadName);
    // never an answer to an answer
    for command in [3, 5, 6] {
        world.hear(&frame(99, command, &[], 0));
    }
    world.settle(true);
    assert_eq!(world.said(), [""; 0]);
    assert_eq!(
        &world.counts[world.counts.len() - 4..],
        ["address_changed", "unasked_confirm", "unasked_answer", "unasked_deny"]
    );
}

#[test]
fn a_clock_that_is_off_is_told_once_and_set() {
    let mut world = World::new(&line());
    world.hear(&frame(1, 2, STATE, -7_200_000));
    world.hear(&frame(2, 2, STATE, -7_200_000));
    assert_eq!(world.events().iter().filter(|kind| **kind == "clock_off").count(), 1);
    assert_eq!(world.said(), ["1:1"], "set clock");
    world.hear(&frame(1, 3, &[], 0)); // confirmed
    world.hear(&frame(3, 2, STATE, 0));
    world.hear(&frame(4, 2, STATE, -7_200_000));
    assert_eq!(world.events().iter().filter(|kind| **kind == "clock_off").count(), 2);
    assert_eq!(world.said(), [""; 0], "only after connecting");
}

#[test]
fn another_address_is_another_device() {
    let mut world = World::new(&line());
    world.hear(&frame(1, 2, STATE, 0));
    world.hear(&vector("gb26875_07_t21"));
    let speaks: Vec<_> = world.speaks.iter().map(|device| device.as_str()).collect();
    assert_eq!(speaks, [DEVICE_ID, "GB-640000000000"]);
    assert!(world.counts.contains(&"address_changed"));
    let of = |n: usize| world.deliveries[n].1.births[0].0.as_str();
    assert_eq!((of(0), of(1)), (DEVICE_ID, "GB-640000000000"));
}

#[test]
fn a_frame_whose_rest_never_came_yields_after_a_while() {
    let mut world = World::new(&line());
    let report = frame(1, 2, STATE, 0);
    world.hear(&report[..28]);
    world.now = at(11_000);
    world.hear(&report[..]);
    world.hear(&report[..]);
    assert_eq!(world.deliveries.iter().filter(|(_, delivery)| !delivery.readings.is_empty()).count(), 2);
}

#[test]
fn questions_go_out_one_at_a_time_and_are_answered() {
    let mut world = World::new(&line());
    world.order(1, "read_device_state", &json!({}));
    assert!(matches!(&world.progress[0], (1, Progress::Failed("not_here", _))));
    world.hear(&frame(1, 2, STATE, 0));
    world.order(2, "read_device_state", &json!({}));
    world.order(3, "set_clock", &json!({}));
    world.order(4, "reboot", &json!({}));
    world.order(5, "post_check", &json!({"minutes": "x"}));
    assert_eq!(world.said(), ["1:4"]);
    world.hear(&frame(1, 5, STATE, 0));
    assert_eq!(world.said(), ["2:1"]);
    world.hear(&frame(77, 3, &[], 0));
    world.hear(&frame(2, 6, &[], 0));
    let words = world.progress[1..].iter().map(|(id, progress)| match progress {
        Progress::Sent => format!("{id} sent"),
        Progress::Confirmed(said) => format!("{id} {}", said["objects"][0]["state"]),
        Progress::Failed(code, _) => format!("{id} {code}"),
    });
    assert_eq!(words.collect::<Vec<_>>(), ["2 sent", "4 unknown_command", "5 bad_param", "2 1", "3 sent", "3 denied"]);
    assert!(world.counts.contains(&"unasked_confirm"));
    let answer = &world.deliveries.last().unwrap().1;
    assert_eq!(answer.readings.len(), 6, "an answer is stored, too");
}

#[test]
fn unanswered_questions_are_sent_again_and_given_up() {
    let mut world = World::new(&line());
    world.hear(&frame(1, 2, STATE, 0));
    world.order(1, "read_device_time", &json!({}));
    for second in 0..100 {
        world.tick(second * 1000);
    }
    assert_eq!(world.said(), ["1:4"; 4]);
    assert!(matches!(&world.progress[1], (1, Progress::Failed("timeout", _))));
    assert_eq!(world.progress.len(), 2);
}

#[test]
fn a_post_check_is_answered_or_missed() {
    let mut world = World::new(&line());
    world.hear(&frame(1, 2, STATE, 0));
    world.order(1, "post_check", &json!({"minutes": 5}));
    world.hear(&frame(1, 3, &[], 0));
    world.tick(60_000);
    world.hear(&frame(2, 2, &[24, 1, 32, 9, 5, 30, 8, 1, 11, 24], 0));
    assert!(matches!(&world.progress[1], (1, Progress::Confirmed(said)) if said["operator"] == 9));
    world.order(2, "post_check", &json!({"minutes": 5}));
    world.hear(&frame(2, 3, &[], 0));
    world.settle(false);
    world.tick(60_000 + 299_000);
    assert_eq!(world.progress.len(), 3);
    world.tick(60_000 + 301_000);
    assert!(matches!(&world.progress[3], (2, Progress::Failed("no_answer", _))));
    let asked = world.events().into_iter().filter(|kind| kind.starts_with("post_check")).collect::<Vec<_>>();
    // what could not be made durable is handed over again: nobody would send it again
    let again = ["post_check_asked"; 2];
    assert_eq!(
        asked,
        [&["post_check_asked", "post_check_answer", "post_check_asked"][..], &again, &["post_check_missed"]].concat()
    );
}

#[test]
fn both_layouts_of_control_are_read() {
    for (data, expected) in [
        (&[90, 1, 5, 30, 8, 1, 11, 24][..], None),
        (&[90, 1, 0, 5, 30, 8, 1, 11, 24], Some(0)),
        (&[91, 1, 5], None),
        (&[91, 1, 0, 5], Some(0)),
    ] {
        let bytes = frame(1, 1, data, 0);
        let got = parsed(&bytes, |frame| match frame.app().unwrap() {
            crate::codec::App::Objects(objects) => match objects.iter().next().unwrap() {
                Object::SetClock { reserved, time } => (reserved, time.unwrap().0[0]),
                Object::PostCheck { reserved, minutes } => (reserved, minutes),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        });
        assert_eq!(got, (expected, 5));
    }
}
