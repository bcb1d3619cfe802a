//! Scripted days (演练脚本): what a drill lets happen, and when. A script changes the weather or lights one fire; what the
//! stations make of it is their own business, and no value is written by hand.

use std::fmt;
use std::str::FromStr;

/// What happens in the simulated district, besides an ordinary day. Times are the world's: `speed` hurries them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Script {
    /// 暴雨: heavy rain and a gale over the whole district for six hours.
    Storm,
    /// 火灾: a building burns for an hour, and its neighbours smell it.
    Fire,
    /// 扬尘: a dry and windy day on which everything is dusty.
    Dust,
}

/// A word that is no script.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the script is {0:?}; expected storm, fire or dust")]
pub struct UnknownScript(String);

impl FromStr for Script {
    type Err = UnknownScript;

    fn from_str(word: &str) -> Result<Self, Self::Err> {
        [Self::Storm, Self::Fire, Self::Dust]
            .into_iter()
            .find(|script| script.word() == word)
            .ok_or_else(|| UnknownScript(word.chars().take(80).collect()))
    }
}

impl fmt::Display for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl Script {
    const fn word(self) -> &'static str {
        match self {
            Self::Storm => "storm",
            Self::Fire => "fire",
            Self::Dust => "dust",
        }
    }

    /// How strong it is `t` seconds after the first value was asked for, 0 to 1: it rises, stays and fades. All of them
    /// begin within two minutes, so that whoever watches need not wait.
    pub(crate) fn strength(self, t: f64) -> f64 {
        let (begin, full, ebb, end) = match self {
            Self::Storm => (60.0, 1500.0, 10_800.0, 21_600.0),
            Self::Fire => (120.0, 420.0, 2700.0, 4200.0),
            Self::Dust => (60.0, 1800.0, 14_400.0, 21_600.0),
        };
        ((t - begin) / (full - begin)).min((end - t) / (end - ebb)).clamp(0.0, 1.0)
    }
}
