//! Whatever is done to a chain of audit lines is found. Knows nothing of what the lines say.

use chengshu_access::{Batch, Break, Broken, Head, chain, verify};
use proptest::prelude::*;

type Line = Vec<u8>;

fn written(batches: &[Vec<Line>]) -> (Vec<Batch<Line>>, Head) {
    let mut head = Head::START;
    let batches = batches.iter().map(|lines| {
        head = head.after(lines);
        Batch { lines: lines.clone(), hash: head.hash }
    });
    (batches.collect(), head)
}

fn three() -> (Vec<Batch<Line>>, Head) {
    let line = |text: &str| text.as_bytes().to_vec();
    written(&[vec![line("a"), line("b")], vec![line("c"), line("d"), line("e")], vec![line("f"), line("g")]])
}

#[test]
fn a_whole_chain_holds_and_goes_on_where_old_batches_were_removed() {
    let (batches, head) = three();
    assert_eq!((head.batches, head.lines), (3, 7));
    assert_eq!(verify(Head::START, batches.clone(), Some(head.into())), Ok(head));
    assert_eq!(verify(Head::START, batches.clone(), None), Ok(head));
    let from = Head::START.after(&batches[0].lines);
    assert_eq!(verify(from, batches[1..].to_vec(), Some(head.into())), Ok(head));
    assert_eq!(verify(from, batches[1..].to_vec(), Some(Head::START.into())), Ok(head));
    // more was written since the head was kept
    assert_eq!(verify(Head::START, batches.clone(), Some(from.into())), Ok(head));
    assert_ne!(chain(head.hash, &[b"ab".to_vec()]), chain(head.hash, &[b"a".to_vec(), b"b".to_vec()]));
}

#[test]
fn each_way_of_tampering_is_found_where_it_is() {
    type Tamper = fn(&mut Vec<Batch<Line>>);
    let table: [(&str, Tamper, u64, u64, Break); 11] = [
        ("a changed byte", |all| all[1].lines[1][0] ^= 1, 2, 3, Break::Altered),
        ("a dropped line", |all| drop(all[1].lines.remove(1)), 2, 3, Break::Altered),
        ("the last line of the last batch", |all| drop(all[2].lines.pop()), 3, 6, Break::Altered),
        ("an added line", |all| all[0].lines.push(vec![]), 1, 1, Break::Altered),
        ("swapped lines", |all| all[1].lines.swap(0, 2), 2, 3, Break::Altered),
        ("swapped batches", |all| all.swap(1, 2), 2, 3, Break::Altered),
        ("a dropped batch", |all| drop(all.remove(1)), 2, 3, Break::Altered),
        ("the first batch", |all| drop(all.remove(0)), 1, 1, Break::Altered),
        ("a dropped tail", |all| drop(all.pop()), 3, 6, Break::Missing),
        ("everything", Vec::clear, 1, 1, Break::Missing),
        (
            "written anew with right hashes",
            |all| {
                let mut lines: Vec<Vec<Line>> = all.iter().map(|batch| batch.lines.clone()).collect();
                lines[0][0] = b"forged".to_vec();
                *all = written(&lines).0;
            },
            3,
            6,
            Break::Rewritten,
        ),
    ];
    for (name, tamper, batch, line, what) in table {
        let (mut batches, head) = three();
        tamper(&mut batches);
        assert_eq!(verify(Head::START, batches, Some(head.into())), Err(Broken { batch, line, what }), "{name}");
    }
}

proptest! {
    #[test]
    fn any_changed_bit_is_found(lines in proptest::collection::vec(proptest::collection::vec(any::<Vec<u8>>(), 0..4), 1..5),
                                at in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let (mut batches, head) = written(&lines);
        prop_assert_eq!(verify(Head::START, batches.clone(), Some(head.into())), Ok(head));
        let mut bytes: Vec<&mut u8> = batches.iter_mut().flat_map(|batch| batch.lines.iter_mut().flatten().chain(&mut batch.hash)).collect();
        let at = at.index(bytes.len());
        *bytes[at] ^= 1 << bit;
        prop_assert!(verify(Head::START, batches, Some(head.into())).is_err());
    }
}
