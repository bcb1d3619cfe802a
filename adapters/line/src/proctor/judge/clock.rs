//! The device's clock, before and after it is set. A reading may rightly be older than its arrival (a minute's mean, a time
//! to the minute), so the newest time that it ever gave counts against the moment when that came.

use chengshu_core::model::{Reason, Timestamp};

use super::super::check::{Check, Finding, Weight};
use super::super::exam::{Bears, Exam};
use super::super::likeness;
use super::super::record::{Arrival, Record};
use super::{Draft, span};

/// As the engine has it: later than that is from the future.
const NEAR_MS: i64 = 60_000;
/// Beyond this nobody can use its times.
const FAR_MS: i64 = 3_600_000;
const MINUTE_MS: i64 = 60_000;

/// How far the newest of its times lies from its arrival.
fn ahead(arrival: &Arrival) -> Option<i64> {
    let delivery = &arrival.delivery;
    let readings = likeness::measured(delivery).map(|reading| reading.at);
    let newest = readings.chain(delivery.events.iter().map(|event| event.at)).max()?;
    // what says nothing of its time stands at its arrival and shows no clock, but neither does it hide one
    Some(newest.since(arrival.at))
}

/// The clock's error as these arrivals show it, and the arrival that shows it.
fn error<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> Option<(i64, &'a Arrival)> {
    arrivals.filter_map(|arrival| Some((ahead(arrival)?, arrival))).max_by_key(|(ms, _)| *ms)
}

/// Times to the minute lie up to a minute back, and wait for their sending.
fn tolerance<'a>(arrivals: impl Iterator<Item = &'a Arrival>) -> i64 {
    let whole = |at: Timestamp| at.ms() % MINUTE_MS == 0;
    let to_the_minute = arrivals.flat_map(|a| likeness::measured(&a.delivery)).all(|reading| whole(reading.at));
    if to_the_minute { NEAR_MS + MINUTE_MS } else { NEAR_MS }
}

fn outlandish(arrival: &Arrival) -> bool {
    arrival
        .delivery
        .rejected
        .iter()
        .any(|r| matches!(r.reason, Reason::TimeTooOld | Reason::TimeTooNew | Reason::TimeUnreadable))
}

pub(super) fn clock(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::Clock,
        "设备时间与到达时间相差不超过 1 分钟（建议）、1 小时（必测），且没有未来的数据",
        "device time within 1 min (advice) and 1 h (mandatory) of arrival, and no reading from the future",
    );
    let before = || record.arrivals.iter().filter(|a| a.repeats.is_none() && !a.asked && !a.clock_set && a.report);
    for arrival in record.arrivals.iter().filter(|a| outlandish(a)).take(3) {
        for rejected in &arrival.delivery.rejected {
            let code = rejected.reason.code();
            draft.saw(format!("{code}：{}", rejected.detail), format!("{code}: {}", rejected.detail));
        }
        draft.show([arrival]);
    }
    let strange = !draft.0.seen.is_empty();
    let counted = record.counts.iter().filter(|(code, _)| exam.meaning(code).bears == Bears::Clock);
    let told: Vec<_> = counted.collect();
    for (code, counted) in &told {
        let meaning = exam.meaning(code);
        draft.saw(format!("{code}：{}", meaning.zh), format!("{code}: {}", meaning.en));
        draft.show(counted.arrivals.iter().filter_map(|at| record.arrivals.get(*at)));
    }
    let first = record.arrivals.iter().find(|a| a.report);
    let Some((ms, arrival)) = error(before()).or_else(|| error(first.into_iter())) else {
        return if strange || !told.is_empty() { draft.failed(Weight::Mandatory) } else { draft.not_seen(true) };
    };
    let off = span(ms.abs());
    if ms > 0 {
        draft.saw(format!("设备时间超前 {}", off.zh), format!("its time is {} ahead", off.en));
    } else {
        draft.saw(format!("设备时间落后 {}", off.zh), format!("its time is {} behind", off.en));
    }
    let weight = if strange || !told.is_empty() || ms > NEAR_MS || ms.abs() > FAR_MS {
        Weight::Mandatory
    } else if ms.abs() > tolerance(before()) {
        Weight::Advice
    } else {
        return draft.passed();
    };
    draft.show([arrival]);
    draft.failed(weight)
}

pub(super) fn set_clock(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::SetClock,
        "执行校时命令，其后的时间准确",
        "confirms the command, and its times are right from then on",
    );
    if exam.set_clock().is_none() {
        draft.saw("本协议没有校时命令", "the protocol has no such command");
        return draft.not_seen(false);
    }
    let asked = record.asked.iter().rev().find(|asked| asked.kind.name == "set_clock");
    let Some((at, result)) = asked.and_then(|asked| asked.result.as_ref()) else { return draft.not_seen(true) };
    if let Err((code, words)) = result {
        draft.saw(format!("失败 {code}：{words}"), format!("failed, {code}: {words}"));
        return draft.failed(Weight::Mandatory);
    }
    draft.saw("已确认", "confirmed");
    let after =
        || record.arrivals.iter().filter(|a| a.at > *at && a.fresh() && record.cut.is_none_or(|cut| a.at <= cut));
    let Some((ms, arrival)) = error(after()) else {
        draft.saw("其后没有上报，无法核对时间", "no report followed that could show its time");
        return draft.not_seen(true);
    };
    let off = span(ms);
    draft.saw(format!("其后与到达时间相差 {}", off.zh), format!("then {} from arrival", off.en));
    if ms > NEAR_MS || ms.abs() > FAR_MS {
        draft.show([arrival]);
        draft.failed(Weight::Mandatory)
    } else if ms.abs() > tolerance(after()) {
        draft.show([arrival]);
        draft.failed(Weight::Advice)
    } else {
        draft.passed()
    }
}
