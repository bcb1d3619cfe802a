//! A frame's fields, borrowed from its bytes. Says which deviations the segment has; refuses nothing itself.

use super::items::{Item, Pair};
use super::{Deviation, Deviations};

/// The edition that a frame says it follows (版本), by bits 7 to 2 of its flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// HJ/T 212-2005, and frames without any flag.
    Y2005,
    /// HJ 212-2017.
    Y2017,
    /// One after 2017.
    Later,
}

/// One frame (通讯包).
#[derive(Debug, Clone, Copy)]
pub struct Frame<'a> {
    /// From `##` to the end mark.
    pub raw: &'a [u8],
    /// The length field as it stands.
    pub length: u16,
    /// The check sum.
    pub crc: u16,
    /// Request number (请求编码 QN).
    pub qn: Option<&'a [u8]>,
    /// System type (系统编码 ST).
    pub st: Option<&'a [u8]>,
    /// Command number (命令编码 CN).
    pub cn: Option<&'a [u8]>,
    /// Password (访问密码 PW).
    pub pw: Option<&'a [u8]>,
    /// Device number (设备唯一标识 MN).
    pub mn: Option<&'a [u8]>,
    /// Flag as it stands.
    pub flag: Option<&'a [u8]>,
    /// Number of packets (总包数 PNUM).
    pub pnum: Option<&'a [u8]>,
    /// Number of this packet, from 1 (包号 PNO).
    pub pno: Option<&'a [u8]>,
    /// Everything before CP.
    pub head: &'a [u8],
    /// What stands between the `&&`; none when there is no CP.
    pub cp: Option<&'a [u8]>,
    /// What is not as the standard says.
    pub deviations: Deviations,
}

impl<'a> Frame<'a> {
    pub(super) fn read(raw: &'a [u8], data: &'a [u8], length: u16, crc: u16, deviations: Deviations) -> Self {
        let mut frame = Self {
            raw,
            length,
            crc,
            qn: None,
            st: None,
            cn: None,
            pw: None,
            mn: None,
            flag: None,
            pnum: None,
            pno: None,
            head: data,
            cp: None,
            deviations,
        };
        frame.deviations.add_if(data.len() > 1024, Deviation::Size);
        frame.deviations.add_if(!data.is_ascii() && std::str::from_utf8(data).is_err(), Deviation::Encoding);
        let (head, cp) = divide(data, &mut frame.deviations);
        (frame.head, frame.cp) = (head, cp);
        for Pair { name, value } in fields(head) {
            match name {
                b"QN" => frame.qn = Some(value),
                b"ST" => frame.st = Some(value),
                b"CN" => frame.cn = Some(value),
                b"PW" => frame.pw = Some(value),
                b"MN" => frame.mn = Some(value),
                b"Flag" => frame.flag = Some(value),
                b"PNUM" => frame.pnum = Some(value),
                b"PNO" => frame.pno = Some(value),
                _ => frame.deviations.add(Deviation::UnknownField),
            }
        }
        frame.judge_head();
        frame.judge_cp();
        frame
    }

    fn judge_head(&mut self) {
        let digits = |field: Option<&[u8]>, len: usize| {
            field.is_some_and(|field| field.len() == len && field.iter().all(u8::is_ascii_digit))
        };
        let edition = self.edition();
        let seen = &mut self.deviations;
        if self.qn.is_some() {
            seen.add_if(!digits(self.qn, 17), Deviation::QnForm);
        } else {
            // uploads of 2005 need none
            seen.add_if(edition != Edition::Y2005, Deviation::NoQn);
        }
        seen.add_if(!digits(self.st, 2), Deviation::StForm);
        seen.add_if(!digits(self.cn, 4), Deviation::CnForm);
        seen.add_if(!self.pw.is_some_and(|pw| (1..=9).contains(&pw.len())), Deviation::PwForm);
        match self.mn {
            None | Some(b"" | b"null") => seen.add(Deviation::NoMn),
            Some(mn) => {
                let of_2017 = mn.len() == 24 && mn.iter().all(|c| matches!(c, b'0'..=b'9' | b'A'..=b'F'));
                let of_2005 = mn.len() == 14 && mn.iter().all(u8::is_ascii_alphanumeric);
                seen.add_if(!of_2017 && !of_2005, Deviation::MnForm);
            }
        }
        seen.add_if(edition == Edition::Later, Deviation::Version);
        seen.add_if(self.flag.is_some() && number(self.flag).is_none_or(|flag| flag > 255), Deviation::FlagForm);
        let split = self.says_split();
        let lost = split && self.packet().is_none();
        self.deviations.add_if(lost, Deviation::NoPacketNumber);
    }

