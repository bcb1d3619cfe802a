//! What is checked, in words, and what a check found. Judges nothing.

use std::fmt::Write as _;

use chengshu_core::model::{Label, Timestamp};

use super::label;

/// How grave a failure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weight {
    /// A device that fails it is not taken.
    Mandatory,
    /// Its maker should mend it.
    Advice,
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// As expected.
    Passed,
    /// Not as expected.
    Failed,
    /// There was no occasion: says nothing for the device.
    NotSeen,
}

/// Bytes that show what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sample {
    /// When they came.
    pub at: Timestamp,
    /// Themselves, in hexadecimal digits, cut when long.
    pub hex: String,
}

/// Bytes of a sample that are shown.
const SHOWN: usize = 512;

impl Sample {
    /// `raw` as it came at `at`.
    #[must_use]
    pub fn new(at: Timestamp, raw: &[u8]) -> Self {
        let mut hex = String::with_capacity(raw.len().min(SHOWN) * 2 + 16);
        for byte in raw.iter().take(SHOWN) {
            let _ = write!(hex, "{byte:02X}"); // a String takes everything
        }
        if raw.len() > SHOWN {
            let _ = write!(hex, "… ({} B)", raw.len());
        }
        Self { at, hex }
    }
}

/// A check and what it found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub check: Check,
    /// How grave; of a failure within limits less than the check's own.
    pub weight: Weight,
    /// What should have been.
    pub expected: Label,
    /// What was.
    pub seen: Vec<Label>,
    /// The bytes of it.
    pub samples: Vec<Sample>,
    /// What came out.
    pub verdict: Verdict,
}

macro_rules! checks {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $weight:ident, $zh:literal, $en:literal,)*) => {
        /// One thing that is checked (检测项).
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Check { $($(#[$doc])* $name,)* }

        impl Check {
            /// All of them, in the order of the report.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// Its stable name.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)* }
            }

            /// Its own weight.
            #[must_use]
            pub const fn weight(self) -> Weight {
                match self { $(Self::$name => Weight::$weight,)* }
            }

            /// Its name for people.
            #[must_use]
            pub fn name(self) -> Label {
                match self { $(Self::$name => label($zh, $en),)* }
            }
        }
    };
}

checks! {
    /// It connects and speaks.
    Connects = "connects", Mandatory, "连接并发送数据", "Connects and speaks",
    /// Its first frame can be read.
    FirstFrame = "first_frame", Mandatory, "首帧可解析", "First frame can be read",
    /// Nothing is refused, nothing has to be tolerated.
    Deviations = "deviations", Mandatory, "报文符合标准", "Frames are as the standard has them",
    /// Its clock is right.
    Clock = "clock", Mandatory, "时钟准确", "Clock is right",
    /// A confirmed report is not sent again.
    Confirmed = "confirmed", Mandatory, "收到确认后不再重发", "Confirmed reports are not repeated",
    /// A report without confirmation comes again.
    Resends = "resends", Mandatory, "不确认时重发", "Unconfirmed reports are sent again",
    /// After the late confirmation it goes on.
    GoesOn = "goes_on", Mandatory, "补确认后继续上报", "Goes on after the late confirmation",
    /// It answers questions.
    Answers = "answers", Mandatory, "应答查询命令", "Answers questions",
    /// It obeys the clock command.
    SetClock = "set_clock", Mandatory, "执行校时命令", "Obeys when its clock is set",
    /// It reports at its interval.
    Rhythm = "rhythm", Advice, "按间隔上报", "Reports at its interval",
    /// The line is never silent for longer than allowed.
    KeepAlive = "keep_alive", Advice, "保持在线", "Keeps the line alive",
    /// It is one device, and says which.
    Identity = "identity", Mandatory, "设备身份一致", "One device, always the same",
    /// Its values are possible.
    Values = "values", Mandatory, "数值合理", "Values are possible",
    /// Its readings come once and in order.
    Order = "order", Mandatory, "数据不重复、不乱序", "No duplicates, nothing out of order",
    /// It comes back after the connection was cut.
    ComesBack = "comes_back", Mandatory, "断线后重连", "Comes back after a cut",
    /// What was on its way when the connection was cut comes again.
    NothingLost = "nothing_lost", Mandatory, "断线时数据不丢失", "Nothing is lost by a cut",
    /// It raised an alarm.
    Alarm = "alarm", Advice, "报警上报", "Alarm",
    /// It sent a picture.
    Picture = "picture", Advice, "图片上传", "Picture",
}

impl Weight {
    /// For people.
    #[must_use]
    pub fn name(self) -> Label {
        match self {
            Self::Mandatory => label("必测", "mandatory"),
            Self::Advice => label("建议", "advice"),
        }
    }
}

impl Verdict {
    /// For people.
    #[must_use]
    pub fn name(self) -> Label {
        match self {
            Self::Passed => label("合格", "passed"),
            Self::Failed => label("不合格", "FAILED"),
            Self::NotSeen => label("未检测", "not seen"),
        }
    }
}
