//! A whole message: one frame, or all packets of a transfer put together. What the body means stands elsewhere.

use super::group::{Asking, Groups, Layout};
use super::{Direction, Form, Frame, Head, Station, head, head_len};

/// A message (报文) with its body in one piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// How it is written.
    pub form: Form,
    /// Who speaks.
    pub direction: Direction,
    /// The centre's address.
    pub center: u8,
    /// The station's address.
    pub station: Station,
    /// Opaque.
    pub password: [u8; 2],
    /// What it is about.
    pub function: u8,
    /// Packets that it came in; 1 for a frame of its own.
    pub packets: u16,
    /// Serial, time and groups.
    pub body: &'a [u8],
}

impl<'a> Message<'a> {
    /// Of a frame that is no part of a transfer.
    #[must_use]
    pub const fn of(frame: &Frame<'a>) -> Self {
        Self::joined(frame, frame.body)
    }

    /// Of a transfer: `frame` is any of its packets, `body` all of their bodies in their order.
    #[must_use]
    pub const fn joined(frame: &Frame<'_>, body: &'a [u8]) -> Self {
        Self {
            form: frame.form,
            direction: frame.direction,
            center: frame.center,
            station: frame.station,
            password: frame.password,
            function: frame.function,
            packets: match frame.packet {
                Some(packet) => packet.total,
                None => 1,
            },
            body,
        }
    }

    /// Serial and time.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        head(self.form, self.body)
    }

    /// Its groups.
    #[must_use]
    pub fn groups(&self, asking: Asking) -> Groups<'a> {
        let layout = Layout::of(self.function, self.direction, asking);
        Groups::new(self.form, layout, self.body.get(head_len(self.form)..).unwrap_or_default())
    }
}
