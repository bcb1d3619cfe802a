//! What may be set, with where each default comes from: (S) text of the standard, (I) seen in implementations and real
//! frames, (M) from memory or a choice of ours. Reads no file; the hub's configuration fills this in.

use std::fmt::Debug;

use chengshu_core::model::{KindId, Limits, ThemeId};
use serde::Deserialize;

/// Settings of a GB/T 26875.3 line.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Setup {
    /// The theme that the devices belong to.
    pub theme: ThemeId,
    /// Stands before the twelve hex digits of a device's address in its id.
    pub prefix: String,
    /// Which times are believed at all.
    #[serde(skip)]
    pub limits: Limits,
    /// A source address of all zeros: the device is named by the destination, where several makers put it (I, 8 of the
    /// reference frames).
    pub destination_names: bool,
    /// The times of objects are believed (within `limits`) (S).
    pub object_time: bool,
    /// Where an object has no believable time, that of the frame's header is taken (within `limits`) (S); else the arrival.
    pub frame_time: bool,
    /// An analog value with a time outside of `limits` is rejected with its bytes; false: it is taken by the time of its
    /// arrival. States and operations are always taken: a wrong clock must not lose a fire. (M)
    pub reject_absurd_analog: bool,
    /// Text behind an inner NUL is kept. The reference's frame has the rest of an older text there (I).
    pub text_after_nul: bool,
    /// A device clock further off than this makes the event `clock_off`, ms (M).
    pub clock_off_ms: i64,
    /// Whether a device's clock is set after it has connected (M).
    pub set_clock: bool,
    /// The least offset for which it is set, ms (M).
    pub set_clock_off_ms: i64,
    /// An answer is waited for so long, ms (S: advised at most 10 s).
    pub timeout_ms: i64,
    /// So often a question is sent again (S: advised 3).
    pub resends: u8,
    /// A started frame may wait so long for its rest; then whole frames behind it win, ms (M: the time-out of the standard).
    pub patience_ms: i64,
    /// The same bytes so shortly after their last arrival are a resend, and are decoded as of their first, ms (M: the
    /// time-out of the standard, with room; less than a heartbeat's interval).
    pub resend_gap_ms: i64,
    /// All resends of a frame come within this, ms (M: time-out × resends, with room).
    pub resend_window_ms: i64,
    /// Silence that ends a conversation until its heartbeat is known, ms (M).
    pub silence_ms: i64,
    /// Then: so many observed intervals … (M)
    pub silence_intervals: i64,
    /// … but not under this, ms (M) …
    pub silence_min_ms: i64,
    /// … and not over this, ms (M).
    pub silence_max_ms: i64,
    /// Components and resends that are remembered for all conversations; the least recently heard are forgotten.
    pub memory_max: usize,
    /// The most devices that one peer may speak for; the rest is stored, but gets no commands.
    pub addresses_max: usize,
    /// Bytes of an unknown type that are shown as hex in its event; the raw frame is kept whole.
    pub vendor_hex_max: usize,
    /// The kind of the transmission device itself.
    pub transmitter_kind: KindId,
    /// The kind of a building fire system.
    pub system_kind: KindId,
    /// The kind of a component whose type is in no row of `component_kinds`.
    pub component_kind: KindId,
    /// First and last component type, kind.
    pub component_kinds: Vec<(u8, u8, KindId)>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            theme: constant(ThemeId::parse("fire")),
            prefix: "GB-".to_owned(),
            limits: Limits::default(),
            destination_names: true,
            object_time: true,
            frame_time: true,
            reject_absurd_analog: true,
            text_after_nul: false,
            clock_off_ms: 3_600_000,
            set_clock: true,
            set_clock_off_ms: 30_000,
            timeout_ms: 10_000,
            resends: 3,
            patience_ms: 10_000,
            resend_gap_ms: 15_000,
            resend_window_ms: 60_000,
            silence_ms: 600_000,
            silence_intervals: 3,
            silence_min_ms: 90_000,
            silence_max_ms: 3_600_000,
            memory_max: 200_000,
            addresses_max: 64,
            vendor_hex_max: 256,
            transmitter_kind: constant(KindId::parse("transmitter")),
            system_kind: constant(KindId::parse("fire_system")),
            component_kind: constant(KindId::parse("fire_component")),
            component_kinds: vec![(40, 44, constant(KindId::parse("fire_component")))],
        }
    }
}

impl Setup {
    /// The kind of a component by its type.
    #[must_use]
    pub fn kind_of(&self, component: u8) -> &KindId {
        let row = self.component_kinds.iter().find(|(first, last, _)| (*first..=*last).contains(&component));
        row.map_or(&self.component_kind, |(_, _, kind)| kind)
    }
}

/// A name that stands in this crate's own text; its tests read every one of them.
pub(crate) fn constant<T, E: Debug>(parsed: Result<T, E>) -> T {
    match parsed {
        Ok(name) => name,
        Err(error) => unreachable!("a constant name of this crate: {error:?}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_names() {
        let setup = Setup::default();
        assert_eq!(setup.theme.as_str(), "fire");
        assert_eq!(setup.kind_of(42).as_str(), "fire_component");
    }
}
