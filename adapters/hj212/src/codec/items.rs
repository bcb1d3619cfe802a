//! What stands inside of CP: items between `;`, pairs of name and value between `,`. Borrows, decides nothing.

/// What stands between two `;` of CP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Item<'a>(pub(super) &'a [u8]);

/// A name and its value, e.g. `a34002-Rtd` and `91.2`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair<'a> {
    /// As it came, with any spaces.
    pub name: &'a [u8],
    /// As it came.
    pub value: &'a [u8],
}

impl<'a> Item<'a> {
    /// The items of a CP; empty ones are passed over.
    pub fn all(cp: &'a [u8]) -> impl Iterator<Item = Self> {
        cp.split(|byte| *byte == b';').filter(|item| !item.is_empty()).map(Self)
    }

    /// Its pairs; what has no `=` is passed over.
    pub fn pairs(self) -> impl Iterator<Item = Pair<'a>> {
        self.0.split(|byte| *byte == b',').filter_map(Pair::read)
    }
}

impl<'a> Pair<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let equals = bytes.iter().position(|byte| *byte == b'=')?;
        Some(Self { name: &bytes[..equals], value: &bytes[equals + 1..] })
    }

    /// Code and suffix, e.g. `a34002` and `Rtd`; the suffix is empty where there is none. A suffix said twice is one.
    #[must_use]
    pub fn parts(self) -> (&'a [u8], &'a [u8]) {
        let name = self.name.trim_ascii();
        let (code, suffix) = cut(name);
        match cut(code) {
            (shorter, before) if doubled(before, suffix) => (shorter, suffix),
            _ => (code, suffix),
        }
    }

    pub(super) fn has_doubled_suffix(self) -> bool {
        let (code, suffix) = cut(self.name.trim_ascii());
        doubled(cut(code).1, suffix)
    }
}

fn cut(name: &[u8]) -> (&[u8], &[u8]) {
    name.iter().rposition(|byte| *byte == b'-').map_or((name, &[]), |at| (&name[..at], &name[at + 1..]))
}

fn doubled(before: &[u8], suffix: &[u8]) -> bool {
    !suffix.is_empty() && before == suffix
}
