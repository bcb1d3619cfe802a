//! Signatures of what services send (防重放签名): whose it is, when it was made, for which address, and that nothing was changed
//! on the way. That a signature is used once is enforced where its nonces are kept.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chengshu_core::model::Timestamp;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// How begins the text of a key: so that whoever finds one knows what it is.
const PREFIX: &str = "cg_";
/// A signature is good for so long before and after its time, ms.
pub const SIGNATURE_WINDOW_MS: i64 = 300_000;
/// Signs of a nonce at least and at most.
const NONCE: std::ops::RangeInclusive<usize> = 8..=64;

/// The shared secret (签名密钥) of one service. Kept encrypted, shown once; its text comes out by name only.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey(String);

/// A signature as it was sent: `t=SECONDS,n=NONCE,v1=HEX`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signature {
    /// When it was made, seconds since 1970.
    seconds: i64,
    nonce: String,
    mac: Vec<u8>,
}

/// A signature that is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadSignature {
    /// It has not the form.
    #[error("expected t=SECONDS,n=NONCE,v1=HEX with a nonce of 8 to 64 of A-Z a-z 0-9 - _ and 64 hexadecimal digits")]
    Form,
    /// Another key, or something was changed.
    #[error("it does not fit what was sent")]
    Wrong,
    /// Too old, or from the future.
    #[error("its time is more than 300 s away from the hub's")]
    Time,
}

