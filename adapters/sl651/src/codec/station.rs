//! The station's address, as it stands in the frame. Five bytes are the key; what they mean is only told, never needed.

use super::digits::hex_text;

/// A station's address (遥测站地址), A5 A4 A3 A2 A1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Station(pub [u8; 5]);

impl Station {
    /// Its ten digits, e.g. `0011223344`.
    #[must_use]
    pub fn text(self) -> String {
        hex_text(&self.0)
    }

    /// The eight digits of SL 502, when A5 is 00.
    #[must_use]
    pub fn code(self) -> Option<String> {
        (self.0[0] == 0).then(|| hex_text(&self.0[1..]))
    }

    /// Administrative code and number, when A5 is not 00: 1–60000 stations, 60001–65534 relays, 65535 all, 0 invalid.
    #[must_use]
    pub fn area(self) -> Option<(String, u16)> {
        (self.0[0] != 0).then(|| (hex_text(&self.0[..3]), u16::from_be_bytes([self.0[3], self.0[4]])))
    }
}
