//! Groups of the ASCII form: names and values with single spaces between. No public sample was found; what goes beyond
//! names and values is read as tolerantly as it can be.

use super::digits::{hex_bytes, hex_number, pack};
use super::group::{Group, Groups, Id, Layout, Slots, Step};
use super::{Fault, Form, Stamp, Station};

pub(super) fn next<'a>(groups: &mut Groups<'a>) -> Option<Result<Group<'a>, Fault>> {
    if matches!(groups.layout, Layout::Opaque | Layout::Period) || (groups.layout == Layout::Tail && groups.begun) {
        return Some(Ok(Group::Rest(to_end(groups))));
    }
    while groups.rest().first() == Some(&b' ') {
        groups.at += 1;
    }
    if groups.rest().is_empty() {
        return None;
    }
    if groups.layout == Layout::Tail && !groups.rest().starts_with(b"ST ") {
        return Some(Ok(Group::Rest(to_end(groups))));
    }
    Some(group(groups))
}

fn group<'a>(groups: &mut Groups<'a>) -> Result<Group<'a>, Fault> {
    let start = groups.at;
    let name = token(groups);
    let id = Id::Name(name);
    if matches!(groups.layout, Layout::Asked(_)) {
        return Ok(Group::Asked(id, None));
    }
    let values = groups.layout == Layout::Values;
    match name {
        b"RGZS" => return Ok(Group::Manual(to_end(groups))),
        b"PIC" => return Ok(Group::Picture(to_end(groups))),
        _ => {}
    }
    if let (true, Some(step)) = (values, step(name)) {
        groups.series = step.minutes() != Some(0);
        return Ok(Group::Step(step));
    }
    if groups.rest().is_empty() {
        return Err(Fault::Group { offset: start, expected: name.len() + 2, got: name.len() });
    }
    if values && groups.series && slots_lead(name).is_none() && !matches!(name, b"ST" | b"TT") {
        groups.series = false;
        return Ok(Group::Series { id, def: 0, data: series(groups) });
    }
    let offset = groups.at;
    let data = token(groups);
    match name {
        b"ST" => {
            let mut station = [0; 5];
            if !hex_bytes(data, &mut station) {
                return Err(Fault::Group { offset, expected: 10, got: data.len() });
            }
            let class = match groups.rest() {
                [class, b' ', ..] | [class] if values => Some(*class),
                _ => None,
            };
            groups.at += if class.is_some() { 2.min(groups.rest().len()) } else { 0 };
            Ok(Group::Station(Station(station), class))
        }
        b"TT" => {
            let mut time = [0; 5];
            if !hex_bytes(data, &mut time) {
                return Err(Fault::Group { offset, expected: 10, got: data.len() });
            }
            Ok(Group::Observed(Stamp::from_bytes(&time)))
        }
        b"ZT" if data.len() == 8 => match hex_number(data) {
            Some(word) => Ok(Group::Status(word)),
            None => Ok(Group::Config { id, def: 0, data }),
        },
        _ => Ok(match slots_lead(name) {
            Some((lead, def)) => Group::Slots(Slots { lead, def, data, form: Form::Ascii }),
            None if values => Group::Value { id, def: 0, data },
            None => Group::Config { id, def: 0, data },
        }),
    }
}

/// The lead and definition byte that the HEX form has for a name of one hour in twelve.
fn slots_lead(name: &[u8]) -> Option<(u8, u8)> {
    match name {
        b"DRP" => Some((0xF4, 0x60)),
        [b'D', b'R', b'Z', n @ b'1'..=b'8'] => Some((0xF5 + (n - b'1'), 0xC0)),
        _ => None,
    }
}

/// `DRxnn`: D days, H hours, N minutes.
fn step(name: &[u8]) -> Option<Step> {
    let [b'D', b'R', unit, a @ b'0'..=b'9', b @ b'0'..=b'9'] = name else { return None };
    let value = pack((a - b'0') * 10 + (b - b'0'));
    match unit {
        b'D' => Some(Step([value, 0, 0])),
        b'H' => Some(Step([0, value, 0])),
        b'N' => Some(Step([0, 0, value])),
        _ => None,
    }
}

/// Numbers up to the next name.
fn series<'a>(groups: &mut Groups<'a>) -> &'a [u8] {
    let start = groups.at;
    let mut end = start;
    loop {
        let before = groups.at;
        let token = token(groups);
        let number = token == b"M" || token.first().is_some_and(|c| c.is_ascii_digit() || *c == b'-');
        if !number {
            groups.at = before;
            break;
        }
        end = before + token.len();
    }
    if end == start {
        // no number at all: pass over one token, so that the body comes to its end
        end = start + token(groups).len();
    }
    groups.body.get(start..end).unwrap_or_default()
}

/// Characters to the next space, which is passed over.
fn token<'a>(groups: &mut Groups<'a>) -> &'a [u8] {
    let rest = groups.rest();
    let len = rest.iter().position(|c| *c == b' ').unwrap_or(rest.len());
    groups.at += (len + 1).min(rest.len());
    &rest[..len]
}

fn to_end<'a>(groups: &mut Groups<'a>) -> &'a [u8] {
    let rest = groups.rest();
    groups.at = groups.body.len();
    rest
}
