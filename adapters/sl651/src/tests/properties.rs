//! Whatever comes: no panic, bounded acts, and what is encoded decodes to the same. Stands in for the fuzz targets where
//! there is no nightly compiler with cargo-fuzz.

use bytes::BytesMut;
use chengshu_core::model::TimeLimits;
use chengshu_line::{Acts, Instrument, Talk};
use proptest::prelude::*;
use serde_json::json;

use super::{NOW, Seen, protocol, vectors};
use crate::codec::{Direction, End, Form, Frame, Packet, Scan, Station, scan};
use crate::{DeviceSetup, Setup, Sl651Device, encode, explain};

fn frame_bytes(form: Form, up: bool, function: u8, packet: Option<Packet>, body: &[u8]) -> Vec<u8> {
    let frame = Frame {
        form,
        direction: if up { Direction::Up } else { Direction::Down },
        center: 5,
        station: Station([0x44, 0x17, 2, 0, 1]),
        password: [0x03, 0xE8],
        function,
        length: 0,
        packet,
        body,
        end: if up { End::Etx } else { End::Enq },
        crc: 0,
    };
    frame.encode().unwrap()
}

/// Frames with right check fields around bodies of any bytes, cut and changed vectors, and plain bytes.
fn any_stream() -> impl Strategy<Value = Vec<u8>> {
    let body = prop::collection::vec(any::<u8>(), 8..120);
    let packet = prop::option::of((1u16..5).prop_flat_map(|total| (Just(total), 1..=total)));
    let framed = (any::<bool>(), 0x2Fu8..0x52, packet, body).prop_map(|(up, function, packet, body)| {
        let packet = packet.map(|(total, number)| Packet { total, number });
        frame_bytes(Form::Hex, up, function, packet, &body)
    });
    let text =
        "[0-9A-F]{4}[0-9]{12}(ST [0-9]{10} H |TT [0-9]{10} |(Z|PT|Q|DRP|DRN05|ZT|XX) [0-9.M-]{1,9} |[ -~]){0,12}";
    let ascii = (any::<bool>(), 0x2Fu8..0x52, text)
        .prop_map(|(up, function, body)| frame_bytes(Form::Ascii, up, function, None, body.as_bytes()));
    let known: Vec<Vec<u8>> = vectors().iter().filter_map(|v| Some(super::bytes(v["hex"].as_str()?))).collect();
    let changed =
        (prop::sample::select(known), any::<prop::sample::Index>(), any::<u8>()).prop_map(|(mut raw, at, byte)| {
            let at = at.index(raw.len());
            raw[at] = byte;
            raw
        });
    let plain = prop::collection::vec(prop_oneof![Just(0x7E), Just(0x01), any::<u8>()], 0..60);
    prop::collection::vec(prop_oneof![framed, ascii, changed, plain], 1..6).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_are_explained_and_come_back(stream in any_stream()) {
        for object in explain(&stream, &Setup::default(), NOW) {
            for reading in object["readings"].as_array().into_iter().flatten() {
                prop_assert!(reading["value"].as_f64().is_some_and(f64::is_finite));
                let at = chengshu_core::model::Timestamp::from_ms(reading["at"].as_i64().unwrap());
                prop_assert!(TimeLimits::default().refuse(at, NOW).is_none());
            }
            let Some(frame) = object.get("frame").filter(|frame| frame["form"] == "HEX") else { continue };
            let at = object["offset"].as_u64().unwrap() as usize;
            let raw = encode(frame).map_err(TestCaseError::fail)?;
            prop_assert_eq!(&raw[..], &stream[at..at + raw.len()], "{}", frame);
        }
    }

    #[test]
    fn any_pieces_give_the_same_and_every_byte_is_kept(stream in any_stream(), sizes in prop::collection::vec(1usize..40, 1..20)) {
        let run = |sizes: &[usize]| {
            let mut talk = protocol().begin("any".into());
            let (mut buffer, mut acts, mut at) = (BytesMut::new(), Acts::new(), 0);
            for size in sizes.iter().cycle() {
                let end = stream.len().min(at + size);
                buffer.extend_from_slice(&stream[at..end]);
                talk.take(&mut buffer, NOW, &mut acts);
                at = end;
                if at == stream.len() {
                    break;
                }
            }
            let left = buffer.len();
            talk.tick(NOW, &mut acts);
            assert!(acts.len() <= 8 + stream.len() * 2, "{} acts", acts.len());
            let mut seen = Seen::default();
            seen.add(acts);
            (seen, left)
        };
        let (whole, left) = run(&[usize::MAX >> 1]);
        let (pieces, _) = run(&sizes);
        prop_assert_eq!(&whole.deliveries, &pieces.deliveries);
        let raw: usize = whole.deliveries.iter().map(|delivery| delivery.raw.len()).sum();
        prop_assert!(raw + left <= stream.len());
    }

    #[test]
    fn reports_of_the_station_arrive_as_they_were(level in -99.0f64..9999.0, rain in 0.0f64..99_999.0, ascii: bool) {
        let form = if ascii { Form::Ascii } else { Form::Hex };
        let mut device = Sl651Device::new(DeviceSetup { form, ..DeviceSetup::default() });
        let raw = device.report(&[("level", level), ("rain_total", rain)], NOW).concat();
        let object = explain(&raw, &Setup::default(), NOW).remove(0);
        let value = |n: usize| object["readings"][n]["value"].as_f64().unwrap_or(f64::NAN);
        prop_assert!((value(0) - level).abs() < 0.000_51 && (value(1) - rain).abs() < 0.051, "{object}");
        prop_assert_eq!(encode(&object["frame"]).unwrap(), raw);
    }

    #[test]
    fn any_json_is_encoded_or_refused(text in "\\PC{0,30}", number in any::<i64>(), n in 0usize..8) {
        let mut frame = json!({"station": "4417020001", "center": 5, "function": "32", "serial": 1, "send_time": "241101080000", "elements": [
            {"id": "F1F1", "station": "4417020001", "class": "48"}, {"id": "39", "def": "23", "value": "1.5"}, {"id": "F4", "def": "60", "name": "DRP", "values": [1, null]}
        ]});
        prop_assert!(encode(&frame).is_ok());
        let keys = ["station", "center", "function", "serial", "send_time", "elements", "end", "packets"];
        for value in [json!(text), json!(number), json!([text]), json!([{"id": text, "def": text, "value": text}]), json!([{"id": "39", "def": "23", "value": number}])] {
            frame[keys[n]] = value;
            if let Err(words) = encode(&frame) {
                prop_assert!(words.contains("expected"), "{words}");
            }
        }
    }
}

#[test]
fn a_station_that_hears_anything_stays_calm() {
    let mut device = Sl651Device::new(DeviceSetup::default());
    for vector in vectors() {
        let Some(hex) = vector["hex"].as_str() else { continue };
        let raw = super::bytes(hex);
        let Scan::Frame { frame, .. } = scan(&raw) else { continue };
        let own = Frame { station: DeviceSetup::default().station, password: [0x03, 0xE8], ..frame };
        let mut buffer = BytesMut::from(&own.encode().unwrap()[..]);
        assert!(device.hear(&mut buffer, NOW).len() <= 1, "{}", vector["name"]);
    }
}
