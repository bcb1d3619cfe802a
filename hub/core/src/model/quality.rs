//! What is known against a reading. Flags only: nothing here decides what a flag means for an alarm.

use bitflags::bitflags;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

bitflags! {
    /// Quality flags of a reading (数据质量); several may hold at once, none means good.
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
    pub struct Quality: i16 {
        /// Outside the range of its kind (超量程).
        const OUT_OF_RANGE = 1;
        /// Arrived later than the kind allows (迟到).
        const LATE = 1 << 1;
        /// The device's time lies ahead of the hub's (时间超前).
        const FUTURE = 1 << 2;
        /// Doubted by a rule or a person (可疑).
        const SUSPECT = 1 << 3;
        /// Estimated, not measured (估算).
        const ESTIMATED = 1 << 4;
        /// Computed from other readings (派生).
        const DERIVED = 1 << 5;
        /// Taken while the device was in maintenance (检修).
        const MAINTENANCE = 1 << 6;
        /// Changed by an audited correction (已订正).
        const CORRECTED = 1 << 7;
    }
}

/// The words on the wire, in the order of the bits.
const WORDS: [(Quality, &str); 8] = [
    (Quality::OUT_OF_RANGE, "out_of_range"),
    (Quality::LATE, "late"),
    (Quality::FUTURE, "future"),
    (Quality::SUSPECT, "suspect"),
    (Quality::ESTIMATED, "estimated"),
    (Quality::DERIVED, "derived"),
    (Quality::MAINTENANCE, "maintenance"),
    (Quality::CORRECTED, "corrected"),
];

impl Quality {
    /// True when nothing is known against the reading.
    #[must_use]
    pub fn is_good(&self) -> bool {
        self.is_empty()
    }

    /// True when alarm rules may decide on it: nothing is known against it but that it was computed.
    #[must_use]
    pub fn decides(self) -> bool {
        self.difference(Self::DERIVED).is_empty()
    }

    /// True when the value may be counted in sums and means: a late or corrected value is as good as any, one that is
    /// out of range, from the future, doubted or taken in maintenance is not.
    #[must_use]
    pub fn counts(self) -> bool {
        !self.intersects(Self::UNFIT)
    }

    /// Any of these keeps a value out of sums and means.
    pub const UNFIT: Self = Self::OUT_OF_RANGE.union(Self::FUTURE).union(Self::SUSPECT).union(Self::MAINTENANCE);

    /// The flags as words, in a fixed order.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        WORDS.into_iter().filter(move |(flag, _)| self.contains(*flag)).map(|(_, word)| word)
    }
}

/// As its bits: what the spool keeps.
impl Serialize for Quality {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.bits().serialize(serializer)
    }
}

/// Bits that this version does not know are left out.
impl<'de> Deserialize<'de> for Quality {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        i16::deserialize(deserializer).map(Self::from_bits_truncate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_flag_has_one_word() {
        assert_eq!(Quality::all().words().count(), 8);
        assert_eq!((Quality::LATE | Quality::OUT_OF_RANGE).words().collect::<Vec<_>>(), ["out_of_range", "late"]);
        assert!(Quality::empty().is_good());
    }
}
