//! The ways in which the tests damage a spool.

use std::path::PathBuf;

use super::damage::Spoolful;
use super::world::Dice;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    FlipBit,
    FlipManyBits,
    FlipInMeta,
    Truncate,
    TruncateMeta,
    ZeroFill,
    Garbage,
    Misplace,
    DeleteMiddle,
    DeleteAny,
    DeleteAll,
    DeleteMeta,
    OlderMeta,
    GarbageMeta,
    Duplicate,
    DeletedComesBack,
    ForeignFiles,
}

use Kind::*;

pub const KINDS: [Kind; 17] = [
    FlipBit,
    FlipManyBits,
    FlipInMeta,
    Truncate,
    TruncateMeta,
    ZeroFill,
    Garbage,
    Misplace,
    DeleteMiddle,
    DeleteAny,
    DeleteAll,
    DeleteMeta,
    OlderMeta,
    GarbageMeta,
    Duplicate,
    DeletedComesBack,
    ForeignFiles,
];

impl Kind {
    pub fn touches_meta(self) -> bool {
        [FlipInMeta, TruncateMeta, DeleteMeta, OlderMeta, GarbageMeta].contains(&self)
    }

    pub fn strike(self, world: &Spoolful, dice: &mut Dice) {
        let segments = world.segments();
        let any = segments[dice.below(segments.len() as u64) as usize].clone();
        let meta = world.dir.path().join("meta");
        match self {
            FlipBit => flip(&any, dice),
            FlipManyBits => {
                for _ in 0..2 + dice.below(6) {
                    flip(&segments[dice.below(segments.len() as u64) as usize], dice);
                }
            }
            FlipInMeta => flip(&meta, dice),
            Truncate => edit(&any, |bytes| bytes.truncate(dice.below(bytes.len() as u64) as usize)),
            TruncateMeta => edit(&meta, |bytes| bytes.truncate(dice.below(bytes.len() as u64) as usize)),
            ZeroFill => fill(&any, dice, |_| 0),
            Garbage => fill(&any, dice, |dice| [0xC5, 0x9D, b'C', b'S', 0, 1][dice.below(6) as usize]),
            Misplace => {
                let from = std::fs::read(&segments[dice.below(segments.len() as u64) as usize]).unwrap();
                let begin = dice.below(from.len() as u64) as usize;
                let block = &from[begin..from.len().min(begin + 512)];
                edit(&any, |bytes| {
                    let at = dice.below(bytes.len() as u64) as usize;
                    bytes.iter_mut().skip(at).zip(block).for_each(|(old, new)| *old = *new);
                });
            }
            DeleteMiddle if segments.len() > 2 => {
                let middle = 1 + dice.below(segments.len() as u64 - 2);
                std::fs::remove_file(&segments[middle as usize]).unwrap();
            }
            DeleteMiddle | DeleteAny => std::fs::remove_file(any).unwrap(),
            DeleteAll => segments.iter().for_each(|path| std::fs::remove_file(path).unwrap()),
            DeleteMeta => std::fs::remove_file(meta).unwrap(),
            OlderMeta => std::fs::write(meta, &world.old_meta).unwrap(),
            GarbageMeta => {
                let bytes: Vec<u8> = (0..dice.below(600)).map(|_| dice.next() as u8).collect();
                std::fs::write(meta, bytes).unwrap();
            }
            Duplicate => {
                let number = dice.below(2 * world.last) + 1;
                let names = ["copy.seg".to_owned(), format!("{number:020}.seg"), "1.seg".to_owned()];
                let copy = world.dir.path().join(&names[dice.below(3) as usize]);
                if !copy.exists() {
                    std::fs::copy(any, copy).unwrap();
                }
            }
            DeletedComesBack => {
                for (path, bytes) in &world.deleted {
                    std::fs::write(path, bytes).unwrap();
                }
            }
            ForeignFiles => foreign(world, dice),
        }
    }
}

fn foreign(world: &Spoolful, dice: &mut Dice) {
    let dir = world.dir.path();
    std::fs::create_dir(dir.join("00000000000000000003.seg")).ok();
    std::fs::write(dir.join("notes.txt"), "mine").unwrap();
    for _ in 0..4 {
        let path = dir.join(format!("{:020}.seg", 1 + dice.below(2 * world.last)));
        if !path.exists() {
            let bytes: Vec<u8> = (0..dice.below(3) * dice.below(2_000)).map(|_| dice.next() as u8).collect();
            std::fs::write(path, bytes).unwrap();
        }
    }
    std::fs::write(dir.join("99999999999999999999.seg"), "").unwrap();
    std::fs::write(dir.join("meta.new"), "half").unwrap();
}

fn edit(path: &PathBuf, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

fn flip(path: &PathBuf, dice: &mut Dice) {
    edit(path, |bytes| {
        let at = dice.below(bytes.len() as u64) as usize;
        bytes[at] ^= 1 << dice.below(8);
    });
}

fn fill(path: &PathBuf, dice: &mut Dice, byte: impl Fn(&mut Dice) -> u8) {
    edit(path, |bytes| {
        let begin = dice.below(bytes.len() as u64) as usize;
        let len = dice.below(700) as usize;
        bytes.iter_mut().skip(begin).take(len).for_each(|old| *old = byte(dice));
    });
}
