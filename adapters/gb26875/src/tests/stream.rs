//! Frames out of a stream: however it is cut, whatever stands between them, the same come out.

use proptest::prelude::*;

use super::vectors::{bytes, lines};
use crate::codec::{DATA_MAX, FRAME_MIN, Head, Label, Scan, command, scan};

/// Takes what is whole out of a buffer, as a conversation does.
fn drain(buffer: &mut Vec<u8>, frames: &mut Vec<Vec<u8>>) {
    loop {
        match scan(buffer) {
            Scan::Frame { skip, len, frame } => {
                frames.push(frame.raw.to_vec());
                buffer.drain(..skip + len);
            }
            Scan::Refused { skip, len, .. } => {
                assert!(len > 0);
                buffer.drain(..skip + len);
            }
            Scan::Wait { skip } => {
                buffer.drain(..skip);
                return;
            }
        }
    }
}

pub(super) fn frames(stream: &[u8], sizes: impl IntoIterator<Item = usize>) -> Vec<Vec<u8>> {
    let (mut buffer, mut frames, mut at) = (Vec::new(), Vec::new(), 0);
    for size in sizes {
        let end = (at + size).min(stream.len());
        buffer.extend_from_slice(&stream[at..end]);
        at = end;
        drain(&mut buffer, &mut frames);
        assert!(buffer.len() < FRAME_MIN + DATA_MAX, "{} bytes wait", buffer.len());
        if at == stream.len() {
            break;
        }
    }
    frames
}

fn positive() -> Vec<Vec<u8>> {
    lines().iter().filter(|vector| vector["expect"].is_null()).map(bytes).collect()
}

#[test]
fn one_byte_at_a_time_as_in_one_piece() {
    let stream: Vec<u8> = lines().iter().flat_map(bytes).collect();
    let whole = frames(&stream, [stream.len()]);
    assert_eq!(frames(&stream, std::iter::repeat(1)), whole);
    let mut expected = positive();
    expected.push(bytes(lines().last().unwrap())[3..36].to_vec());
    assert_eq!(whole, expected);
}

#[test]
fn sixty_four_kib_in_one_piece() {
    let one = positive().concat();
    let stream = one.repeat(65_536 / one.len());
    assert_eq!(frames(&stream, [stream.len()]).len(), positive().len() * (65_536 / one.len()));
}

#[test]
fn a_frame_that_was_cut_costs_no_more_than_its_promise() {
    let fire = bytes(lines().iter().find(|v| v["name"] == "gb26875_fire_smoke").unwrap());
    let mut stream = fire[..40].to_vec();
    for _ in 0..3 {
        stream.extend_from_slice(&fire);
    }
    assert_eq!(frames(&stream, std::iter::repeat(7)).len(), 3);
}

#[test]
fn garbage_of_start_marks_ends_in_one_run() {
    let at_signs = vec![b'@'; 65_536];
    assert!(matches!(scan(&at_signs), Scan::Refused { skip: 0, len, .. } if len > 65_000));
    assert!(matches!(scan(&[0; 1000]), Scan::Wait { skip: 1000 }));
    assert!(matches!(scan(b"abc@"), Scan::Wait { skip: 3 }));
}

fn head() -> impl Strategy<Value = Head> {
    let bytes6 = any::<[u8; 6]>;
    (any::<u16>(), any::<[u8; 2]>(), bytes6(), bytes6(), bytes6(), 1u8..=6).prop_map(
        |(serial, version, time, source, destination, command)| Head {
            serial,
            version,
            time: Label(time),
            source,
            destination,
            command,
        },
    )
}

proptest! {
    #[test]
    fn any_slices_give_the_same_frames(
        parts in prop::collection::vec((prop::collection::vec(prop_oneof![Just(b'@'), Just(b'#'), any::<u8>()], 0..20), 0usize..25), 1..6),
        sizes in prop::collection::vec(1usize..90, 1..200),
    ) {
        let known = positive();
        let mut stream = Vec::new();
        for (garbage, frame) in &parts {
            stream.extend_from_slice(garbage);
            stream.extend_from_slice(&known[*frame]);
        }
        let whole = frames(&stream, [stream.len()]);
        let cut = frames(&stream, sizes.iter().copied().cycle());
        prop_assert_eq!(whole, cut);
    }

    #[test]
    fn frames_inside_of_frames_do_not_depend_on_the_cut(
        outer in head(), inner in head(), before in prop::collection::vec(any::<u8>(), 0..60), after in prop::collection::vec(any::<u8>(), 0..60),
        sizes in prop::collection::vec(1usize..40, 1..200),
    ) {
        let mut data = before;
        data.extend_from_slice(&inner.frame(b"\x15\x00"));
        data.extend_from_slice(&after);
        let mut stream = outer.frame(&data);
        stream.extend_from_slice(&Head { command: command::SEND, ..Head::default() }.frame(b"\x16"));
        let whole = frames(&stream, [stream.len()]);
        let cut = frames(&stream, sizes.iter().copied().cycle());
        prop_assert_eq!(&whole, &cut);
        prop_assert!(!whole.is_empty());
    }

    #[test]
    fn any_bytes_end(bytes in prop::collection::vec(prop_oneof![3 => Just(b'@'), 1 => Just(b'#'), 1 => any::<u8>()], 0..3000), cuts in prop::collection::vec(1usize..500, 1..20)) {
        let whole = frames(&bytes, [bytes.len()]);
        prop_assert_eq!(whole, frames(&bytes, cuts.iter().copied().cycle()));
    }
}
