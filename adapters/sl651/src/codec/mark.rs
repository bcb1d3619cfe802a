//! The marks of a frame: form, direction, end. Only their bytes and their words.

/// How the frame is written (编码方式).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Form {
    /// Packed bytes after `7E7E`.
    Hex,
    /// Characters after SOH.
    Ascii,
}

impl Form {
    /// `HEX` or `ASCII`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Hex => "HEX",
            Self::Ascii => "ASCII",
        }
    }
}

/// Who speaks (上行, 下行).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The station to the centre.
    Up,
    /// The centre to the station.
    Down,
}

impl Direction {
    /// `up` or `down`.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }

    /// The high nibble before the length.
    #[must_use]
    pub const fn nibble(self) -> u8 {
        match self {
            Self::Up => 0,
            Self::Down => 8,
        }
    }

    /// From that nibble.
    #[must_use]
    pub const fn from_nibble(nibble: u8) -> Option<Self> {
        match nibble {
            0 => Some(Self::Up),
            8 => Some(Self::Down),
            _ => None,
        }
    }
}

/// How a frame ends (报文结束符).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum End {
    /// Up: the only or the last packet.
    Etx,
    /// Up: more packets follow.
    Etb,
    /// Down: a query or a command.
    Enq,
    /// Down: received, more to come.
    Ack,
    /// Down: this packet again.
    Nak,
    /// Down: done, the station may go offline.
    Eot,
    /// Down: done, the station stays online for 10 minutes.
    Esc,
}

const ENDS: [(End, u8, &str); 7] = [
    (End::Etx, 0x03, "ETX"),
    (End::Etb, 0x17, "ETB"),
    (End::Enq, 0x05, "ENQ"),
    (End::Ack, 0x06, "ACK"),
    (End::Nak, 0x15, "NAK"),
    (End::Eot, 0x04, "EOT"),
    (End::Esc, 0x1B, "ESC"),
];

impl End {
    /// Its byte.
    #[must_use]
    pub fn byte(self) -> u8 {
        ENDS.iter().find(|(end, ..)| *end == self).map_or(0x03, |(_, byte, _)| *byte)
    }

    /// Its word, e.g. `ETX`.
    #[must_use]
    pub fn word(self) -> &'static str {
        ENDS.iter().find(|(end, ..)| *end == self).map_or("ETX", |(.., word)| word)
    }

    /// From its byte.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        ENDS.iter().find(|(_, known, _)| *known == byte).map(|(end, ..)| *end)
    }

    /// From its word.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        ENDS.iter().find(|(.., known)| *known == word).map(|(end, ..)| *end)
    }

    /// Whether frames of this direction end so.
    #[must_use]
    pub const fn is_of(self, direction: Direction) -> bool {
        matches!((self, direction), (Self::Etx | Self::Etb, Direction::Up))
            || matches!((self, direction), (Self::Enq | Self::Ack | Self::Nak | Self::Eot | Self::Esc, Direction::Down))
    }
}
