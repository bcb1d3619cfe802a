//! Groups of the HEX form: lead byte, definition byte, data. Unknown leads are passed over by their length.

use super::group::{Group, Groups, Id, Layout, Slots, Step};
use super::{Fault, Stamp, Station};

pub(super) fn next<'a>(groups: &mut Groups<'a>) -> Result<Group<'a>, Fault> {
    match groups.layout {
        Layout::Period if !groups.begun => {
            let data = take(groups, 8)?;
            let (from, to) = data.split_at(4);
            Ok(Group::Period(Stamp::from_bytes(from), Stamp::from_bytes(to)))
        }
        Layout::Opaque => Ok(rest(groups)),
        Layout::Tail if groups.begun || groups.rest().first() != Some(&0xF1) => Ok(rest(groups)),
        Layout::Period | Layout::Asked(_) if groups.rest().first() != Some(&0x04) => asked(groups),
        _ => group(groups),
    }
}

fn group<'a>(groups: &mut Groups<'a>) -> Result<Group<'a>, Fault> {
    let class = matches!(groups.layout, Layout::Values);
    match groups.rest() {
        [lead @ 0xF0..=0xF3, second, ..] if second != lead => {
            Err(Fault::Lead { offset: groups.at, first: *lead, second: *second })
        }
        [0xF0, ..] => take(groups, 7).map(|data| Group::Observed(Stamp::from_bytes(&data[2..]))),
        [0xF1, ..] => {
            let data = take(groups, if class { 8 } else { 7 })?;
            let mut station = [0; 5];
            station.copy_from_slice(&data[2..7]);
            Ok(Group::Station(Station(station), data.get(7).copied()))
        }
        [0xF2, ..] => take(groups, 2).map(|_| Group::Manual(to_end(groups))),
        [0xF3, ..] => take(groups, 2).map(|_| Group::Picture(to_end(groups))),
        [0xFD, ..] => Ok(rest(groups)), // bulk velocities: their inner form is not known here
        [lead @ 0xF4..=0xFC, def, ..] => {
            let data = take(groups, 2 + usize::from(def >> 3))?;
            let slots = Slots { lead: *lead, def: *def, data: &data[2..], form: super::Form::Hex };
            Ok(Group::Slots(slots))
        }
        [0x04, 0x18, ..] if class || matches!(groups.layout, Layout::Period) => {
            let data = take(groups, 5)?;
            let step = Step([data[2], data[3], data[4]]);
            groups.series = step.minutes() != Some(0);
            Ok(Group::Step(step))
        }
        [0x45, 0x20, ..] => {
            let data = take(groups, 6)?;
            Ok(Group::Status(u32::from_be_bytes([data[2], data[3], data[4], data[5]])))
        }
        _ => value(groups, class),
    }
}

fn value<'a>(groups: &mut Groups<'a>, class: bool) -> Result<Group<'a>, Fault> {
    let (code, header) = match groups.rest() {
        [0xFF, second, ..] => (0xFF00 | u16::from(*second), 3),
        rest => (rest.first().copied().map_or(0, u16::from), 2),
    };
    let id = Id::Code(code);
    let Some(def) = groups.rest().get(header - 1).copied() else {
        return Err(Fault::Group { offset: groups.at, expected: header, got: groups.rest().len() });
    };
    let len = usize::from(def >> 3);
    if groups.series && class {
        groups.series = false;
        take(groups, header)?;
        return Ok(Group::Series { id, def, data: series(groups, len) });
    }
    let data = take(groups, header + len)?;
    let data = &data[header..];
    Ok(if class { Group::Value { id, def, data } } else { Group::Config { id, def, data } })
}

/// Values to the end, or to a chunk that no packed value can be: the mark of a time or of another station.
fn series<'a>(groups: &mut Groups<'a>, len: usize) -> &'a [u8] {
    let rest = groups.rest();
    let mark = rest.chunks(len.max(1)).position(|chunk| matches!(chunk, [0xF0, 0xF0, ..] | [0xF1, 0xF1, ..]));
    let data = &rest[..mark.map_or(rest.len(), |n| (n * len.max(1)).min(rest.len()))];
    groups.at += data.len();
    data
}

fn asked<'a>(groups: &mut Groups<'a>) -> Result<Group<'a>, Fault> {
    let (code, header) = match groups.rest() {
        [0xFF, second, ..] => (0xFF00 | u16::from(*second), 2),
        rest => (rest.first().copied().map_or(0, u16::from), 1),
    };
    take(groups, header)?;
    // in 38 the definition byte is there or the body has ended
    let defined = match groups.layout {
        Layout::Asked(defined) => defined,
        _ => !groups.rest().is_empty(),
    };
    let def = if defined { Some(take(groups, 1)?[0]) } else { None };
    Ok(Group::Asked(Id::Code(code), def))
}

fn take<'a>(groups: &mut Groups<'a>, len: usize) -> Result<&'a [u8], Fault> {
    let rest = groups.rest();
    let data = rest.get(..len).ok_or(Fault::Group { offset: groups.at, expected: len, got: rest.len() })?;
    groups.at += len;
    Ok(data)
}

fn to_end<'a>(groups: &mut Groups<'a>) -> &'a [u8] {
    let rest = groups.rest();
    groups.at = groups.body.len();
    rest
}

fn rest<'a>(groups: &mut Groups<'a>) -> Group<'a> {
    Group::Rest(to_end(groups))
}
