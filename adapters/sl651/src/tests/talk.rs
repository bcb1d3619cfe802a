//! Conversations: confirmations only after durability, resends, addresses, clocks, rain across connections, silence.

use chengshu_core::model::Quality;
use chengshu_line::{Acts, Instrument, Talk};

use super::{NOW, Pair, after, bytes, fail, protocol, settle, take, vector};
use crate::codec::{Form, Scan, Station, scan};
use crate::{DeviceSetup, Sl651Device};

fn station(n: u8) -> DeviceSetup {
    DeviceSetup { station: Station([0x44, 0x17, 0x02, 0x00, n]), keep_s: 0, ..DeviceSetup::default() }
}

#[test]
fn a_report_is_confirmed_when_it_is_durable_and_not_before() {
    let mut talk = protocol().begin("peer".into());
    let raw = vector("sl651_yangjiang_addrate_neg_temp");
    let acts = take(&mut talk, &raw, NOW);
    let failed = fail(&mut talk, acts, NOW);
    assert!(failed.sent.is_empty());
    assert_eq!(failed.speaks, ["SL-4417020001"]);
    let acts = take(&mut talk, &raw, after(1000));
    let mut seen = settle(&mut talk, acts, after(1000));
    assert!(seen.speaks.is_empty());
    let Scan::Frame { frame, .. } = scan(&seen.sent[0]) else { panic!() };
    assert_eq!((frame.function, frame.head().unwrap().serial, frame.end.word()), (0x33, 257, "EOT"));
    assert_eq!(
        (frame.center, frame.password, frame.station),
        (5, [0x03, 0xE8], Station([0x44, 0x17, 0x02, 0x00, 0x01]))
    );
    assert_eq!(seen.deliveries[0].raw, raw);
    assert_eq!(seen.deliveries[0].births[0].1.kind.as_ref().unwrap().as_str(), "rain_station");
    seen.deliveries[0].received = NOW; // the same frame is the same delivery
    assert_eq!(seen.deliveries, failed.deliveries);
}

#[test]
fn confirmations_are_those_of_the_vectors() {
    for (up, down, at) in [
        ("sl651_fn32_4", "sl651_down_confirm_eot_fn32", "2017-07-18T11:00:16+08:00"),
        ("sl651_ascii_timed_report", "sl651_ascii_down_confirm", "2017-07-18T11:00:17+08:00"),
    ] {
        let now = chengshu_core::model::Timestamp::parse(at).unwrap();
        let mut talk = protocol().begin("peer".into());
        let acts = take(&mut talk, &vector(up), now);
        assert_eq!(settle(&mut talk, acts, now).sent, [vector(down)], "{up}");
    }
}

#[test]
fn link_keeps_are_never_answered_and_teach_the_silence() {
    let mut talk = protocol().begin("peer".into());
    assert_eq!(talk.silence_ms(), 3_600_000);
    for n in 0..3 {
        let acts = take(&mut talk, &vector("sl651_fn2F_1"), after(n * 100_000));
        let seen = settle(&mut talk, acts, NOW);
        assert!(seen.sent.is_empty());
        assert!(seen.deliveries[0].presence.as_ref().unwrap().online);
    }
    assert_eq!(talk.silence_ms(), 300_000);
    take(&mut talk, &vector("sl651_fn2F_1"), after(201_000));
    assert_eq!(talk.silence_ms(), 300_000);
}

#[test]
fn another_address_on_the_same_line_is_counted_and_kept_apart() {
    let mut talk = protocol().begin("peer".into());
    let mut bytes = Vec::new();
    for n in [1, 2, 1] {
        bytes.extend(Sl651Device::new(station(n)).report(&[("level", f64::from(n))], NOW).concat());
    }
    let acts = take(&mut talk, &bytes, NOW);
    let seen = settle(&mut talk, acts, NOW);
    assert_eq!(seen.counts, ["address_changed", "address_changed"]);
    assert_eq!(seen.speaks, ["SL-4417020001", "SL-4417020002"]);
    let read: Vec<_> = seen.deliveries.iter().map(|d| (d.readings[0].device.as_str(), d.readings[0].value)).collect();
    assert_eq!(read, [("SL-4417020001", 1.0), ("SL-4417020002", 2.0), ("SL-4417020001", 1.0)]);
}

