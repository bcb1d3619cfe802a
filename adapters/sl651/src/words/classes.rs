//! Station classes: the byte after the station's address in reports.

/// A class of stations (遥测站分类码).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Class {
    /// Its byte, an ASCII letter.
    pub code: u8,
    /// Its word in decoded frames.
    pub word: &'static str,
    /// For people, Chinese.
    pub zh: &'static str,
}

/// By its byte.
#[must_use]
pub fn class(code: u8) -> Option<&'static Class> {
    CLASSES.iter().find(|class| class.code == code)
}

/// All of them.
pub const CLASSES: &[Class] = &[
    Class { code: b'P', word: "rainfall", zh: "降水" },
    Class { code: b'H', word: "river", zh: "河道" },
    Class { code: b'K', word: "reservoir", zh: "水库（湖泊）" },
    Class { code: b'Z', word: "sluice", zh: "闸坝" },
    Class { code: b'D', word: "pump", zh: "泵站" },
    Class { code: b'T', word: "tide", zh: "潮汐" },
    Class { code: b'M', word: "soil", zh: "墒情" },
    Class { code: b'G', word: "groundwater", zh: "地下水" },
    Class { code: b'Q', word: "quality", zh: "水质" },
    Class { code: b'I', word: "intake", zh: "取水口" },
    Class { code: b'O', word: "outlet", zh: "排水口" },
];
