//! Personal data that shows itself masked whatever is done with it: printed, logged, written as JSON. The clear text
//! comes out in one way only, with a proof that somebody declared a purpose and a reason. Masks by the conventions of
//! `datastd.md`; checks no formats beyond what masking needs.

use std::fmt;
use std::marker::PhantomData;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::purpose::Unmasking;
use crate::text::mask_text;

/// A kind of personal data, and how it is shown.
pub trait Masked {
    /// What may be shown to anybody.
    fn mask(text: &str) -> String;
}

/// Personal data of a kind (个人信息): always masked, except through [`Personal::reveal`].
pub struct Personal<T> {
    text: String,
    kind: PhantomData<fn() -> T>,
}

impl<T: Masked> Personal<T> {
    /// Takes the clear text.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), kind: PhantomData }
    }

    /// What may be shown to anybody.
    #[must_use]
    pub fn masked(&self) -> String {
        T::mask(&self.text)
    }

    /// The clear text, for whoever proves that they may see it.
    #[must_use]
    pub fn reveal(&self, _proof: &Unmasking) -> &str {
        &self.text
    }

    /// The clear text, for the one place that writes it into the database. Nothing else may call it.
    #[must_use]
    pub fn to_store(&self) -> &str {
        &self.text
    }
}

impl<T> Clone for Personal<T> {
    fn clone(&self) -> Self {
        Self { text: self.text.clone(), kind: PhantomData }
    }
}

impl<T> PartialEq for Personal<T> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<T> Eq for Personal<T> {}

impl<T: Masked> fmt::Debug for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl<T: Masked> fmt::Display for Personal<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.masked())
    }
}

impl<T: Masked> Serialize for Personal<T> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.masked())
    }
}

impl<'de, T: Masked> Deserialize<'de> for Personal<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        String::deserialize(from).map(Self::new)
    }
}

/// A telephone number (电话): 138****5678, 0662-****456; public service numbers are nobody's and stay.
#[derive(Debug, Clone, Copy)]
pub struct Phone;

/// A number of an identity document (身份证号): first six, eight stars, last four.
#[derive(Debug, Clone, Copy)]
pub struct IdNumber;

/// The name of a person (姓名): the first character.
#[derive(Debug, Clone, Copy)]
pub struct PersonName;

/// An address (住址): down to the street office.
#[derive(Debug, Clone, Copy)]
pub struct Address;

/// Whom to call, as people write it (联系人): names and numbers in one text; of each word its first character.
#[derive(Debug, Clone, Copy)]
pub struct Contact;

impl Masked for Contact {
    fn mask(text: &str) -> String {
        let (mut shown, mut word) = (String::new(), String::new());
        // numbers first: what is left of digits then is part of one that was masked already, or no telephone's
        for sign in mask_text(text.trim()).chars().chain([' ']) {
            if sign.is_alphabetic() {
                word.push(sign);
                continue;
            }
            shown.push_str(&PersonName::mask(&word));
            word.clear();
            shown.push(sign);
        }
        shown.pop();
        local(&shown)
    }
}

/// Seven digits and more that still stand together are a number without its area code.
fn local(text: &str) -> String {
    let (mut shown, mut run) = (String::new(), String::new());
    for sign in text.chars().chain([' ']) {
        if digit(sign).is_some() {
            run.push(sign);
            continue;
        }
        let number = std::mem::take(&mut run);
        shown.push_str(&if number.chars().count() < 7 { number } else { Phone::mask(&number) });
        shown.push(sign);
    }
    shown.pop();
    shown
}

impl Masked for Phone {
    fn mask(text: &str) -> String {
        let digits: Vec<char> = text.chars().filter_map(digit).collect();
        let is = |from: usize, expected: &[char]| digits.get(from).is_some_and(|digit| expected.contains(digit));
        // +86 and 0086 before a number that is complete without it
        let country = match digits.len() {
            13.. if is(0, &['8']) && is(1, &['6']) => 2,
            15.. if is(0, &['0']) && is(1, &['0']) && is(2, &['8']) && is(3, &['6']) => 4,
            _ => 0,
        };
        let (head, number) = digits.split_at(country);
        let head = if head.is_empty() { "" } else { "+86 " };
        let show = |digits: &[char]| digits.iter().collect::<String>();
        let (plus, mobile) = (is(country, &['1']), !is(country + 1, &['0', '1', '2']));
        match number.len() {
            11 if plus && mobile => format!("{head}{}****{}", show(&number[..3]), show(&number[7..])),
            10..=12 if is(country, &['0']) => {
                let area = if is(country + 1, &['1', '2']) { 3 } else { 4 };
                format!("{head}{}-****{}", show(&number[..area]), show(number.get(area + 4..).unwrap_or_default()))
            }
            3 | 5 if plus => show(number), // 110, 119, 12345
            10 if is(0, &['4', '8']) && is(1, &['0']) && is(2, &['0']) => show(number),
            7 | 8 => format!("****{}", show(&number[4..])),
            _ => stars(digits.len().max(text.chars().count().min(4))),
        }
    }
}

impl Masked for IdNumber {
    fn mask(text: &str) -> String {
        let signs: Vec<char> = text.chars().filter(|sign| !sign.is_whitespace() && *sign != '-').collect();
        let (head, tail) = match signs.len() {
            18 => (6, 4),
            8.. => (1, 1), // fifteen digits, passports: the rule for whatever has another form
            _ => (0, 0),
        };
        let show = |signs: &[char]| signs.iter().collect::<String>();
        let hidden = signs.len() - head - tail;
        format!("{}{}{}", show(&signs[..head]), stars(hidden), show(&signs[signs.len() - tail..]))
    }
}

impl Masked for PersonName {
    fn mask(text: &str) -> String {
        let mut signs = text.trim().chars();
        match (signs.next(), signs.count()) {
            (None, _) => String::new(),
            (Some(_), 0) => stars(1),
            (Some(first), rest) => format!("{first}{}", stars(rest.min(3))),
        }
    }
}

impl Masked for Address {
    fn mask(text: &str) -> String {
        let text = text.trim();
        if text.is_empty() {
            return String::new();
        }
        // whatever may already be a road, a house or a number is not looked at: a compound's name may end like a district
        const DETAIL: [&str; 16] =
            ["路", "巷", "弄", "号", "栋", "幢", "楼", "室", "小区", "社区", "园", "村", "里", "座", "大厦", "广场"];
        let end = DETAIL.iter().filter_map(|word| text.find(word)).chain(text.find(|sign| digit(sign).is_some())).min();
        let public = text.get(..end.unwrap_or(text.len())).unwrap_or_default();
        let after = |from: usize, word: &str| {
            public.get(from..).and_then(|rest| rest.find(word)).map(|at| from + at + word.len())
        };
        let city = after(0, "市").unwrap_or(0);
        let district = ["区", "县", "旗"].iter().filter_map(|word| after(city, word)).min().unwrap_or(city);
        let town = ["街道", "镇", "乡"].iter().filter_map(|word| after(district, word)).min().unwrap_or(district);
        format!("{}****", public.get(..town).unwrap_or_default())
    }
}

fn stars(count: usize) -> String {
    "*".repeat(count)
}

/// A digit in ASCII, also of one that is written full-width.
pub(crate) fn digit(sign: char) -> Option<char> {
    match sign {
        '0'..='9' => Some(sign),
        '０'..='９' => char::from_u32(u32::from(sign) - u32::from('０') + u32::from('0')),
        _ => None,
    }
}
