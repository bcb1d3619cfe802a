//! One frame, its fields taken apart and its body borrowed. Knows nothing of what the body means.

use crc::{CRC_16_MODBUS, Crc, Table};

use super::digits::{hex_bytes, hex_number, nibble};
use super::{Direction, End, Fault, Form, Stamp, Station};

/// CRC-16/MODBUS over everything before the check field, the start mark included; sent high byte first.
const CRC: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_MODBUS);

/// The most bytes between start mark and end mark: twelve bits.
pub const LENGTH_MAX: usize = 0xFFF;

/// Where a packet of a multi-packet transfer stands (M3), both from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet {
    /// How many there are.
    pub total: u16,
    /// Which one this is.
    pub number: u16,
}

/// A frame (报文帧), checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Frame<'a> {
    /// How it is written.
    pub form: Form,
    /// Who speaks.
    pub direction: Direction,
    /// The centre's address, 1–255; 0 occurs in the field.
    pub center: u8,
    /// The station's address.
    pub station: Station,
    /// Opaque.
    pub password: [u8; 2],
    /// Section 3 of the reference, e.g. 0x32.
    pub function: u8,
    /// Bytes between start mark and end mark.
    pub length: u16,
    /// In a multi-packet transfer.
    pub packet: Option<Packet>,
    /// What stands between start mark (and packet field) and end mark.
    pub body: &'a [u8],
    /// How it ends.
    pub end: End,
    /// The check field.
    pub crc: u16,
}

/// What every body begins with, except those of later packets (流水号, 发报时间).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// 1–65535; 0 when the centre began.
    pub serial: u16,
    /// When it was sent, by the sender's clock.
    pub sent: Stamp,
}

pub(super) const HEX_HEADER: usize = 14;
pub(super) const ASCII_HEADER: usize = 24;

impl<'a> Frame<'a> {
    /// Takes a whole frame apart whose header was found plausible.
    pub(super) fn parse(form: Form, bytes: &'a [u8]) -> Result<Self, Fault> {
        match form {
            Form::Hex => hex(bytes),
            Form::Ascii => ascii(bytes),
        }
    }

    /// Where the body begins in the frame, bytes.
    #[must_use]
    pub const fn body_offset(&self) -> usize {
        match (self.form, self.packet.is_some()) {
            (Form::Hex, false) => HEX_HEADER,
            (Form::Hex, true) => HEX_HEADER + 3,
            (Form::Ascii, false) => ASCII_HEADER,
            (Form::Ascii, true) => ASCII_HEADER + 6,
        }
    }

    /// Whether the body begins with serial and time: all do but those of the second and later packets of a station.
    #[must_use]
    pub const fn has_head(&self) -> bool {
        match self.packet {
            Some(Packet { number, .. }) => number == 1 || matches!(self.direction, Direction::Down),
            None => true,
        }
    }

    /// Serial and time.
    #[must_use]
    pub fn head(&self) -> Option<Head> {
        if self.has_head() { head(self.form, self.body) } else { None }
    }

    /// The bytes of this frame, with its length and check field computed anew.
    ///
    /// # Errors
    /// [`Fault::Long`] when the body has more than twelve bits of length can say.
    pub fn encode(&self) -> Result<Vec<u8>, Fault> {
        let extra = match (self.packet, self.form) {
            (None, _) => 0,
            (Some(_), Form::Hex) => 3,
            (Some(_), Form::Ascii) => 6,
        };
        let length = self.body.len() + extra;
        if length > LENGTH_MAX {
            return Err(Fault::Long { expected: LENGTH_MAX - extra, got: self.body.len() });
        }
        let mut head = Vec::with_capacity(16);
        match self.direction {
            Direction::Up => {
                head.push(self.center);
                head.extend_from_slice(&self.station.0);
            }
            Direction::Down => {
                head.extend_from_slice(&self.station.0);
                head.push(self.center);
            }
        }
        head.extend_from_slice(&self.password);
        head.push(self.function);
        head.extend_from_slice(&(u16::from(self.direction.nibble()) << 12 | length as u16).to_be_bytes());
        let packet =
            self.packet.map(|p| (u32::from(p.total & 0xFFF) << 12 | u32::from(p.number & 0xFFF)).to_be_bytes());
        let start = if packet.is_some() { 0x16 } else { 0x02 };
        let mut out = Vec::with_capacity(length + 32);
        match self.form {
            Form::Hex => {
                out.extend_from_slice(&[0x7E, 0x7E]);
                out.extend_from_slice(&head);
                out.push(start);
                out.extend_from_slice(packet.as_ref().map_or(&[], |p| &p[1..]));
            }
            Form::Ascii => {
                out.push(0x01);
                out.extend_from_slice(super::digits::hex_text(&head).as_bytes());
                out.push(start);
                out.extend(packet.iter().flat_map(|p| super::digits::hex_text(&p[1..]).into_bytes()));
            }
        }
        out.extend_from_slice(self.body);
        out.push(self.end.byte());
        let check = CRC.checksum(&out);
        match self.form {
            Form::Hex => out.extend_from_slice(&check.to_be_bytes()),
            Form::Ascii => out.extend_from_slice(format!("{check:04X}").as_bytes()),
        }
        Ok(out)
    }
}