    fn judge_cp(&mut self) {
        let Some(cp) = self.cp.filter(|cp| !cp.is_empty()) else { return };
        let seen = &mut self.deviations;
        for item in cp.split(|byte| *byte == b';') {
            for bytes in item.split(|byte| *byte == b',') {
                let Some(pair) = Pair::read(bytes) else {
                    seen.add(if bytes.is_empty() { Deviation::TailSeparator } else { Deviation::ItemForm });
                    continue;
                };
                seen.add_if(pair.name.trim_ascii().len() != pair.name.len(), Deviation::Space);
                seen.add_if(pair.has_doubled_suffix(), Deviation::DoubledSuffix);
                match pair.name.trim_ascii() {
                    b"DataTime" => seen.add_if(pair.value.len() != 14, Deviation::TimeDigits),
                    b"PNUM" | b"PNO" => seen.add(Deviation::PacketNumberInCp),
                    _ => {}
                }
            }
        }
    }

    /// The flag as a number, where it is one.
    #[must_use]
    pub fn flag_bits(&self) -> Option<u8> {
        number(self.flag).and_then(|flag| u8::try_from(flag).ok())
    }

    /// Bit 0 (A): the sender wants an answer.
    #[must_use]
    pub fn wants_answer(&self) -> bool {
        self.flag_bits().is_some_and(|flag| flag & 1 != 0)
    }

    /// Bit 1 (D): the frame has packet numbers.
    #[must_use]
    pub fn says_split(&self) -> bool {
        self.flag_bits().is_some_and(|flag| flag & 2 != 0)
    }

    /// The edition by its flag.
    #[must_use]
    pub fn edition(&self) -> Edition {
        match self.flag_bits().map(|flag| flag >> 2) {
            None | Some(0) => Edition::Y2005,
            Some(1) => Edition::Y2017,
            Some(_) => Edition::Later,
        }
    }

    /// Number of this packet and how many there are, where both are believable.
    #[must_use]
    pub fn packet(&self) -> Option<(u32, u32)> {
        let (pno, pnum) = (number(self.pno)?, number(self.pnum)?);
        (1..=pnum).contains(&pno).then_some((pno, pnum))
    }

    /// The command number, where it is one.
    #[must_use]
    pub fn command(&self) -> Option<u16> {
        number(self.cn).and_then(|cn| u16::try_from(cn).ok())
    }

    /// The device number without spaces; none when it is missing or `null`, since devices without a number must never
    /// be taken for one another.
    #[must_use]
    pub fn device_number(&self) -> Option<&'a [u8]> {
        self.mn.map(<[u8]>::trim_ascii).filter(|mn| !mn.is_empty() && *mn != b"null")
    }

    /// Fields before CP that the standard does not know.
    pub fn extras(&self) -> impl Iterator<Item = Pair<'a>> {
        fields(self.head)
            .filter(|pair| !matches!(pair.name, b"QN" | b"ST" | b"CN" | b"PW" | b"MN" | b"Flag" | b"PNUM" | b"PNO"))
    }

    /// What stands in CP.
    pub fn items(&self) -> impl Iterator<Item = Item<'a>> {
        Item::all(self.cp.unwrap_or_default())
    }

    /// The first value of this name in CP.
    #[must_use]
    pub fn value(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.items().flat_map(Item::pairs).find(|pair| pair.name.trim_ascii() == name).map(|pair| pair.value)
    }
}

/// The request number of an answer: editions before 2017 put it into CP.
impl<'a> Frame<'a> {
    /// The request number, wherever it stands.
    #[must_use]
    pub fn request_number(&self) -> Option<&'a [u8]> {
        self.qn.or_else(|| self.value(b"QN"))
    }
}

fn fields(head: &[u8]) -> impl Iterator<Item = Pair<'_>> {
    head.split(|byte| *byte == b';')
        .filter_map(Pair::read)
        .map(|pair| Pair { name: pair.name.trim_ascii(), value: pair.value })
}

fn number(digits: Option<&[u8]>) -> Option<u32> {
    let digits = digits?.trim_ascii();
    if !(1..=6).contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')))
}

/// What stands before CP, and what stands in it.
fn divide<'a>(data: &'a [u8], seen: &mut Deviations) -> (&'a [u8], Option<&'a [u8]>) {
    let mut at = 0;
    loop {
        let rest = &data[at..];
        if rest.trim_ascii_start().starts_with(b"CP=") {
            let space = rest.len() - rest.trim_ascii_start().len();
            seen.add_if(space > 0, Deviation::Space);
            return (&data[..at], Some(inside(&rest[space + 3..], seen)));
        }
        let Some(next) = rest.iter().position(|byte| *byte == b';') else { break };
        at += next + 1;
    }
    seen.add(Deviation::NoCp);
    (data.strip_suffix(b"&&").unwrap_or(data), None)
}

fn inside<'a>(bytes: &'a [u8], seen: &mut Deviations) -> &'a [u8] {
    let Some(inside) = bytes.strip_prefix(b"&&") else {
        seen.add(Deviation::CpMarks);
        return bytes.strip_suffix(b"&&").unwrap_or(bytes);
    };
    if let Some(inside) = inside.strip_suffix(b"&&") {
        return inside;
    }
    seen.add(Deviation::CpMarks);
    inside.windows(2).position(|two| two == b"&&").map_or(inside, |end| &inside[..end])
}
