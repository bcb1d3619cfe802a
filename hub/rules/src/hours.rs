//! Whether a moment lies in the hours of a step. China has one time zone without summer time; other districts are none.

use chengshu_core::model::{Hours, Timestamp};

const CST_MINUTES: i64 = 8 * 60;
const DAY: i64 = 1440;
/// 1970-01-01 was a Thursday; days of the week are counted from Monday = 1.
const THURSDAY: i64 = 4;

/// True when the moment lies in these hours.
pub(crate) fn holds(hours: &Hours, at: Timestamp) -> bool {
    let minutes = at.ms().div_euclid(60_000) + CST_MINUTES;
    let (day, minute) = (minutes.div_euclid(DAY), minutes.rem_euclid(DAY));
    let (from, to) = (i64::from(hours.from), i64::from(hours.to));
    let begun = |day: i64| {
        let weekday = (day + THURSDAY - 1).rem_euclid(7) + 1;
        hours.days.is_empty() || hours.days.iter().any(|wanted| i64::from(*wanted) == weekday)
    };
    if from < to {
        (from..to).contains(&minute) && begun(day)
    } else {
        (minute >= from && begun(day)) || (minute < to && begun(day - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    #[test]
    fn night_goes_over_midnight_and_days_are_those_of_its_beginning() {
        let night = Hours { from: 22 * 60, to: 6 * 60, days: vec![] };
        let day = Hours { from: 6 * 60, to: 22 * 60, days: vec![] };
        // GB 3096: day 06:00 to 22:00, night 22:00 to 06:00
        for (time, in_night) in
            [("21:59", false), ("22:00", true), ("23:59", true), ("00:00", true), ("05:59", true), ("06:00", false)]
        {
            let moment = at(&format!("2026-11-24T{time}:00+08:00"));
            assert_eq!((holds(&night, moment), holds(&day, moment)), (in_night, !in_night), "{time}");
        }
        // 2026-11-27 is a Friday
        let friday_night = Hours { days: vec![5], ..night };
        assert!(holds(&friday_night, at("2026-11-27T23:00:00+08:00")));
        assert!(holds(&friday_night, at("2026-11-28T05:00:00+08:00")), "Saturday's small hours belong to Friday night");
        assert!(!holds(&friday_night, at("2026-11-28T23:00:00+08:00")));
        assert!(!holds(&friday_night, at("2026-11-27T05:00:00+08:00")));
        let all = Hours { from: 0, to: 1440, days: vec![] };
        assert!(holds(&all, at("2026-11-27T23:59:59+08:00")));
    }
}