/// Serial and time at the front of `body`.
#[must_use]
pub fn head(form: Form, body: &[u8]) -> Option<Head> {
    match form {
        Form::Hex => {
            let [a, b, rest @ ..] = body else { return None };
            let sent = rest.get(..6)?;
            Some(Head { serial: u16::from_be_bytes([*a, *b]), sent: Stamp::from_bytes(sent) })
        }
        Form::Ascii => {
            let serial = hex_number(body.get(..4)?)? as u16;
            let mut sent = [0; 6];
            hex_bytes(body.get(4..16)?, &mut sent).then(|| Head { serial, sent: Stamp::from_bytes(&sent) })
        }
    }
}

/// How many bytes serial and time take.
#[must_use]
pub const fn head_len(form: Form) -> usize {
    match form {
        Form::Hex => 8,
        Form::Ascii => 16,
    }
}

fn hex(bytes: &[u8]) -> Result<Frame<'_>, Fault> {
    let offset = bytes.len().saturating_sub(2);
    let (checked, check) = bytes.split_at(offset);
    let [a, b] = check else { return Err(Fault::Short { offset: 11, expected: 8, got: 0 }) };
    finish(Form::Hex, bytes, checked, u16::from_be_bytes([*a, *b]))
}

fn ascii(bytes: &[u8]) -> Result<Frame<'_>, Fault> {
    let offset = bytes.len().saturating_sub(4);
    let (checked, check) = bytes.split_at(offset);
    let bad = check.iter().position(|c| nibble(*c).is_none());
    match (bad, hex_number(check)) {
        (None, Some(crc)) => finish(Form::Ascii, bytes, checked, crc as u16),
        (at, _) => {
            let offset = offset + at.unwrap_or_default();
            Err(Fault::Digit { offset, got: bytes.get(offset).copied().unwrap_or_default() })
        }
    }
}

fn finish<'a>(form: Form, bytes: &'a [u8], checked: &'a [u8], crc: u16) -> Result<Frame<'a>, Fault> {
    let mark = checked.len().saturating_sub(1);
    let got = checked.get(mark).copied().unwrap_or_default();
    let computed = CRC.checksum(checked);
    if computed != crc {
        return Err(match End::from_byte(got) {
            Some(_) => Fault::Crc { offset: checked.len(), expected: computed, got: crc },
            None => Fault::Length { offset: mark, got },
        });
    }
    let mut ascii_head = [0u8; 11];
    let head: &[u8] = match form {
        Form::Hex => bytes.get(2..13).unwrap_or_default(),
        Form::Ascii => {
            hex_bytes(bytes.get(1..23).unwrap_or_default(), &mut ascii_head);
            &ascii_head
        }
    };
    let &[a, b, c, d, e, f, p, q, function, high, low] = head else {
        return Err(Fault::Short { offset: 0, expected: HEX_HEADER, got: bytes.len() });
    };
    let (direction, expected) = match high >> 4 {
        0 => (Direction::Up, "03 17"),
        _ => (Direction::Down, "05 06 15 04 1B"),
    };
    let end =
        End::from_byte(got).filter(|end| end.is_of(direction)).ok_or(Fault::EndMark { offset: mark, expected, got })?;
    let (center, station) = match direction {
        Direction::Up => (a, [b, c, d, e, f]),
        Direction::Down => (f, [a, b, c, d, e]),
    };
    let (start, header) = match form {
        Form::Hex => (bytes.get(13), HEX_HEADER),
        Form::Ascii => (bytes.get(23), ASCII_HEADER),
    };
    let text = bytes.get(header..mark).unwrap_or_default();
    let (packet, body) = if start == Some(&0x16) { packet(form, header, text)? } else { (None, text) };
    let frame = Frame {
        form,
        direction,
        center,
        station: Station(station),
        password: [p, q],
        function,
        length: u16::from_be_bytes([high & 0x0F, low]),
        packet,
        body,
        end,
        crc,
    };
    if frame.has_head() && head_of(&frame).is_none() {
        return Err(if body.len() < head_len(form) {
            Fault::Short { offset: if form == Form::Hex { 11 } else { 19 }, expected: head_len(form), got: body.len() }
        } else {
            let at = body.iter().take(16).position(|c| nibble(*c).is_none()).unwrap_or_default();
            Fault::Digit { offset: frame.body_offset() + at, got: body.get(at).copied().unwrap_or_default() }
        });
    }
    Ok(frame)
}

fn head_of(frame: &Frame<'_>) -> Option<Head> {
    head(frame.form, frame.body)
}

fn packet(form: Form, offset: usize, text: &[u8]) -> Result<(Option<Packet>, &[u8]), Fault> {
    let len = if form == Form::Hex { 3 } else { 6 };
    let Some((field, body)) = text.split_at_checked(len) else {
        return Err(Fault::Short { offset, expected: len, got: text.len() });
    };
    let number = match (form, field) {
        (Form::Hex, &[a, b, c]) => u32::from_be_bytes([0, a, b, c]),
        _ => hex_number(field).ok_or_else(|| {
            let at = field.iter().position(|c| nibble(*c).is_none()).unwrap_or_default();
            Fault::Digit { offset: offset + at, got: field.get(at).copied().unwrap_or_default() }
        })?,
    };
    let (total, number) = ((number >> 12) as u16, (number & 0xFFF) as u16);
    if number == 0 || number > total {
        return Err(Fault::Packet { offset, total, number });
    }
    Ok((Some(Packet { total, number }), body))
}
