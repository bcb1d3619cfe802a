//! Fields to bytes, as the standard writes them: upper-case check sum, right length, at most 950 bytes of CP in a frame.
//! Looks at no value.

use std::fmt::Write as _;

use bytes::Bytes;

use super::crc;

/// Most bytes of CP in one frame (HJ 212-2017, clause 6).
pub const CP_MAX: usize = 950;

/// Most bytes of a data segment.
pub(crate) const DATA_MAX: usize = 1024;

/// What stands before CP.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Head<'a> {
    /// Request number; left out when none.
    pub qn: Option<&'a str>,
    /// System type.
    pub st: &'a str,
    /// Command number.
    pub cn: &'a str,
    /// Password; left out when none.
    pub pw: Option<&'a str>,
    /// Device number; left out when none.
    pub mn: Option<&'a str>,
    /// Flag; left out when none.
    pub flag: Option<u8>,
    /// Number of packets and number of this one.
    pub packet: Option<(u32, u32)>,
}

/// A frame with this CP.
#[must_use]
pub fn build(head: &Head<'_>, cp: &str) -> Bytes {
    close(&format!("{}CP=&&{cp}&&", write(head)))
}

/// As many frames as these items need (分包): one without packet numbers where they fit.
#[must_use]
pub fn packets(head: &Head<'_>, items: &[String]) -> Vec<Bytes> {
    // packet numbers of up to four digits, and CP's own marks
    let around = write(head).len() + "PNUM=9999;PNO=9999;CP=&&&&".len();
    let room = CP_MAX.min(DATA_MAX.saturating_sub(around));
    let mut groups = vec![String::new()];
    for item in items {
        if let Some(group) = groups.last_mut().filter(|group| group.is_empty() || group.len() + item.len() < room) {
            if !group.is_empty() {
                group.push(';');
            }
            group.push_str(item);
        } else {
            groups.push(item.clone());
        }
    }
    if let [one] = groups.as_slice() {
        return vec![build(head, one)];
    }
    let count = u32::try_from(groups.len()).unwrap_or(u32::MAX);
    let flag = head.flag.map(|flag| flag | 2);
    let packet = |no| Head { flag, packet: Some((count, no)), ..head.clone() };
    (1..).zip(&groups).map(|(no, cp)| build(&packet(no), cp)).collect()
}

/// The fields before CP, each with its `;`.
pub(crate) fn write(head: &Head<'_>) -> String {
    let mut text = String::with_capacity(128);
    let texts = [("QN", head.qn), ("ST", Some(head.st)), ("CN", Some(head.cn)), ("PW", head.pw), ("MN", head.mn)];
    for (name, value) in texts {
        if let Some(value) = value {
            let _ = write!(text, "{name}={value};"); // to a String: cannot fail
        }
    }
    if let Some(flag) = head.flag {
        let _ = write!(text, "Flag={flag};");
    }
    if let Some((pnum, pno)) = head.packet {
        let _ = write!(text, "PNUM={pnum};PNO={pno};");
    }
    text
}

/// A data segment with its head and check sum.
pub(crate) fn close(data: &str) -> Bytes {
    format!("##{:04}{data}{:04X}\r\n", data.len(), crc(data.as_bytes())).into()
}
