//! What a new password must be, and when an old one is too old. Hashes nothing: whether one was used before is asked
//! through closures, and only of a password that is good otherwise, since each answer costs a slow hash.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use serde::{Deserialize, Serialize};

/// Settings of passwords (口令策略).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordPolicy {
    /// Characters at least.
    pub min_length: u32,
    /// Characters at most: a bound for the work of the hash, not for people.
    pub max_length: u32,
    /// Kinds of characters at least, of lower case, upper case, digits, others.
    pub classes: u32,
    /// So many of the last passwords may not come again.
    pub history: u32,
    /// Days until it must be renewed; 0 = never.
    pub max_age_days: u32,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 12, max_length: 128, classes: 3, history: 5, max_age_days: 90 }
    }
}

/// What is wrong with a new password: a code with its numbers, put into words at the edge.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Fault {
    /// Fewer characters than `min` (口令太短).
    TooShort {
        /// Expected at least.
        min: u32,
    },
    /// More characters than `max` (口令太长).
    TooLong {
        /// Expected at most.
        max: u32,
    },
    /// Fewer kinds of characters than `needed` (字符种类不足).
    FewClasses {
        /// Expected at least.
        needed: u32,
        /// Found.
        got: u32,
    },
    /// Fewer than six different characters, or one run along the alphabet or the digits (过于规律).
    Regular,
    /// It holds the account's or the person's name (包含姓名或账号).
    HasName,
    /// One that is tried first everywhere, perhaps with some digits added (常见口令).
    Common,
    /// One of the last `history` (近期用过).
    UsedBefore {
        /// How many are remembered.
        history: u32,
    },
}

/// Words that common passwords are made of, in lower case, as keyboards and people of the house make them.
const COMMON: [&str; 44] = [
    "password",
    "passw",
    "passwd",
    "pass",
    "admin",
    "administrator",
    "root",
    "test",
    "guest",
    "user",
    "login",
    "welcome",
    "letmein",
    "iloveyou",
    "woaini",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbn",
    "zxcvbnm",
    "qazwsx",
    "qazwsxedc",
    "abc",
    "abcd",
    "abcdef",
    "aaa",
    "monkey",
    "dragon",
    "master",
    "secret",
    "default",
    "changeme",
    "huawei",
    "hikvision",
    "dahua",
    "chengshu",
    "jiangcheng",
    "yangjiang",
    "guangdong",
    "china",
    "zhongguo",
    "beijing",
    "mima",
];

/// Everything that is wrong with a new password; empty when it is good. `names` are the account's name and the person's;
/// `old` are the newest hashes first, each asked whether the new password is the same.
pub fn check_password<F: FnOnce(&str) -> bool>(
    policy: &PasswordPolicy,
    names: &[&str],
    new: &str,
    old: impl IntoIterator<Item = F>,
) -> Vec<Fault> {
    let length = u32::try_from(new.chars().count()).unwrap_or(u32::MAX);
    if length > policy.max_length {
        return vec![Fault::TooLong { max: policy.max_length }]; // nothing of it is looked at
    }
    let got = classes(new);
    let mut faults = Vec::new();
    let mut fault = |when: bool, fault: Fault| faults.extend(when.then_some(fault));
    fault(length < policy.min_length, Fault::TooShort { min: policy.min_length });
    fault(got < policy.classes.min(4), Fault::FewClasses { needed: policy.classes.min(4), got });
    fault(is_regular(new), Fault::Regular);
    fault(has_name(new, names), Fault::HasName);
    fault(is_common(new), Fault::Common);
    if faults.is_empty() && old.into_iter().take(policy.history as usize).any(|same| same(new)) {
        faults.push(Fault::UsedBefore { history: policy.history });
    }
    faults
}

impl PasswordPolicy {
    /// True when a password of that age must be renewed.
    #[must_use]
    pub fn is_expired(&self, set: Timestamp, now: Timestamp) -> bool {
        let age = Duration::from_secs(u64::from(self.max_age_days) * 24 * 3600);
        self.max_age_days > 0 && now >= set.after(age)
    }
}

fn classes(text: &str) -> u32 {
    let has = |class: fn(char) -> bool| u32::from(text.chars().any(class));
    has(|sign| sign.is_ascii_lowercase())
        + has(|sign| sign.is_ascii_uppercase())
        + has(|sign| sign.is_ascii_digit())
        + has(|sign| !sign.is_ascii_alphanumeric())
}

fn is_regular(text: &str) -> bool {
    let signs: Vec<u32> = text.to_lowercase().chars().map(u32::from).collect();
    let mut different = signs.clone();
    different.sort_unstable();
    different.dedup();
    let runs = signs.windows(2).filter(|pair| matches!(pair, [one, two] if one.abs_diff(*two) <= 1)).count();
    different.len() < 6 || runs + 3 >= signs.len()
}

fn has_name(text: &str, names: &[&str]) -> bool {
    let text = text.to_lowercase();
    // a name of one sign is in half of all passwords
    names.iter().map(|name| name.trim().to_lowercase()).any(|name| {
        let long = name.chars().count() >= if name.is_ascii() { 3 } else { 2 };
        long && (text.contains(&name) || text.contains(&name.chars().rev().collect::<String>()))
    })
}

/// What is left when digits and signs at both ends are taken away, and letters are put where signs stand for them.
fn is_common(text: &str) -> bool {
    let letter = |sign: char| match sign {
        '@' | '4' => 'a',
        '0' => 'o',
        '3' => 'e',
        '1' | '!' => 'i',
        '5' | '$' => 's',
        '7' => 't',
        other => other,
    };
    let lower = text.to_lowercase();
    let core = lower.trim_matches(|sign: char| !sign.is_alphabetic());
    // as it is, and as it would be with letters for signs: 1qaz2wsx is one way, p@ssw0rd the other
    let only = |text: &str| text.chars().filter(|sign| sign.is_alphabetic()).collect::<String>();
    let read = only(&core.chars().map(letter).collect::<String>());
    [only(core), read].iter().any(|word| word.is_empty() || COMMON.iter().any(|common| is_made_of(word, common)))
}

/// The word once, or again and again.
fn is_made_of(text: &str, word: &str) -> bool {
    text.len().is_multiple_of(word.len()) && text.as_bytes().chunks(word.len()).all(|part| part == word.as_bytes())
}
