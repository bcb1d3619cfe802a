//! Positions in the stream of records, and the distance between two of them. A position counts records and readings
//! from the beginning of the spool's life, so that two neighbours of a hole tell exactly what was in it.

/// Numbers above this come from no spool: reading refuses them, so that adding to one never overflows.
pub(crate) const SEQ_MAX: u64 = 1 << 62;

/// How many records, and how many readings in them, came up to a place in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Point {
    /// The number of the last record before the place; the first record ever has number 1.
    pub seq: u64,
    /// The sum of their readings.
    pub readings: u64,
}

impl Point {
    /// What lies between this place and a later one.
    pub fn until(self, later: Self) -> Loss {
        Loss { records: later.seq.saturating_sub(self.seq), readings: later.readings.saturating_sub(self.readings) }
    }

    /// The later of the two.
    pub fn later(self, other: Self) -> Self {
        if other.seq > self.seq { other } else { self }
    }

    /// Whether a spool can have come here.
    pub fn plausible(self) -> bool {
        self.seq <= SEQ_MAX && self.readings <= SEQ_MAX
    }
}

/// Records that are gone, and the readings that were in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Loss {
    /// How many records; exact.
    pub records: u64,
    /// How many readings; as exact as the records around the hole tell.
    pub readings: u64,
}

impl Loss {
    /// Whether nothing is gone.
    #[must_use]
    pub fn is_none(self) -> bool {
        self.records == 0
    }

    /// The larger of the two.
    pub(crate) fn or_more(self, other: Self) -> Self {
        if other.records > self.records { other } else { self }
    }

    /// The smaller of the two.
    pub(crate) fn or_less(self, other: Self) -> Self {
        if other.records < self.records { other } else { self }
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.records = self.records.saturating_add(more.records);
        self.readings = self.readings.saturating_add(more.readings);
    }

    pub(crate) fn subtract(&mut self, less: Self) {
        self.records = self.records.saturating_sub(less.records);
        self.readings = self.readings.saturating_sub(less.readings);
    }
}
