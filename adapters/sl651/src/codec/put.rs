//! Writes the parts of a body, in either form. Decides nothing: what is written is what the caller says.

use super::digits::{hex_text, put_packed};
use super::{Form, Id, Number, Stamp, Station, Step};

/// Serial and time of sending (6 bytes).
pub fn head(form: Form, serial: u16, sent: Stamp, out: &mut Vec<u8>) {
    match form {
        Form::Hex => {
            out.extend_from_slice(&serial.to_be_bytes());
            out.extend_from_slice(sent.bytes());
        }
        Form::Ascii => {
            out.extend_from_slice(hex_text(&serial.to_be_bytes()).as_bytes());
            out.extend_from_slice(hex_text(sent.bytes()).as_bytes());
        }
    }
}

/// Whose values follow.
pub fn station(form: Form, station: Station, class: Option<u8>, out: &mut Vec<u8>) {
    match form {
        Form::Hex => {
            out.extend_from_slice(&[0xF1, 0xF1]);
            out.extend_from_slice(&station.0);
            out.extend(class);
        }
        Form::Ascii => {
            out.extend_from_slice(format!("ST {} ", station.text()).as_bytes());
            if let Some(class) = class {
                out.extend_from_slice(&[class, b' ']);
            }
        }
    }
}

/// When what follows was observed (5 bytes).
pub fn observed(form: Form, at: Stamp, out: &mut Vec<u8>) {
    match form {
        Form::Hex => {
            out.extend_from_slice(&[0xF0, 0xF0]);
            out.extend_from_slice(at.bytes());
        }
        Form::Ascii => out.extend_from_slice(format!("TT {} ", hex_text(at.bytes())).as_bytes()),
    }
}

/// The step of a series.
pub fn step(form: Form, step: Step, out: &mut Vec<u8>) {
    match (form, step.0) {
        (Form::Hex, bytes) => {
            out.extend_from_slice(&[0x04, 0x18]);
            out.extend_from_slice(&bytes);
        }
        (Form::Ascii, [0, 0, n]) => out.extend_from_slice(format!("DRN{n:02X} ").as_bytes()),
        (Form::Ascii, [0, h, _]) => out.extend_from_slice(format!("DRH{h:02X} ").as_bytes()),
        (Form::Ascii, [d, ..]) => out.extend_from_slice(format!("DRD{d:02X} ").as_bytes()),
    }
}

/// State and alarms.
pub fn status(form: Form, word: u32, out: &mut Vec<u8>) {
    match form {
        Form::Hex => {
            out.extend_from_slice(&[0x45, 0x20]);
            out.extend_from_slice(&word.to_be_bytes());
        }
        Form::Ascii => out.extend_from_slice(format!("ZT {word:08X} ").as_bytes()),
    }
}

/// An element's lead and, in the HEX form, its definition byte.
pub fn lead(id: Id<'_>, def: Option<u8>, out: &mut Vec<u8>) {
    match id {
        Id::Code(code) => {
            if code > 0xFF {
                out.push(0xFF);
            }
            out.push(code as u8);
            out.extend(def);
        }
        Id::Name(name) => {
            out.extend_from_slice(name);
            out.push(b' ');
        }
    }
}

/// One number after its lead; `None` is missing.
///
/// # Errors
/// When the definition byte leaves too little room.
pub fn number(form: Form, number: Option<Number>, def: u8, out: &mut Vec<u8>) -> Result<(), String> {
    let len = usize::from(def >> 3);
    match (form, number) {
        (Form::Hex, Some(number)) => put_packed(number, len, out),
        (Form::Hex, None) => {
            out.resize(out.len() + len, 0xFF);
            Ok(())
        }
        (Form::Ascii, number) => {
            let text = number.map_or_else(|| "M".to_owned(), |number| number.to_string());
            out.extend_from_slice(text.as_bytes());
            out.push(b' ');
            Ok(())
        }
    }
}

/// `value` with `decimals` behind the point, rounded.
#[must_use]
pub fn rounded(value: f64, decimals: u8) -> Option<Number> {
    let digits = (value.abs() * 10_f64.powi(i32::from(decimals))).round();
    (digits.is_finite() && digits < 1e18).then_some(Number {
        negative: value < 0.0 && digits > 0.0,
        digits: digits as u64,
        decimals,
    })
}
