//! The groups of a body, one after the other, whichever the form. What a body may hold depends on function and direction;
//! what its elements mean stands in `words`.

use super::digits::{hex_number, packed, two};
use super::{Cell, Direction, Fault, Form, Number, Stamp, Station, hex, pairs};
use serde::Deserialize;

/// How an element is named on the wire (标识符).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Id<'a> {
    /// A lead byte; of an extension, FF and its second byte.
    Code(u16),
    /// The name of the ASCII form.
    Name(&'a [u8]),
}

/// What bodies may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Measured values; the station's group has a class.
    Values,
    /// Configuration, kept raw; the station's group has no class.
    Config,
    /// The station, then bytes of the function's own.
    Tail,
    /// From and to, then what is asked for (38 down).
    Period,
    /// What is asked for; true: each with its definition byte.
    Asked(bool),
    /// Bytes of the function's own.
    Opaque,
}

/// Whether a question names elements with their definition byte. Open implementations differ, see `Setup::asking`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Asking {
    /// In 38 and 3A.
    pub elements_defined: bool,
    /// In 41 and 43.
    pub config_defined: bool,
}

impl Default for Asking {
    fn default() -> Self {
        Self { elements_defined: true, config_defined: false }
    }
}

impl Layout {
    /// What bodies of `function` hold.
    #[must_use]
    pub const fn of(function: u8, direction: Direction, asking: Asking) -> Self {
        match (direction, function) {
            (Direction::Up, 0x30..=0x3A | 0x44) => Self::Values,
            (Direction::Up, 0x40..=0x43 | 0x46..=0x4B | 0x51) => Self::Config,
            (Direction::Up, 0x45 | 0x4C..=0x50) => Self::Tail,
            (Direction::Down, 0x38) => Self::Period,
            (Direction::Down, 0x3A) => Self::Asked(asking.elements_defined),
            (Direction::Down, 0x41 | 0x43) => Self::Asked(asking.config_defined),
            (Direction::Down, 0x40 | 0x42 | 0x47..=0x49 | 0x4B) => Self::Config,
            _ => Self::Opaque,
        }
    }
}

/// The step between the values of a series (时间步长码).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step(pub [u8; 3]);

impl Step {
    /// Days, hours, minutes.
    #[must_use]
    pub fn parts(self) -> Option<[u8; 3]> {
        let [d, h, m] = self.0;
        Some([two(d)?, two(h)?, two(m)?])
    }

    /// All of it in minutes.
    #[must_use]
    pub fn minutes(self) -> Option<u32> {
        self.parts().map(|[d, h, m]| u32::from(d) * 1440 + u32::from(h) * 60 + u32::from(m))
    }
}

/// Twelve five-minute values of one hour (DRP, DRZ1–8): binary, all ones is missing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slots<'a> {
    /// F4 rain, 0.1 mm; F5–FC relative level 1–8, 0.01 m.
    pub lead: u8,
    /// The definition byte: 60 or C0.
    pub def: u8,
    /// The values: bytes, or characters.
    pub data: &'a [u8],
    /// Which of them.
    pub form: Form,
}

impl Slots<'_> {
    /// Bytes of one value.
    #[must_use]
    pub const fn width(&self) -> usize {
        if self.lead == 0xF4 { 1 } else { 2 }
    }

    /// The values, in their order.
    pub fn values(&self) -> impl Iterator<Item = Option<u16>> + '_ {
        let (width, form) = (self.width(), self.form);
        self.data.chunks(if form == Form::Hex { width } else { width * 2 }).map(move |chunk| {
            let value = match (form, chunk) {
                (Form::Ascii, text) if text.len() == width * 2 => hex_number(text)? as u16,
                (Form::Hex, &[one]) if width == 1 => u16::from(one),
                (Form::Hex, &[high, low]) => u16::from_be_bytes([high, low]),
                _ => return None,
            };
            (value != if width == 1 { 0xFF } else { 0xFFFF }).then_some(value)
        })
    }
}

