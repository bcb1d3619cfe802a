//! What a deployment may set, and every fact of the standard that could not be checked in its text. Parses nothing: the
//! hub's configuration fills it.

use std::collections::BTreeMap;

use chengshu_core::model::{Limits, ThemeId};
use serde::Deserialize;

use crate::codec::Asking;

/// The settings of one link.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// The theme of all stations; none when that is left to the register.
    pub theme: Option<ThemeId>,
    /// Stands before the ten digits of the address in the device's id. Only A-Z a-z 0-9 - _ . :
    pub prefix: String,
    /// Sizes and times that are taken.
    #[serde(skip)]
    pub limits: Limits,
    /// Class (its letter, e.g. H for a river) to kind id. Kinds are the theme's; a class that is not here is `kind_other`.
    pub kinds: BTreeMap<char, String>,
    /// The kind of all other classes; empty for none.
    pub kind_other: String,
    /// Base levels of stations, m, by the ten digits of the address (run configuration 28–2F): DRZ1–8 become absolute.
    pub base_levels: BTreeMap<String, [Option<f64>; 8]>,
    /// Confirm with ESC (stay online 10 minutes) rather than EOT.
    pub stay_online: bool,
    /// Whether an answer to the hub's own question is closed with EOT or ESC. `[M]`: the reference says "the centre asks,
    /// the station answers" and no more. Multi-packet answers and unasked ones are always confirmed.
    pub confirm_answers: bool,
    /// A value whose digits are all nine, over the whole width of its element, is the station's fault value. `[I]` haikang.
    pub all_nines_is_fault: bool,
    /// A station's clock that is further off than this is told by an event, ms. `[M]` 1 h.
    pub clock_off_ms: i64,
    /// `set_clock` is sent twice when the clock is further off than this, ms. `[S]` 5 min.
    pub clock_twice_ms: i64,
    /// A transfer without a new packet for this long is given up, ms. `[M]` 60 s.
    pub transfer_ms: i64,
    /// A missing packet is asked for after so long without another, ms. `[M]` 10 s.
    pub packet_ms: i64,
    /// How often one packet is asked for. `[M]` 3, as for reports.
    pub packet_asks: u32,
    /// The most bytes of one transfer, and of all unfinished ones of one peer. `[M]` 4 MiB.
    pub transfer_max: usize,
    /// A frame that has begun and does not end is given up when something comes after so long, ms. `[M]` 60 s.
    pub frame_ms: i64,
    /// An answer is waited for so long, ms. `[M]` 20 s.
    pub answer_ms: i64,
    /// How often a command is sent again. `[S]` at most 2.
    pub resends: u32,
    /// Password for commands; none: the one that the station itself sends.
    pub password: Option<[u8; 2]>,
    /// The centre's address for commands; none: the one that the station itself sends.
    pub center: Option<u8>,
    /// Whether questions carry definition bytes. `[I]` 3A: a test tool has them, Quick.SL651 has not; 41/43: identifiers
    /// only.
    pub asking: Asking,
    /// The least silence after which a peer is gone, ms: 120 s.
    pub silence_min_ms: i64,
    /// The silence of a peer that never sends a link keep, and the most of any, ms: 1 h.
    pub silence_max_ms: i64,
    /// Stations that one peer may speak for; others are delivered but get no commands.
    pub stations_max: usize,
    /// Stations whose rain counter is remembered, over all peers.
    pub counters_max: usize,
}

impl Default for Setup {
    fn default() -> Self {
        let kinds = [('H', "river_station"), ('P', "rain_station"), ('K', "reservoir_station"), ('T', "tide_station")];
        Self {
            theme: ThemeId::parse("water").ok(),
            prefix: "SL-".to_owned(),
            limits: Limits::default(),
            kinds: kinds.map(|(class, kind)| (class, kind.to_owned())).into(),
            kind_other: "telemetry_station".to_owned(),
            base_levels: BTreeMap::new(),
            stay_online: false,
            confirm_answers: false,
            all_nines_is_fault: true,
            clock_off_ms: 3_600_000,
            clock_twice_ms: 300_000,
            transfer_ms: 60_000,
            packet_ms: 10_000,
            packet_asks: 3,
            transfer_max: 4 << 20,
            frame_ms: 60_000,
            answer_ms: 20_000,
            resends: 2,
            password: None,
            center: None,
            asking: Asking::default(),
            silence_min_ms: 120_000,
            silence_max_ms: 3_600_000,
            stations_max: 256,
            counters_max: 50_000,
        }
    }
}
