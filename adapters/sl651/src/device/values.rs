//! Values by metric as groups of a body. What the standard has no element for is left out.

use crate::codec::{Form, Id, put};
use crate::words;

/// Values as numbers, and as one status word where they are bits of it.
pub(super) fn put_values<'a>(form: Form, values: impl Iterator<Item = (&'a str, f64)>, out: &mut Vec<u8>) {
    // closed door and stopped pump are ones
    let normal = words::BITS.iter().filter(|bit| bit.inverted).fold(0u32, |word, bit| word | 1 << bit.bit);
    let (mut status, mut has_status) = (normal, false);
    for (metric, value) in values {
        if let Some(element) = words::by_metric(metric) {
            put_value(form, element, value, out);
        } else if let Some(bit) = words::BITS.iter().find(|bit| bit.metric == metric) {
            has_status = true;
            let set = (value != 0.0) != bit.inverted;
            status = if set { status | 1 << bit.bit } else { status & !(1 << bit.bit) };
        }
    }
    if has_status {
        put::status(form, status, out);
    }
}

fn put_value(form: Form, element: &words::Element, value: f64, out: &mut Vec<u8>) {
    let number = put::rounded(value, element.decimals);
    let before = out.len();
    // a value too wide for its element, or one below zero, takes a byte more
    for def in [element.def(), element.def() + 8, element.def() + 16] {
        match form {
            Form::Hex => put::lead(Id::Code(u16::from(element.id)), Some(def), out),
            Form::Ascii => put::lead(Id::Name(element.name.as_bytes()), None, out),
        }
        if put::number(form, number, def, out).is_ok() {
            return;
        }
        out.truncate(before);
    }
}

/// DRP: twelve five-minute sums in 0.1 mm; what is above a byte's limit is carried into the next slot.
pub(super) fn put_rain(form: Form, rain_mm: &[Option<f64>; 12], out: &mut Vec<u8>) {
    let mut carry = 0.0;
    let mut bytes = [0u8; 12];
    for (byte, mm) in bytes.iter_mut().zip(rain_mm) {
        *byte = match mm {
            None => 0xFF,
            Some(mm) => {
                let tenths = (mm * 10.0 + carry).round().max(0.0);
                carry = (tenths - 254.0).max(0.0);
                tenths.min(254.0) as u8
            }
        };
    }
    match form {
        Form::Hex => {
            put::lead(Id::Code(0xF4), Some(0x60), out);
            out.extend_from_slice(&bytes);
        }
        Form::Ascii => {
            put::lead(Id::Name(b"DRP"), None, out);
            out.extend_from_slice(crate::codec::digits::hex_text(&bytes).as_bytes());
            out.push(b' ');
        }
    }
}
