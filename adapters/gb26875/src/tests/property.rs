//! What is written is read again, and what is read is written again.

use proptest::prelude::*;

use super::vectors::shown;
use crate::codec::{Head, Label};
use crate::encode;

const KINDS: [(u8, usize); 29] = [
    (1, 10),
    (2, 46),
    (3, 16),
    (4, 10),
    (5, 4),
    (6, 9),
    (7, 38),
    (8, 8),
    (21, 7),
    (21, 1),
    (24, 8),
    (25, 2),
    (26, 5),
    (28, 6),
    (61, 2),
    (62, 6),
    (63, 6),
    (64, 9),
    (65, 2),
    (68, 2),
    (81, 1),
    (84, 7),
    (89, 1),
    (90, 6),
    (90, 7),
    (91, 1),
    (91, 2),
    (60, 20),
    (200, 3),
];

fn data() -> impl Strategy<Value = Vec<u8>> {
    let objects =
        (0..KINDS.len(), 0u8..4, prop::collection::vec(any::<u8>(), 200)).prop_map(|(row, count, mut bytes)| {
            let (kind, size) = KINDS[row];
            if matches!(kind, 6 | 26) {
                let text = if kind == 6 { 6 } else { 4 };
                for object in bytes.chunks_mut(size) {
                    let at = if kind == 6 { 2 } else { 0 };
                    if let Some(len) = object.get_mut(at) {
                        *len = text;
                    }
                }
            }
            bytes.truncate(usize::from(count) * size);
            let mut data = vec![kind, count];
            data.extend_from_slice(&bytes);
            data
        });
    prop_oneof![1 => Just(Vec::new()), 1 => any::<u8>().prop_map(|kind| vec![kind]), 9 => objects]
}

proptest! {
    #[test]
    fn explain_and_encode_are_each_others_way_back(
        serial: u16, version: [u8; 2], time in prop_oneof![Just([0; 6]), any::<[u8; 6]>(), Just([5, 31, 8, 1, 11, 24])],
        source: [u8; 6], destination: [u8; 6], command: u8, data in data(),
    ) {
        let head = Head { serial, version, time: Label(time), source, destination, command };
        let bytes = head.frame(&data);
        let rows = shown(&bytes);
        prop_assert_eq!(rows.len(), 1);
        prop_assert_eq!(&rows[0]["ok"], true, "{}", rows[0]);
        prop_assert_eq!(encode(&rows[0]["frame"]).unwrap(), bytes, "{}", rows[0]);
    }

    #[test]
    fn any_bytes_are_explained(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let rows = shown(&bytes);
        prop_assert!(rows.iter().all(|row| row["ok"].is_boolean()));
        prop_assert_eq!(rows.is_empty(), bytes.is_empty());
    }

    #[test]
    fn any_content_of_a_right_frame_is_explained(kind: u8, body in prop::collection::vec(any::<u8>(), 0..200)) {
        let mut data = vec![kind];
        data.extend_from_slice(&body);
        let rows = shown(&Head { command: 2, source: [1; 6], ..Head::default() }.frame(&data));
        prop_assert_eq!(rows.len(), 1);
    }
}
