//! Identifiers, one newtype per kind of thing. They are cheap to clone and checked once, at the edge: an identifier
//! that exists is well formed.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

/// A name that cannot be an identifier, with what would be right.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} is {read:?}; expected {expected}")]
pub struct BadName {
    /// Which identifier was meant.
    pub what: &'static str,
    /// What was read (cut at 80 characters).
    pub read: String,
    /// What would be right.
    pub expected: &'static str,
}

fn device_char(c: u8) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_' | b'.' | b':')
}

fn word_char(c: u8) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'.' | b':' | b'-')
}

fn metric_char(c: u8) -> bool {
    c.is_ascii_alphanumeric() || c == b'_'
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $chars:path, $expected:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks the characters and the length.
            ///
            /// # Errors
            /// [`BadName`] says what was read and what would be right.
            pub fn parse(text: &str) -> Result<Self, BadName> {
                if text.is_empty() || text.len() > $max || !text.bytes().all($chars) {
                    return Err(BadName { what: $what, read: text.chars().take(80).collect(), expected: $expected });
                }
                Ok(Self(text.into()))
            }

            /// The text of the identifier.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::borrow::Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

id!(
    /// A device (设备) or station (测站): unique in the whole hub, whatever its theme.
    DeviceId, "device id", 64, device_char, "1 to 64 of A-Z a-z 0-9 - _ . :"
);
id!(
    /// A quantity that a device measures (指标), e.g. `level`.
    MetricId, "metric", 64, metric_char, "1 to 64 of A-Z a-z 0-9 _"
);
id!(
    /// One of the themes (专题), e.g. `water`.
    ThemeId, "theme", 32, word_char, "1 to 32 of a-z 0-9 _ - . :"
);
id!(
    /// A kind of device (物模型), e.g. `river_level`.
    KindId, "kind", 64, word_char, "1 to 64 of a-z 0-9 _ - . :"
);
id!(
    /// An alarm rule (研判规则), e.g. `water.river_warning`.
    RuleId, "rule", 96, word_char, "1 to 96 of a-z 0-9 _ - . :"
);
id!(
    /// A key figure of a theme (指标体征), e.g. `river_max`.
    KpiId, "kpi", 64, word_char, "1 to 64 of a-z 0-9 _ - . :"
);
id!(
    /// A link to the outside: one configured adapter (接入链路), e.g. `mqtt:main`.
    LinkId, "link", 64, word_char, "1 to 64 of a-z 0-9 _ - . :"
);

impl LinkId {
    /// The hub's own spool, for what was kept there and can no longer be told whose it is.
    #[must_use]
    pub fn spool() -> Self {
        Self("spool".into())
    }

    /// The register itself, for devices that people entered and nobody has heard yet.
    #[must_use]
    pub fn register() -> Self {
        Self("register".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked_once_at_the_edge() {
        assert_eq!(DeviceId::parse("W-RL-001").unwrap().as_str(), "W-RL-001");
        for bad in ["", "a b", "a/b", "水", "a\0", "+", "#", &"x".repeat(65)] {
            let error = DeviceId::parse(bad).unwrap_err();
            assert_eq!(error.what, "device id");
            assert!(error.to_string().contains("expected 1 to 64"), "{error}");
        }
        assert!(MetricId::parse("PM2.5").is_err());
        assert!(ThemeId::parse("Water").is_err());
    }
}
