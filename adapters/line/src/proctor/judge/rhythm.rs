//! How regularly it reports, and whether the line was ever silent for too long. What was provoked does not count.

use std::collections::BTreeMap;

use chengshu_core::model::Timestamp;

use super::super::check::{Check, Finding, Weight};
use super::super::likeness;
use super::super::record::Record;
use super::{Draft, span};

/// Gaps that show an interval.
const GAPS: usize = 3;

pub(super) fn rhythm(record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::Rhythm,
        "上报间隔稳定：最长间隔不超过中位数的 3 倍",
        "a steady interval: the longest gap is at most three times the median",
    );
    let mut sorts: BTreeMap<_, Vec<i64>> = BTreeMap::new();
    for arrival in record.arrivals.iter().filter(|a| a.calm()) {
        sorts.entry(likeness::sort(&arrival.delivery)).or_default().push(arrival.at.ms());
    }
    // minute and hour data have intervals of their own: the most frequent sort is looked at
    let times = sorts.into_values().max_by_key(Vec::len).unwrap_or_default();
    let mut gaps: Vec<i64> = times.windows(2).map(|pair| pair[1] - pair[0]).collect();
    gaps.sort_unstable();
    let reports = times.len();
    if gaps.len() < GAPS {
        draft.saw(format!("只收到 {reports} 次上报，不足以判断"), format!("only {reports} reports: too few to tell"));
        return draft.not_seen(true);
    }
    let (median, longest) = (gaps[gaps.len() / 2], gaps[gaps.len() - 1]);
    let (m, l) = (span(median), span(longest));
    draft.saw(
        format!("{reports} 次上报，间隔中位数 {}，最长 {}", m.zh, l.zh),
        format!("{reports} reports, median gap {}, longest {}", m.en, l.en),
    );
    if longest <= median.saturating_mul(3).max(5_000) { draft.passed() } else { draft.failed(Weight::Advice) }
}

pub(super) fn keep_alive(record: &Record, now: Timestamp) -> Finding {
    let mut draft =
        Draft::new(Check::KeepAlive, "静默时间不超过平台允许的时限", "never silent for longer than the hub would wait");
    let pulses = record.arrivals.iter().filter(|a| !a.report && !a.asked && a.delivery.presence.is_some()).count();
    let mut worst: Option<(i64, i64)> = None;
    for line in record.lines.values().filter(|line| line.spoke.is_some()) {
        let end = line.until.as_ref().map_or(now, |(at, _)| *at);
        let silent = line.heard.map_or(0, |heard| end.since(heard)).max(line.longest_ms);
        let most = worst.map_or(i64::MIN, |(silent, limit)| silent - limit);
        if silent - line.silence_ms > most {
            worst = Some((silent, line.silence_ms));
        }
    }
    let Some((silent, limit)) = worst else { return draft.not_seen(true) };
    let (s, l) = (span(silent), span(limit));
    draft.saw(
        format!("最长静默 {}（时限 {}）；不带数据的链路维持报文 {pulses} 次", s.zh, l.zh),
        format!("longest silence {} (limit {}); {pulses} keep-alives without values", s.en, l.en),
    );
    if silent <= limit { draft.passed() } else { draft.failed(Weight::Advice) }
}
