//! What an adapter takes at all: how large a payload may be and how far a device's time may lie from the hub's. Every
//! decoder judges by the same two functions, so that the same message is refused for the same reason by whichever way
//! it came. Marks nothing and mends nothing.

use super::{Reason, TimeLimits, Timestamp};

/// What a decoder takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A payload larger than this is set aside, bytes.
    pub payload_max: usize,
    /// Device times outside of these are rejected.
    pub times: TimeLimits,
}

impl Default for Limits {
    fn default() -> Self {
        Self { payload_max: 256 * 1024, times: TimeLimits::default() }
    }
}

impl Limits {
    /// Whether a payload of `bytes` is taken.
    ///
    /// # Errors
    /// The reason and a text for whoever mends it.
    pub fn size(self, bytes: usize) -> Result<(), (Reason, String)> {
        if bytes <= self.payload_max {
            return Ok(());
        }
        Err((Reason::PayloadTooLarge, format!("payload has {bytes} bytes; expected at most {}", self.payload_max)))
    }

    /// `at` itself, if it may be believed of something that arrived at `received`. `name` is what the sender calls it.
    ///
    /// # Errors
    /// The reason and a text for whoever mends it.
    pub fn moment(self, name: &str, at: Timestamp, received: Timestamp) -> Result<Timestamp, (Reason, String)> {
        let Some(reason) = self.times.refuse(at, received) else { return Ok(at) };
        let hint = if (946_684_800..4_102_444_800).contains(&at.ms()) { " (seconds? send milliseconds)" } else { "" };
        Err((reason, format!("{name} reads as {}, too far from the hub's time{hint}", at.to_rfc3339())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_is_too_large_or_too_far_with_a_hint() {
        let limits = Limits { payload_max: 4, ..Limits::default() };
        let now = Timestamp::from_ms(1_795_336_920_000);
        assert!(limits.size(4).is_ok());
        assert_eq!(limits.size(5).unwrap_err().0, Reason::PayloadTooLarge);
        assert_eq!(limits.moment("ts", now, now), Ok(now));
        let (reason, detail) = limits.moment("ts", Timestamp::from_ms(1_795_336_920), now).unwrap_err();
        assert_eq!(reason, Reason::TimeTooOld);
        assert!(detail.starts_with("ts reads as 1970") && detail.contains("seconds?"), "{detail}");
    }
}
