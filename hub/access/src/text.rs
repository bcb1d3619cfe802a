//! Finds telephone numbers and identity numbers in free text and masks them. Names and addresses in free text it cannot
//! find: what may hold those is not free text but `Personal`. Of two readings it takes the one that hides more.

use crate::mask::{IdNumber, Masked, Phone, digit};

/// Digits without anything between them.
struct Group {
    /// Where it stands in the text, in bytes.
    start: usize,
    end: usize,
    digits: String,
    /// Where it ends together with an X, when one follows: the check digit of an identity number, or a letter.
    check: Option<usize>,
    /// What parts it from the group before.
    gap: Gap,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Gap {
    /// One or two signs that people put between digits.
    Parting,
    /// A dot, which is found in many numbers that are no telephone's.
    Dot,
    /// Anything else.
    Other,
}

/// The text with telephone numbers (mobile, landline with area code) and 18-digit identity numbers masked, however they
/// are grouped, in ASCII or full-width digits. Numbers inside longer numbers stay: those are times and device ids.
#[must_use]
pub fn mask_text(text: &str) -> String {
    let groups = groups(text);
    let (mut masked, mut copied, mut at) = (String::with_capacity(text.len()), 0, 0);
    while let Some(first) = groups.get(at) {
        let Some((count, end, cover)) = longest(&groups, at) else {
            at += 1;
            continue;
        };
        let mut before = text.get(copied..first.start).unwrap_or_default();
        if cover.starts_with('+') {
            before = before.strip_suffix(['+', '＋']).unwrap_or(before);
        }
        if text.get(first.start..end).is_some_and(|number| number.contains([')', '）'])) {
            before = before.strip_suffix(['(', '（']).unwrap_or(before);
        }
        masked.push_str(before);
        masked.push_str(&cover);
        copied = end;
        at += count;
    }
    masked.push_str(text.get(copied..).unwrap_or_default());
    masked
}

fn groups(text: &str) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (start, sign) in text.char_indices() {
        let end = start + sign.len_utf8();
        let last = groups.last_mut();
        match (digit(sign), last) {
            (Some(digit), Some(group)) if group.end == start => {
                group.digits.push(digit);
                group.end = end;
            }
            (Some(digit), last) => {
                let gap = last.map_or(Gap::Other, |group| gap(text.get(group.end..start).unwrap_or_default()));
                groups.push(Group { start, end, digits: digit.into(), check: None, gap });
            }
            (None, Some(group)) if group.end == start && matches!(sign, 'x' | 'X' | 'ｘ' | 'Ｘ') => {
                group.check = Some(end)
            }
            _ => {}
        }
    }
    groups
}

fn gap(between: &str) -> Gap {
    let parting = |sign| " -－—–·)）(（\u{a0}\u{3000}\t".contains(sign);
    match between {
        "." => Gap::Dot,
        _ if between.chars().count() <= 2 && between.chars().all(parting) => Gap::Parting,
        _ => Gap::Other,
    }
}

/// The longest run of groups from `at` that is one number: how many groups, where it ends, what is shown instead.
fn longest(groups: &[Group], at: usize) -> Option<(usize, usize, String)> {
    let (mut digits, mut lengths, mut dots) = (String::new(), Vec::new(), false);
    let mut found = None;
    for group in groups.iter().skip(at).take(7) {
        if !lengths.is_empty() {
            match group.gap {
                Gap::Parting => {}
                Gap::Dot => dots = true,
                Gap::Other => break,
            }
        }
        digits.push_str(&group.digits);
        lengths.push(group.digits.len());
        if digits.len() > 18 {
            break;
        }
        let with_check = format!("{digits}X");
        if let Some(end) = group.check.filter(|_| !dots && is_identity(&with_check)) {
            found = Some((lengths.len(), end, IdNumber::mask(&with_check)));
        } else if !dots && is_identity(&digits) {
            found = Some((lengths.len(), group.end, IdNumber::mask(&digits)));
        } else if is_phone(&digits, &lengths, dots) {
            found = Some((lengths.len(), group.end, Phone::mask(&digits)));
        }
    }
    found
}

fn is_phone(digits: &str, lengths: &[usize], dots: bool) -> bool {
    if dots {
        // 138.1234.5678 is a telephone; 135.12345678 is a longitude and 192.168.10.200 an address
        return is_mobile(digits) && lengths == [3, 4, 4];
    }
    match (digits.as_bytes(), lengths) {
        // in one, or area code and number apart, the number perhaps in two
        ([b'0', b'1'..=b'9', ..], [11 | 12] | [3 | 4, 7 | 8] | [3 | 4, 3 | 4, 4]) => true,
        _ => ["0086", "86", ""].iter().any(|country| {
            let number = digits.strip_prefix(country).unwrap_or_default();
            is_mobile(number) && grouped_as_people_do(lengths, country.len())
        }),
    }
}

/// True when what is left of the groups after the country code is at most three, none of them very short.
fn grouped_as_people_do(lengths: &[usize], country: usize) -> bool {
    let Some((first, rest)) = lengths.split_first() else { return false };
    let first = if *first == country { None } else { Some(first.saturating_sub(country)) };
    let left = first.iter().chain(rest);
    left.clone().count() <= 3 && left.clone().all(|length| *length >= 3)
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == 11 && matches!(digits.as_bytes(), [b'1', b'3'..=b'9', ..])
}

/// True for an identity number of 18 signs whose date and check digit are right (GB 11643).
#[must_use]
pub fn is_identity(text: &str) -> bool {
    const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const CHECK: &[u8; 11] = b"10X98765432";
    let Some((last, body)) = text.as_bytes().split_last().filter(|(_, body)| body.len() == 17) else { return false };
    if !body.iter().all(u8::is_ascii_digit) {
        return false;
    }
    let sum: u32 = body.iter().zip(WEIGHTS).map(|(sign, weight)| u32::from(sign - b'0') * weight).sum();
    let number = |from: usize, to: usize| text.get(from..to).and_then(|part| part.parse::<u32>().ok()).unwrap_or(0);
    let (year, month, day) = (number(6, 10), number(10, 12), number(12, 14));
    let dated = (1800..2200).contains(&year) && (1..=12).contains(&month) && (1..=31).contains(&day);
    dated && CHECK.get((sum % 11) as usize) == Some(&last.to_ascii_uppercase())
}
