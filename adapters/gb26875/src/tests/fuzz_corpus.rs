//! The corpora of the fuzz targets, and random slices into a conversation: the same checks without a fuzzer.

use std::path::Path;

use bytes::BytesMut;
use chengshu_line::{Act, Protocol};
use proptest::prelude::*;

use super::vectors::{bytes, lines, shown};
use super::world::{at, line};
use crate::encode;

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    std::fs::read_dir(folder).unwrap().map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect()
}

/// As `fuzz_targets/talk.rs`.
fn talk(data: &[u8]) {
    let Some((cut, rest)) = data.split_first() else { return };
    let mut talk = line().talk("127.0.0.1:1".parse().unwrap(), "fuzz".into(), at(0));
    let mut buffer = BytesMut::new();
    let mut all = 0;
    let size = usize::from(*cut).max(1);
    for (n, piece) in (0..).zip(rest.chunks(size)) {
        let now = at(n * 700);
        let mut acts = Vec::new();
        buffer.extend_from_slice(piece);
        talk.take(&mut buffer, now, &mut acts);
        assert!(buffer.len() < 1054, "{} bytes wait", buffer.len());
        talk.tick(now, &mut acts);
        for n in 0..acts.len() {
            if let Act::Deliver { token, .. } = acts[n] {
                talk.settled(token, Ok(chengshu_core::seam::Outcome::default()), now, &mut acts);
            }
        }
        all += acts.len();
    }
    assert!(all <= 16 * rest.len() + 64, "{all} acts of {} bytes", rest.len());
}

#[test]
fn corpora_are_taken() {
    let (decode, talks) = (corpus("decode"), corpus("talk"));
    assert!(decode.len() >= 10 && talks.len() >= 5);
    for data in decode {
        for row in shown(&data).iter().filter(|row| row["ok"] == true) {
            let offset = row["offset"].as_u64().unwrap() as usize;
            assert!(data[offset..].starts_with(&encode(&row["frame"]).unwrap()));
        }
    }
    talks.iter().for_each(|data| talk(data));
}

proptest! {
    #[test]
    fn damaged_vectors_in_slices_are_taken(
        cut in 1u8..80, picks in prop::collection::vec((0usize..28, 0usize..200, any::<u8>(), any::<bool>()), 1..12),
    ) {
        let vectors: Vec<_> = lines().iter().map(bytes).collect();
        let mut data = vec![cut];
        for (row, at, byte, drop) in picks {
            let mut one = vectors[row].clone();
            let at = at % one.len();
            if drop { one.remove(at); } else { one[at] = byte; }
            data.extend_from_slice(&one);
        }
        talk(&data);
        shown(&data);
    }
}