#[test]
fn a_wrong_clock_is_told_once_and_again_with_the_same_frame() {
    let mut device = Sl651Device::new(DeviceSetup { clock_off_ms: 7_200_000, ..station(1) });
    let mut talk = protocol().begin("peer".into());
    let first = device.report(&[("level", 1.0)], NOW).concat();
    let mut right = Sl651Device::new(station(1));
    let mut count = |bytes: &[u8], now| {
        let acts = take(&mut talk, bytes, now);
        let seen = settle(&mut talk, acts, now);
        seen.deliveries[0].events.iter().map(|e| e.key.clone()).collect::<Vec<_>>()
    };
    let told = count(&first, NOW);
    assert_eq!(told, [format!("clock_off@{}", NOW.ms() + 7_200_000)]);
    assert_eq!(count(&first, after(5000)), told);
    let mut again = Sl651Device::new(DeviceSetup { clock_off_ms: 7_200_000, ..station(1) });
    assert!(count(&again.report(&[("level", 1.1)], after(60_000)).concat(), after(60_000)).is_empty());
    assert!(count(&right.report(&[("level", 1.2)], after(90_000)).concat(), after(90_000)).is_empty());
    assert_eq!(count(&first, after(95_000)), told);
}

#[test]
fn rain_steps_survive_a_reconnect_and_a_roll_over() {
    let protocol = protocol();
    let mut steps = Vec::new();
    for (n, total) in [(0, 100.0), (1, 100.5), (1, 100.5), (2, 0.2)] {
        let now = after(n * 300_000);
        let mut talk = protocol.begin("a new connection".into());
        let mut fresh = Sl651Device::new(station(1));
        let acts = take(&mut talk, &fresh.report(&[("rain_total", total)], now).concat(), now);
        let seen = settle(&mut talk, acts, now);
        let step = seen.deliveries[0].readings.iter().find(|r| r.metric.as_str() == "rain_step");
        steps.push(step.map(|r| (r.value, r.quality)));
    }
    let back = Quality::DERIVED | Quality::SUSPECT;
    assert_eq!(steps, [None, Some((0.5, Quality::DERIVED)), Some((0.5, Quality::DERIVED)), Some((0.2, back))]);
}

#[test]
fn the_station_keeps_reports_until_they_are_confirmed() {
    for form in [Form::Hex, Form::Ascii] {
        let mut pair = Pair::new(DeviceSetup { form, ..station(1) });
        let first = pair.device.report(&[("level", 4.91), ("mains_off", 1.0)], NOW);
        assert!(pair.device.report(&[("level", 4.92)], after(1000)).is_empty(), "one at a time");
        assert_eq!(pair.device.unconfirmed(), 2);
        // the first is lost twice, then given up on this connection; the second goes on
        assert!(pair.device.tick(after(5000)).is_empty());
        assert_eq!(pair.device.tick(after(10_000)), first, "the same serial");
        assert_eq!(pair.device.tick(after(20_000)), first);
        let second = pair.device.tick(after(30_000));
        assert!(!second.is_empty() && second != first);
        let seen = pair.exchange(second, after(30_000));
        assert_eq!((seen.deliveries.len(), pair.device.unconfirmed()), (1, 1));
        let again = pair.device.connected(after(60_000));
        let seen = pair.exchange(again, after(60_000));
        assert_eq!(pair.device.unconfirmed(), 0);
        assert_eq!(seen.deliveries[0].readings[0].value, 4.91);
        assert_eq!(
            seen.deliveries[0].readings.iter().filter(|r| r.value == 1.0).count(),
            1,
            "mains_off and nothing else"
        );
    }
}

#[test]
fn a_centre_that_speaks_to_us_is_set_aside() {
    let mut talk = protocol().begin("peer".into());
    let acts = take(&mut talk, &vector("sl651_down_clock_4A_enq"), NOW);
    let seen = settle(&mut talk, acts, NOW);
    assert_eq!((seen.counts, seen.sent.len(), seen.speaks.len()), (vec!["downlink"], 0, 0));
}

#[test]
fn what_was_set_aside_is_decoded_again() {
    let again = crate::decoder(crate::Setup::default(), super::link());
    let raw = bytes::Bytes::from(vector("sl651_missing_value_ff"));
    let delivery = again("peer", raw.clone(), NOW).unwrap();
    assert_eq!((delivery.readings.len(), delivery.raw, &*delivery.source), (1, raw, "peer"));
    let broken = again("peer", bytes::Bytes::from(bytes("7E7E0544")), NOW).unwrap();
    assert_eq!(broken.rejected.len(), 1);
    let mut acts = Acts::new();
    protocol().begin("x".into()).tick(NOW, &mut acts);
    assert!(acts.is_empty());
}
