//! The second factor: one-time codes by RFC 6238 (SHA-1, six digits, thirty seconds), as every authenticator knows them.
//! Random bytes are handed in; that a step is used once is enforced where it is kept (`last_step`, compared and set in
//! one statement).

use std::fmt;

use chengshu_core::model::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha1::Sha1;

const STEP_MS: i64 = 30_000;
const CODES: u32 = 1_000_000;

/// The shared secret (动态口令密钥) of one person: twenty bytes. Kept encrypted, shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 20]);

/// Why a code is not good. For the audit; people are told the same in all cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Wrong {
    /// Not six digits.
    #[error("no code of six digits")]
    Form,
    /// Not the code of now, nor of the step before or after.
    #[error("not the code of this time")]
    Code,
    /// It was used already, or one after it was.
    #[error("a code that was used")]
    Used,
}

impl Secret {
    /// A secret of twenty bytes from a cryptographic source, or from the store.
    #[must_use]
    pub const fn new(random: [u8; 20]) -> Self {
        Self(random)
    }

    /// The bytes, for the store to encrypt.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// The secret as people type it: base32.
    #[must_use]
    pub fn base32(&self) -> String {
        const SIGNS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        // twenty bytes are 32 signs without a rest
        let groups = self.0.chunks(5).map(|five| five.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte)));
        let sign = |group: u64, n: u32| char::from(SIGNS[(group >> (35 - 5 * n)) as usize & 31]);
        groups.flat_map(|group| (0..8).map(move |n| sign(group, n))).collect()
    }

    /// What the picture code holds. `account` is shown in the authenticator.
    #[must_use]
    pub fn uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account, secret) = (encoded(issuer), encoded(account), self.base32());
        format!("otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits=6&period=30")
    }

    /// Checks what somebody typed. `last_step` is the step of the last good code; the new one is kept in its place.
    ///
    /// # Errors
    /// [`Wrong`] says why it is not good.
    pub fn check(&self, typed: &str, now: Timestamp, last_step: Option<i64>) -> Result<i64, Wrong> {
        let signs: String = typed.chars().filter(|sign| !sign.is_whitespace()).collect();
        if signs.len() != 6 || !signs.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(Wrong::Form);
        }
        let code: u32 = signs.parse().map_err(|_| Wrong::Form)?;
        let step = now.ms().div_euclid(STEP_MS);
        // all three are made, so that the time taken tells nothing
        let good = [step - 1, step, step + 1].map(|step| (step, self.number(step) % CODES == code));
        let newest = good.iter().filter(|(_, good)| *good).map(|(step, _)| *step).max().ok_or(Wrong::Code)?;
        if last_step.is_some_and(|last| newest <= last) { Err(Wrong::Used) } else { Ok(newest) }
    }

    /// The code of a moment: for tests and the demo.
    #[must_use]
    pub fn code(&self, at: Timestamp) -> String {
        format!("{:06}", self.number(at.ms().div_euclid(STEP_MS)) % CODES)
    }

    /// RFC 4226: 31 bits of the HMAC, from where its last sign points.
    fn number(&self, step: i64) -> u32 {
        // HMAC takes keys of any length; were it to refuse one, no code is six digits long
        let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(&self.0) else { return u32::MAX };
        mac.update(&step.to_be_bytes());
        let hash = mac.finalize().into_bytes();
        let from = usize::from(hash.last().copied().unwrap_or(0) & 15);
        let four = hash.iter().skip(from).take(4);
        four.fold(0_u32, |number, byte| number << 8 | u32::from(*byte)) & 0x7fff_ffff
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const RFC: Secret = Secret::new(*b"12345678901234567890");

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_ms(seconds * 1000)
    }

    #[test]
    fn the_vectors_of_rfc_6238_and_4226() {
        for (seconds, code) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
            (20_000_000_000, 65_353_130),
        ] {
            assert_eq!(RFC.number(seconds / 30) % 100_000_000, code, "{seconds}");
        }
        for (count, code) in ["755224", "287082", "359152", "969429", "338314"].into_iter().enumerate() {
            assert_eq!(RFC.code(at(30 * count as i64)), code);
        }
    }

    #[test]
    fn each_step_is_good_once_and_a_step_early_or_late() {
        let (now, step) = (at(59), 1);
        for (typed, now, last, expected) in [
            ("287082", now, None, Ok(step)),
            (" 287 082 ", now, Some(0), Ok(step)),
            ("287082", at(29), None, Ok(step)),
            ("287082", at(89), None, Ok(step)),
            ("287082", at(90), None, Err(Wrong::Code)),
            ("287082", now, Some(1), Err(Wrong::Used)),
            ("755224", now, Some(1), Err(Wrong::Used)), // the one before
            ("287083", now, None, Err(Wrong::Code)),
            ("28708", now, None, Err(Wrong::Form)),
            ("2870821", now, None, Err(Wrong::Form)),
            ("+28708", now, None, Err(Wrong::Form)),
            ("２８７０８２", now, None, Err(Wrong::Form)),
            ("", now, None, Err(Wrong::Form)),
        ] {
            assert_eq!(RFC.check(typed, now, last), expected, "{typed} {now:?} {last:?}");
        }
    }

    #[test]
    fn is_told_to_the_authenticator_and_to_nobody_else() {
        assert_eq!(RFC.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert_eq!(
            RFC.uri("城枢", "wang@a"),
            "otpauth://totp/%E5%9F%8E%E6%9E%A2:wang%40a?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=%E5%9F%8E%E6%9E%A2&algorithm=SHA1&digits=6&period=30"
        );
        assert_eq!(format!("{RFC:?}"), "Secret(…)");
    }
}