impl SigningKey {
    /// A key of 32 bytes from a cryptographic source.
    #[must_use]
    pub fn new(random: [u8; 32]) -> Self {
        Self(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random)))
    }

    /// One that was kept; none when it is no such text.
    #[must_use]
    pub fn read(kept: Vec<u8>) -> Option<Self> {
        String::from_utf8(kept).ok().filter(|text| text.starts_with(PREFIX)).map(Self)
    }

    /// The text: it is the key of the HMAC as it stands.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// HMAC-SHA256 over time, nonce and path, each with a line end behind it, and the body. No address has a line end in it,
    /// so no part runs into the next.
    fn mac(&self, seconds: i64, nonce: &str, path: &str, body: &[u8]) -> Option<Hmac<Sha256>> {
        if path.contains('\n') {
            return None;
        }
        let mut mac = Hmac::<Sha256>::new_from_slice(self.0.as_bytes()).ok()?;
        mac.update(format!("{seconds}\n{nonce}\n{path}\n").as_bytes());
        mac.update(body);
        Some(mac)
    }

    /// Signs as a device does: for tests.
    #[must_use]
    pub fn sign(&self, seconds: i64, nonce: &str, path: &str, body: &[u8]) -> String {
        let mac = self.mac(seconds, nonce, path, body).map(|mac| mac.finalize().into_bytes());
        let hex: String = mac.into_iter().flatten().map(|byte| format!("{byte:02x}")).collect();
        format!("t={seconds},n={nonce},v1={hex}")
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

impl Signature {
    /// Reads a header.
    ///
    /// # Errors
    /// [`BadSignature::Form`].
    pub fn read(text: &str) -> Result<Self, BadSignature> {
        let mut parts = text.split(',').map(str::trim);
        let mut part = |name: &str| parts.next().and_then(|part| part.strip_prefix(name)).ok_or(BadSignature::Form);
        let (seconds, nonce, mac) = (part("t=")?, part("n=")?, part("v1=")?);
        let seconds =
            seconds.parse().ok().filter(|seconds| (0..=1 << 40).contains(seconds)).ok_or(BadSignature::Form)?;
        let sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
        let formed = NONCE.contains(&nonce.len()) && nonce.bytes().all(sign) && parts.next().is_none();
        let mac = unhex(mac).filter(|_| formed).ok_or(BadSignature::Form)?;
        Ok(Self { seconds, nonce: nonce.to_owned(), mac })
    }

    /// Checks it against what was sent to `path` (as it stands in the request, without a query).
    ///
    /// # Errors
    /// [`BadSignature`]; whoever has not the key learns nothing of times.
    pub fn check(&self, key: &SigningKey, path: &str, body: &[u8], now: Timestamp) -> Result<(), BadSignature> {
        let mac = key.mac(self.seconds, &self.nonce, path, body).ok_or(BadSignature::Wrong)?;
        mac.verify_slice(&self.mac).map_err(|_| BadSignature::Wrong)?;
        let away = (now.ms() - self.seconds * 1000).abs();
        if away <= SIGNATURE_WINDOW_MS { Ok(()) } else { Err(BadSignature::Time) }
    }

    /// Its nonce.
    #[must_use]
    pub fn nonce(&self) -> &str {
        &self.nonce
    }

    /// Until then it is good, and its nonce must not come again.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        Timestamp::from_ms(self.seconds * 1000 + SIGNATURE_WINDOW_MS)
    }
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let byte = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    if text.len() == 64 { text.as_bytes().chunks_exact(2).map(byte).collect() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_ms(1_795_336_920_000);
    const SECONDS: i64 = NOW.ms() / 1000;
    const PATH: &str = "/api/v1/ingest";
    const BODY: &[u8] = br#"{"theme":"water","device":"W-1","values":{"level":3.2}}"#;

    fn key() -> SigningKey {
        SigningKey::new([9; 32])
    }

    fn check(header: &str, path: &str, body: &[u8], now: Timestamp) -> Result<(), BadSignature> {
        Signature::read(header)?.check(&key(), path, body, now)
    }

    #[test]
    fn is_what_openssl_makes() {
        // t=1795336920; n=6f1d2c3b; path=/api/v1/ingest
        // { printf '%s\n%s\n%s\n' "$t" "$n" "$path"; cat body; } | openssl dgst -sha256 -hmac "$KEY" -r
        let header = key().sign(SECONDS, "6f1d2c3b", PATH, BODY);
        assert_eq!(key().expose(), "cg_CQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJCQk");
        assert_eq!(header, include_str!("../vectors/signature.txt").trim());
        assert_eq!(check(&header, PATH, BODY, NOW), Ok(()));
        assert_eq!(SigningKey::read(key().expose().as_bytes().to_vec()), Some(key()));
        assert_eq!(SigningKey::read(b"ck_x".to_vec()), None);
        assert_eq!(format!("{:?}", key()), "SigningKey(…)");
    }

    #[test]
    fn whatever_is_changed_is_seen() {
        let header = key().sign(SECONDS, "6f1d2c3b", PATH, BODY);
        for changed in [
            header.replace("6f1d2c3b", "6f1d2c3c"),
            header.replace(&SECONDS.to_string(), &(SECONDS + 1).to_string()),
            SigningKey::new([8; 32]).sign(SECONDS, "6f1d2c3b", PATH, BODY),
        ] {
            assert_eq!(check(&changed, PATH, BODY, NOW), Err(BadSignature::Wrong), "{changed}");
        }
        for at in 0..BODY.len() {
            let mut body = BODY.to_vec();
            body[at] ^= 1;
            assert_eq!(check(&header, PATH, &body, NOW), Err(BadSignature::Wrong), "{at}");
        }
        assert_eq!(check(&header, "/api/v1/ingest/water/W-2/telemetry", BODY, NOW), Err(BadSignature::Wrong));
        // no part runs into the next
        let moved = key().sign(SECONDS, "6f1d2c3b", "/push/a", b"b\nc");
        for (path, body) in [("/push/a\nb", &b"c"[..]), ("/push/", b"a\nb\nc"), ("/push/ab", b"\nc")] {
            assert_eq!(check(&moved, path, body, NOW), Err(BadSignature::Wrong), "{path}");
        }
    }

    #[test]
    fn is_good_for_five_minutes_before_and_after() {
        let header = key().sign(SECONDS, "6f1d2c3b", PATH, BODY);
        for (away, expected) in [
            (-300_000, Ok(())),
            (300_000, Ok(())),
            (300_001, Err(BadSignature::Time)),
            (-300_001, Err(BadSignature::Time)),
        ] {
            let now = Timestamp::from_ms(NOW.ms() + away);
            assert_eq!(check(&header, PATH, BODY, now), expected, "{away}");
        }
        assert_eq!(Signature::read(&header).unwrap().until().ms(), NOW.ms() + 300_000);
    }

    #[test]
    fn what_has_not_the_form_is_not_read() {
        let good = key().sign(SECONDS, "6f1d2c3b", PATH, BODY);
        assert!(Signature::read(&good.replace(',', ", ")).is_ok());
        for bad in [
            "",
            "t=1,v1=00",
            &good.replace("n=6f1d2c3b", "n=short"),
            &good.replace("n=6f1d2c3b", &format!("n={}", "x".repeat(65))),
            &good.replace("n=6f1d2c3b", "n=a b c d e"),
            &good.replace("t=", "t=-"),
            &good.replace("v1=", "v2="),
            &good[..good.len() - 1],
            &format!("{good},x=1"),
            &good.replace("v1=", "v1=g"),
        ] {
            assert_eq!(Signature::read(bad), Err(BadSignature::Form), "{bad}");
        }
    }
}