/// One group of a body.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Group<'a> {
    /// Whose values follow; the class only in reports.
    Station(Station, Option<u8>),
    /// When the values that follow were observed.
    Observed(Stamp),
    /// Text that a person entered, to the end.
    Manual(&'a [u8]),
    /// A picture, to the end.
    Picture(&'a [u8]),
    /// The step of the series that follows.
    Step(Step),
    /// One hour in twelve.
    Slots(Slots<'a>),
    /// State and alarms, section 5.
    Status(u32),
    /// A value.
    Value {
        /// Of what.
        id: Id<'a>,
        /// The definition byte: length and decimals. 0 in the ASCII form.
        def: u8,
        /// As it was sent.
        data: &'a [u8],
    },
    /// Values at equal steps, to the end of the body or the next group that is marked.
    Series {
        /// Of what.
        id: Id<'a>,
        /// The definition byte of each.
        def: u8,
        /// All of them; in the ASCII form with the spaces between.
        data: &'a [u8],
    },
    /// A configuration item, kept raw.
    Config {
        /// Which.
        id: Id<'a>,
        /// Its definition byte.
        def: u8,
        /// As it was sent.
        data: &'a [u8],
    },
    /// A question's period: YYMMDDHH each.
    Period(Stamp, Stamp),
    /// An element that is asked for, with its definition byte if it has one.
    Asked(Id<'a>, Option<u8>),
    /// Bytes that belong to the function, or that cannot be split any further; to the end.
    Rest(&'a [u8]),
}

/// The number in a value's data.
#[must_use]
pub fn cell(id: Id<'_>, def: u8, data: &[u8]) -> Cell {
    match id {
        Id::Code(_) => packed(data, def & 7),
        Id::Name(_) if data == b"M" => Cell::Missing,
        Id::Name(_) => Number::parse(data).map_or(Cell::Odd, Cell::Number),
    }
}

impl Group<'_> {
    /// The numbers of a value or a series, in their order.
    pub fn cells(&self) -> impl Iterator<Item = Cell> + '_ {
        let (id, def, data, one) = match *self {
            Group::Value { id, def, data } => (id, def, data, true),
            Group::Series { id, def, data } => (id, def, data, false),
            _ => (Id::Code(0), 0, &[][..], false),
        };
        let single = one.then(|| cell(id, def, data));
        let packed = matches!(id, Id::Code(_)) && !one;
        let len = usize::from(def >> 3).max(1);
        let chunks = packed.then(|| data.chunks(len)).into_iter().flatten();
        let tokens = (!packed && !one).then(|| data.split(|c| *c == b' ')).into_iter().flatten();
        let tokens = tokens.filter(|token| !token.is_empty());
        // a value that the body's end cut is none
        let whole = move |data: &[u8]| !packed || data.len() == len;
        let cells = chunks.chain(tokens).map(move |data| if whole(data) { cell(id, def, data) } else { Cell::Odd });
        single.into_iter().chain(cells)
    }
}

/// The groups of a body. Ends after the first that cannot be read; [`Groups::rest`] is what stands from there on.
#[derive(Debug, Clone)]
pub struct Groups<'a> {
    pub(super) form: Form,
    pub(super) layout: Layout,
    pub(super) body: &'a [u8],
    pub(super) at: usize,
    pub(super) series: bool,
    pub(super) begun: bool,
    pub(super) failed: bool,
}

impl<'a> Groups<'a> {
    /// The groups in `body`, which is what follows serial and time.
    #[must_use]
    pub const fn new(form: Form, layout: Layout, body: &'a [u8]) -> Self {
        Self { form, layout, body, at: 0, series: false, begun: false, failed: false }
    }

    /// The form that it is read in.
    #[must_use]
    pub const fn form(&self) -> Form {
        self.form
    }

    /// What has not been read.
    #[must_use]
    pub fn rest(&self) -> &'a [u8] {
        self.body.get(self.at..).unwrap_or_default()
    }
}

impl<'a> Iterator for Groups<'a> {
    type Item = Result<Group<'a>, Fault>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.failed || self.at >= self.body.len() {
            return None;
        }
        let before = self.at;
        let result = match self.form {
            Form::Hex => hex::next(self),
            Form::Ascii => pairs::next(self)?,
        };
        self.begun = true;
        if result.is_err() {
            self.at = before;
            self.failed = true;
        }
        Some(result)
    }
}
