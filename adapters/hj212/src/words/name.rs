//! Names in CP to metrics: the code says what, the suffix and the command say over which period.

use chengshu_core::model::{BadName, MetricId};

use super::codes::{self, Code};
use crate::codec::Pair;

/// Over which period a command's values are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Period {
    /// 2011, and whatever is not one of the others.
    Real,
    /// 2051.
    Minute,
    /// 2061.
    Hour,
    /// 2031.
    Day,
}

impl Period {
    pub(crate) const COUNT: usize = 4;

    pub(crate) const fn of(cn: Option<u16>) -> Self {
        match cn {
            Some(2051) => Self::Minute,
            Some(2061) => Self::Hour,
            Some(2031) => Self::Day,
            _ => Self::Real,
        }
    }

    const fn word(self) -> &'static str {
        match self {
            Self::Real => "",
            Self::Minute => "_minute",
            Self::Hour => "_hour",
            Self::Day => "_day",
        }
    }
}

/// What a name stands for.
#[derive(Debug, Clone)]
pub(crate) enum Name {
    /// A value.
    Value { metric: MetricId, code: Option<&'static Code> },
    /// The state of a facility (治理设施 SBx-RS).
    Facility(MetricId),
    /// A number or a text (xx-Info).
    Info(MetricId),
    /// Says something about other values, or about the exchange itself.
    Aside,
    /// No metric can have this name.
    Bad(BadName),
}

/// Names that carry no value of their own.
const ASIDE: &[&[u8]] = &[
    b"DataTime",
    b"BeginTime",
    b"EndTime",
    b"SystemTime",
    b"RestartTime",
    b"RtdInterval",
    b"MinInterval",
    b"OverTime",
    b"ReCount",
    b"QnRtn",
    b"ExeRtn",
    b"PolId",
    b"InfoId",
    b"NewPW",
    b"PNUM",
    b"PNO",
    b"QN",
    b"PW",
    b"MN",
    b"ST",
    b"CN",
];

pub(crate) fn name(pair: Pair<'_>, period: Period) -> Name {
    let (code, suffix) = pair.parts();
    if matches!(suffix, b"Flag" | b"EFlag" | b"SampleTime") || (suffix.is_empty() && ASIDE.contains(&code)) {
        return Name::Aside;
    }
    let facility = code.strip_prefix(b"SB").filter(|number| !number.is_empty());
    let made = match (facility, suffix) {
        (Some(number), b"RS") => return or_bad(metric(number, "facility_", ""), Name::Facility),
        (Some(number), b"RT") => metric(number, "facility_", "_hours"),
        (_, b"Info" | b"SN") => return or_bad(metric(code, "", ending(suffix, period).as_str()), Name::Info),
        _ => {
            let known = codes::find(code);
            let base = known.map_or(code, |known| known.metric.as_bytes());
            let made = metric(base, "", &ending(suffix, period));
            return or_bad(made, |metric| Name::Value { metric, code: known });
        }
    };
    or_bad(made, |metric| Name::Value { metric, code: None })
}

fn or_bad(made: Result<MetricId, BadName>, name: impl FnOnce(MetricId) -> Name) -> Name {
    made.map_or_else(Name::Bad, name)
}

/// `{before}{base}{after}`, in lower case; characters that a metric cannot have become `_`.
fn metric(base: &[u8], before: &str, after: &str) -> Result<MetricId, BadName> {
    let mut text = String::with_capacity(before.len() + base.len() + after.len());
    text.push_str(before);
    let fit = |byte: &u8| if byte.is_ascii_alphanumeric() { char::from(byte.to_ascii_lowercase()) } else { '_' };
    text.extend(base.iter().map(fit));
    if base.is_empty() {
        text.clear();
    } else {
        text.push_str(after);
    }
    MetricId::parse(&text)
}

/// What a suffix adds to a metric. `Zs…` (converted to standard state, 折算) stands before the period.
fn ending(suffix: &[u8], period: Period) -> String {
    let (zs, kind) = match suffix.strip_prefix(b"Zs") {
        Some(kind) => ("_zs", kind),
        None => ("", suffix),
    };
    let span = period.word();
    let kind = match (kind, period) {
        (b"", _) | (b"Rtd", Period::Real) | (b"Avg" | b"Data", Period::Minute | Period::Hour | Period::Day) => {
            String::new()
        }
        (b"Data", Period::Real) => String::new(),
        (b"Min", _) => "_min".to_owned(),
        (b"Max", _) => "_max".to_owned(),
        (b"Cou", _) => "_total".to_owned(),
        (b"DayData", _) => "_daytime".to_owned(),
        (b"NightData", _) => "_night".to_owned(),
        (other, _) => {
            let fit =
                |byte: &u8| if byte.is_ascii_alphanumeric() { char::from(byte.to_ascii_lowercase()) } else { '_' };
            std::iter::once('_').chain(other.iter().map(fit)).collect()
        }
    };
    format!("{zs}{span}{kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(cn: u16, sent: &str, expected: &str) {
        let pair = Pair { name: sent.as_bytes(), value: b"" };
        let read = match name(pair, Period::of(Some(cn))) {
            Name::Value { metric, .. } | Name::Facility(metric) | Name::Info(metric) => metric.as_str().to_owned(),
            Name::Aside => "aside".to_owned(),
            Name::Bad(_) => "bad".to_owned(),
        };
        assert_eq!(read, expected, "{cn} {sent}");
    }

    #[test]
    fn names_say_what_and_over_which_period() {
        check(2011, "a34004-Rtd", "pm25");
        check(2011, "LA-Rtd-Rtd", "la");
        check(2011, " leq-Rtd", "laeq");
        check(2011, "060-Rtd", "nh3n");
        check(2011, "a34002-Avg", "pm10_avg");
        check(2011, "a21026-ZsRtd", "so2_zs");
        check(2011, "a34011-Ori", "a34011_ori");
        check(2011, "PTYPE", "ptype");
        check(2051, "a34002-Avg", "pm10_minute");
        check(2051, "a34002-Max", "pm10_minute_max");
        check(2061, "a34002-Cou", "pm10_hour_total");
        check(2061, "a21026-ZsAvg", "so2_zs_hour");
        check(2031, "LA-Data", "la_day");
        check(2031, "LA-NightData", "la_day_night");
        check(2031, "LAMPBLACK-Min", "lampblack_day_min");
        check(2021, "SB1-RS", "facility_1");
        check(2041, "SB1-RT", "facility_1_hours");
        check(3020, "i11001-Info", "i11001_info");
        for aside in ["a34004-Flag", "DataTime", "RestartTime", "a34004-EFlag"] {
            check(2011, aside, "aside");
        }
        check(2011, "-Rtd", "bad");
        check(2011, &"x".repeat(70), "bad");
    }
}
