//! The application data unit (应用数据单元): type, count, objects. The maximum counts of the standard are not checked:
//! what fits the frame is taken.

use super::frame::DATA_AT;
use super::object::{self, Object};
use super::{Fault, Frame};

/// The application data of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum App<'a> {
    /// None: a confirmation, a denial, an empty heartbeat.
    None,
    /// Only the type byte: a heartbeat of some makers (22, 23).
    Bare(u8),
    /// Objects of a type that the standard knows.
    Objects(Objects<'a>),
    /// Anything else (类型标志 of makers, 128 … 254 and those seen below).
    Vendor {
        /// The type.
        kind: u8,
        /// The count that it says.
        count: u8,
        /// All behind the count.
        bytes: &'a [u8],
    },
}

/// The objects of one frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Objects<'a> {
    /// Their type.
    pub kind: u8,
    /// How many.
    pub count: u8,
    /// Bytes of one; 0 where they say it themselves.
    size: usize,
    body: &'a [u8],
    /// What stands behind the last of them.
    pub extra: &'a [u8],
}

impl<'a> Frame<'a> {
    /// Its application data.
    ///
    /// # Errors
    /// [`Fault`] when the objects do not fit type and count.
    pub fn app(&self) -> Result<App<'a>, Fault> {
        match self.data {
            [] => Ok(App::None),
            [kind] => Ok(App::Bare(*kind)),
            [kind, count, body @ ..] => match kind {
                6 => texts(*kind, *count, 2, body),
                26 => texts(*kind, *count, 0, body),
                _ => fixed(*kind, *count, body),
            },
        }
    }
}

fn fixed(kind: u8, count: u8, body: &[u8]) -> Result<App<'_>, Fault> {
    let Some((base, timed)) = object::layout(kind) else { return Ok(App::Vendor { kind, count, bytes: body }) };
    let full = if timed { base + 6 } else { base };
    let n = usize::from(count);
    let reserved = matches!(kind, 90 | 91); // both layouts: with and without a reserved byte
    let size = match body.len() {
        len if len == n * full => full,
        len if len == n * base => base,
        len if reserved && len == n * (full + 1) => full + 1,
        len if len > n * full && n > 0 => full,
        got => return Err(Fault::ObjectSize { offset: DATA_AT + 2, kind, count, expected: base, got }),
    };
    let (body, extra) = body.split_at(n * size);
    Ok(App::Objects(Objects { kind, count, size, body, extra }))
}

fn texts(kind: u8, count: u8, before: usize, body: &[u8]) -> Result<App<'_>, Fault> {
    let mut at = 0;
    for _ in 0..count {
        let Some(len) = body.get(at + before).map(|len| usize::from(*len)) else {
            let got = body.len();
            return Err(Fault::ObjectSize { offset: DATA_AT + 2, kind, count, expected: before + 1, got });
        };
        let got = body.len() - at - before - 1;
        if len > got {
            return Err(Fault::TextLength { offset: DATA_AT + 2 + at + before, expected: len, got });
        }
        at += before + 1 + len;
    }
    let (body, extra) = body.split_at(at);
    Ok(App::Objects(Objects { kind, count, size: 0, body, extra }))
}

impl<'a> Objects<'a> {
    /// The objects, in their order.
    pub fn iter(&self) -> impl Iterator<Item = Object<'a>> + use<'a> {
        let Self { kind, size, mut body, count, .. } = *self;
        (0..count).map_while(move |_| {
            let size = match kind {
                6 => 3 + usize::from(*body.get(2)?),
                26 => 1 + usize::from(*body.first()?),
                _ => size,
            };
            let one;
            (one, body) = body.split_at_checked(size)?;
            match kind {
                6 => {
                    let system = object::System { kind: *one.first()?, address: *one.get(1)? };
                    Some(Object::SystemConfig { system, text: one.get(3..)? })
                }
                26 => Some(Object::DeviceConfig { text: one.get(1..)? }),
                _ => object::read(kind, one),
            }
        })
    }
}

/// Application data with these objects, all of `kind`.
pub fn app_data<'a>(kind: u8, objects: impl IntoIterator<Item = Object<'a>>) -> Vec<u8> {
    let mut out = vec![kind, 0];
    let mut count = 0;
    for object in objects {
        object.write(&mut out);
        count = u8::saturating_add(count, 1);
    }
    out[1] = count;
    out
}
