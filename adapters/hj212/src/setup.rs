//! What may be set, each with where its default comes from: `(S)` the standard's text, `(I)` seen in real messages, `(M)`
//! from memory, not checked. Reads no file.

use chengshu_core::model::{Limits, ThemeId};
use serde::Deserialize;

/// How deviations from the standard are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Any deviation refuses the frame: for acceptance of devices.
    Strict,
    /// Each deviation is counted by its code; a wrong check sum refuses all the same.
    #[default]
    Tolerant,
}

/// A device's own unit for a code: its values are multiplied, since the standard's table of units is not followed for
/// particulates (mg/m³, µg/m³ and ng/m³ were all seen for PM10) (I).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnitRule {
    /// Which device; none = all.
    pub mn: Option<String>,
    /// Which code, e.g. `a34002`.
    pub code: String,
    /// What the sent value is multiplied with.
    pub factor: f64,
    /// The unit that it has then.
    pub unit: String,
}

/// The settings of one link (设置).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// Strict or tolerant.
    pub mode: Mode,
    /// The theme of all devices of the link. Default `housing`: dust and noise of construction sites.
    pub theme: Option<ThemeId>,
    /// Stands before the MN in a device's id.
    pub prefix: String,
    /// What is taken at all.
    #[serde(skip)]
    pub limits: Limits,
    /// Kind by system type (ST), for the birth of a device.
    pub kinds: Vec<(String, String)>,
    /// Kind of any other system type.
    pub kind_default: String,
    /// Units of devices that differ from the table. The first that fits is taken, those that name an MN before others.
    pub units: Vec<UnitRule>,
    /// A device clock further off than this is an event, ms (M).
    pub clock_off_ms: i64,
    /// Password for requests to a device that has not said its own. `123456` is the usual one (I).
    pub password: String,
    /// A request unanswered for so long is sent again, ms. 10 s, wired 5 s (S).
    pub timeout_ms: i64,
    /// How often it is sent again (S).
    pub resends: u32,
    /// How long a device may take to do what it has taken on, ms, counted anew with every frame of it (M).
    pub execute_ms: i64,
    /// Requests that may wait for one device; further ones fail with `busy`.
    pub queue_max: usize,
    /// Packets of one message are waited for so long, ms (M).
    pub split_ms: i64,
    /// Packets that wait for others are handed over by themselves after so long, ms: some devices send the next packet
    /// only when the one before has been answered, and nothing is answered before it is durable (M).
    pub split_hold_ms: i64,
    /// Bytes of unfinished messages that one connection may hold.
    pub split_bytes_max: usize,
    /// Answers to devices of 2005 also carry the request number in CP, as that edition has it (M).
    pub qn_in_cp_2005: bool,
    /// Whether a missed stretch is asked for when a device comes back.
    pub gap: bool,
    /// Interval of minute data as long as none was seen, ms (M).
    pub minute_interval_ms: i64,
    /// Longest stretch of minute data asked for at once, ms (M).
    pub gap_piece_ms: i64,
    /// Longest stretch of hour data asked for at once, ms (M).
    pub gap_hour_piece_ms: i64,
    /// How far back is asked at most, ms (M).
    pub gap_back_ms: i64,
    /// A peer may be silent for so many of its real-time intervals; the standard defines no heartbeat (M).
    pub silence_intervals: i64,
    /// And at least for so long, ms (M).
    pub silence_min_ms: i64,
    /// A peer that has spoken and whose interval is not known yet: twice the longest interval of the standard, ms (M).
    pub silence_spoken_ms: i64,
    /// Garbage without a frame in it, bytes, after which the peer is no HJ 212 device and the talk ends (M).
    pub garbage_max: usize,
    /// Devices that one connection may speak for with commands and gaps; data of further ones is taken all the same.
    pub stations_max: usize,
}

impl Default for Setup {
    fn default() -> Self {
        let kinds = [
            ("39", "dust_monitor"),
            ("22", "air_monitor"),
            ("23", "noise_monitor"),
            ("32", "sewage_monitor"),
            ("21", "surface_water_monitor"),
        ];
        Self {
            mode: Mode::Tolerant,
            theme: ThemeId::parse("housing").ok(),
            prefix: "HJ-".to_owned(),
            limits: Limits::default(),
            kinds: kinds.into_iter().map(|(st, kind)| (st.to_owned(), kind.to_owned())).collect(),
            kind_default: "env_monitor".to_owned(),
            units: Vec::new(),
            clock_off_ms: 3_600_000,
            password: "123456".to_owned(),
            timeout_ms: 10_000,
            resends: 3,
            execute_ms: 60_000,
            queue_max: 32,
            split_ms: 60_000,
            split_hold_ms: 3_000,
            split_bytes_max: 64 * 1024,
            qn_in_cp_2005: true,
            gap: true,
            minute_interval_ms: 600_000,
            gap_piece_ms: 3_600_000,
            gap_hour_piece_ms: 86_400_000,
            gap_back_ms: 7 * 86_400_000,
            silence_intervals: 3,
            silence_min_ms: 180_000,
            silence_spoken_ms: 7_200_000,
            garbage_max: 1024 * 1024,
            stations_max: 256,
        }
    }
}
