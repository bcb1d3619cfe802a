//! When the next backup is due: pure, by times that are handed in.

use std::time::Duration;

use chengshu_core::model::Timestamp;
use jiff::tz::TimeZone;

use crate::config::BackupConfig;

/// A hub that has just started has better things to do.
const SETTLE: Duration = Duration::from_secs(60);
/// After one that failed.
const AGAIN: Duration = Duration::from_secs(3600);

/// What happened so far.
#[derive(Debug, Clone, Copy)]
pub struct Past {
    /// The hub's start.
    pub started: Timestamp,
    /// The newest backup that came to its end.
    pub made: Option<Timestamp>,
    /// The newest that failed.
    pub failed: Option<Timestamp>,
}

/// When the next backup is due. One that was missed, or that has never been made, is due soon after the start.
pub fn due(config: &BackupConfig, past: Past, zone: &TimeZone) -> Timestamp {
    let next = |after: Timestamp| match config.every {
        Some(every) => after.after(every),
        None => next_at(config.at, after, zone),
    };
    let settle = config.every.map_or(SETTLE, |every| every.min(SETTLE));
    let regular = past.made.map_or(past.started, next).max(past.started.after(settle));
    match past.failed {
        Some(failed) if past.made.is_none_or(|made| made < failed) => {
            failed.after(config.every.map_or(AGAIN, |every| every.min(AGAIN)))
        }
        _ => regular,
    }
}

/// The first such time of the day after `after`. On a day that leaves it out (summer time begins) it is moved by the gap.
fn next_at((hour, minute): (i8, i8), after: Timestamp, zone: &TimeZone) -> Timestamp {
    let fallback = after.after(Duration::from_secs(86_400));
    let Ok(moment) = jiff::Timestamp::from_millisecond(after.ms()) else { return fallback };
    let mut day = moment.to_zoned(zone.clone()).date();
    for _ in 0..3 {
        if let Ok(found) = day.at(hour, minute, 0, 0).to_zoned(zone.clone())
            && found.timestamp() > moment
        {
            return Timestamp::from_ms(found.timestamp().as_millisecond());
        }
        let Ok(tomorrow) = day.tomorrow() else { return fallback };
        day = tomorrow;
    }
    fallback
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn config(every: Option<u64>) -> BackupConfig {
        let every = every.map(Duration::from_secs);
        BackupConfig { dir: None, at: (2, 30), every, keep: 7, check: true, scratch_dir: None }
    }

    #[test]
    fn every_night_and_soon_when_missed() {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let started = at("2026-11-22T12:00:00+08:00");
        let due_of = |made: Option<&str>, failed: Option<&str>| {
            let past = Past { started, made: made.map(at), failed: failed.map(at) };
            due(&config(None), past, &zone)
        };
        assert_eq!(due_of(None, None), at("2026-11-22T12:01:00+08:00"), "never made");
        assert_eq!(due_of(Some("2026-11-20T02:31:00+08:00"), None), at("2026-11-22T12:01:00+08:00"), "missed");
        let today = Some("2026-11-22T02:30:01+08:00");
        assert_eq!(due_of(today, None), at("2026-11-23T02:30:00+08:00"));
        assert_eq!(due_of(Some("2026-11-22T02:29:59+08:00"), None), at("2026-11-22T12:01:00+08:00"));
        assert_eq!(due_of(today, Some("2026-11-23T02:30:00+08:00")), at("2026-11-23T03:30:00+08:00"), "again");
        assert_eq!(due_of(today, Some("2026-11-21T02:30:00+08:00")), at("2026-11-23T02:30:00+08:00"), "mended since");
    }

    #[test]
    fn every_so_many_seconds() {
        let started = at("2026-11-22T12:00:00Z");
        let past = |made: Option<i64>, failed: Option<i64>| {
            let moment = |s: i64| Timestamp::from_ms(started.ms() + s * 1_000);
            Past { started, made: made.map(moment), failed: failed.map(moment) }
        };
        let after = |past: Past| due(&config(Some(5)), past, &TimeZone::UTC).since(started) / 1_000;
        assert_eq!(after(past(None, None)), 5);
        assert_eq!(after(past(Some(7), None)), 12);
        assert_eq!(after(past(Some(7), Some(8))), 13);
    }

    #[test]
    fn the_hour_that_summer_time_leaves_out() {
        let Ok(zone) = TimeZone::get("Europe/Berlin") else { return };
        let found = next_at((2, 30), at("2026-03-28T22:00:00Z"), &zone);
        assert_eq!(found, at("2026-03-29T01:30:00Z"));
    }
}
