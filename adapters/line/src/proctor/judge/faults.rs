//! What it did about the faults that were provoked: a confirmation that stayed away, and a connection that was cut.

use super::super::check::{Check, Finding, Weight};
use super::super::exam::Exam;
use super::super::record::{Fate, Record};
use super::super::step::Step;
use super::{Draft, span};

/// Whatever was on its way when the confirmation was sent, ms.
const CROSSING_MS: i64 = 3_000;

pub(super) fn confirmed(record: &Record) -> Finding {
    let mut draft =
        Draft::new(Check::Confirmed, "收到确认的上报不再重发", "a report that was confirmed is not sent again");
    let confirmed = record.arrivals.iter().filter(|a| a.report && a.fate == Fate::Kept && a.answered).count();
    if confirmed == 0 {
        draft.saw("没有需要确认的上报", "there was nothing to confirm");
        return draft.not_seen(true);
    }
    draft.saw(format!("确认了 {confirmed} 次上报"), format!("{confirmed} reports were confirmed"));
    let mut again = Vec::new();
    for arrival in record.arrivals.iter().filter(|a| a.report && !a.asked) {
        let Some(first) = arrival.repeats else { continue };
        let raw = &arrival.delivery.raw;
        let before = record.copies(first).filter(|copy| {
            copy.answered && copy.fate == Fate::Kept && copy.delivery.raw == *raw && copy.conn == arrival.conn
        });
        if before.map(|copy| arrival.at.since(copy.at)).any(|ms| ms > CROSSING_MS) {
            again.push(arrival);
        }
    }
    if again.is_empty() {
        return draft.passed();
    }
    draft.saw(format!("其后重发 {} 次", again.len()), format!("sent again {} times after it", again.len()));
    draft.show(again);
    draft.failed(Weight::Mandatory)
}

pub(super) fn resends(exam: &Exam, record: &Record) -> Finding {
    let within = i64::try_from(exam.resend_within.as_millis()).unwrap_or(i64::MAX);
    let (limit, most) = (span(within), exam.resends);
    let mut draft = Draft::new(
        Check::Resends,
        format!("未确认的上报在 {}内原样重发；同一连接上重发不超过 {most} 次（建议）", limit.zh),
        format!(
            "an unconfirmed report comes again within {}; at most {most} times on one connection (advice)",
            limit.en
        ),
    );
    if record.withheld.is_empty() || !record.tried(Step::Withhold) {
        return draft.not_seen(true);
    }
    let Some(proven) = record.proven else {
        let times = record.withheld.len();
        draft.saw(
            format!("{times} 次上报未确认，均未重发"),
            format!("{times} reports were not confirmed; none came again"),
        );
        draft.show(record.withheld.iter().filter_map(|at| record.arrivals.get(*at)));
        return draft.failed(Weight::Mandatory);
    };
    let copies: Vec<_> = record.copies(proven).collect();
    let mut worst = None;
    if let [first, second, ..] = copies[..] {
        let after = second.at.since(first.at);
        let said = span(after);
        draft.saw(format!("{}后重发", said.zh), format!("came again after {}", said.en));
        if after > within {
            worst = Some(Weight::Advice);
        }
        if first.delivery.raw != second.delivery.raw {
            draft.saw("重发报文字节不同，数据相同", "other bytes, the same values");
        }
    }
    let confirmed = copies.iter().find(|copy| copy.fate == Fate::Kept);
    let before = copies.iter().filter(|copy| confirmed.is_none_or(|kept| copy.at <= kept.at)).count();
    if before.saturating_sub(1) > most as usize {
        draft.saw(format!("重发 {} 次", before - 1), format!("came again {} times", before - 1));
        worst = Some(Weight::Advice);
    }
    let others = record.withheld.iter().filter(|at| **at != proven && record.copies(**at).nth(1).is_none()).count();
    if others > 0 {
        draft.saw(
            format!("另有 {others} 次未确认的上报（可能是心跳）没有重发"),
            format!("{others} more (heartbeats?) did not come again"),
        );
    }
    match worst {
        None => draft.passed(),
        Some(weight) => {
            draft.show(copies);
            draft.failed(weight)
        }
    }
}

pub(super) fn goes_on(exam: &Exam, record: &Record) -> Finding {
    let limit = span(i64::try_from(exam.limit.as_millis()).unwrap_or(i64::MAX));
    let mut draft = Draft::new(
        Check::GoesOn,
        format!("补确认后 {}内上报新数据", limit.zh),
        format!("a new report within {} after the late confirmation", limit.en),
    );
    if !record.tried(Step::GoOn) {
        return draft.not_seen(true);
    }
    if record.done(Step::GoOn) {
        draft.saw("继续上报", "it went on");
        return draft.passed();
    }
    draft.saw("没有新的上报", "nothing new came");
    draft.failed(Weight::Mandatory)
}

pub(super) fn comes_back(exam: &Exam, record: &Record) -> Finding {
    let limit = span(i64::try_from(exam.limit.as_millis()).unwrap_or(i64::MAX));
    let mut draft = Draft::new(
        Check::ComesBack,
        format!("连接断开后 {}内重连", limit.zh),
        format!("connects again within {} after a cut", limit.en),
    );
    if exam.udp {
        draft.saw("UDP 没有连接可断", "over UDP there is no connection to cut");
        return draft.not_seen(false);
    }
    let Some(cut) = record.cut.filter(|_| record.tried(Step::Return)) else { return draft.not_seen(true) };
    let Some(back) = record.back else {
        draft.saw("没有重连", "it did not come back");
        draft.show(record.owed.iter().filter_map(|at| record.arrivals.get(*at)));
        return draft.failed(Weight::Mandatory);
    };
    let after = span(back.since(cut));
    draft.saw(format!("{}后重连", after.zh), format!("back after {}", after.en));
    draft.passed()
}

pub(super) fn nothing_lost(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::NothingLost,
        "断开时未确认的上报在重连后补发，时间和数值不变",
        "what was not confirmed at the cut comes again, with its times and values",
    );
    if exam.udp {
        draft.saw("UDP 没有连接可断", "over UDP there is no connection to cut");
        return draft.not_seen(false);
    }
    if record.back.is_none() || record.owed.is_empty() || !record.tried(Step::Return) {
        return draft.not_seen(true);
    }
    let (came, lost): (Vec<usize>, Vec<usize>) =
        record.owed.iter().copied().partition(|at| record.copies(*at).nth(1).is_some());
    draft.saw(
        format!("断开时 {} 次上报未确认，补发 {} 次", record.owed.len(), came.len()),
        format!("{} unconfirmed at the cut, {} came again", record.owed.len(), came.len()),
    );
    if lost.is_empty() {
        return draft.passed();
    }
    draft.show(lost.into_iter().filter_map(|at| record.arrivals.get(at)));
    draft.failed(Weight::Mandatory)
}
