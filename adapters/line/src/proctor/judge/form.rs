//! Whether it speaks at all, whether that can be read, and who it says it is.

use std::collections::BTreeSet;

use chengshu_core::model::Reason;

use super::super::check::{Check, Finding, Weight};
use super::super::exam::{Bears, Exam};
use super::super::likeness;
use super::super::record::Record;
use super::{Draft, span};

/// Refusals that are written out.
const TOLD: usize = 5;

pub(super) fn connects(exam: &Exam, record: &Record) -> Finding {
    let limit = span(i64::try_from(exam.limit.as_millis()).unwrap_or(i64::MAX));
    let mut draft = Draft::new(
        Check::Connects,
        format!("{}内连接并发送数据", limit.zh),
        format!("connects and speaks within {}", limit.en),
    );
    for line in record.lines.values().take(5) {
        let said = line.spoke.map_or_else(
            || super::label("未发送可解析的数据", "sent nothing readable"),
            |at| {
                let after = span(at.since(line.from));
                super::label(format!("{}后发送数据", after.zh), format!("spoke after {}", after.en))
            },
        );
        draft.saw(format!("{}：{}", line.peer, said.zh), format!("{}: {}", line.peer, said.en));
    }
    if record.lines.len() > 5 {
        draft.saw(format!("共 {} 个连接", record.lines.len()), format!("{} connections in all", record.lines.len()));
    }
    if record.lines.is_empty() {
        draft.saw("没有设备连接", "nobody connected");
    }
    if record.arrivals.is_empty() { draft.failed(Weight::Mandatory) } else { draft.passed() }
}

/// Set aside for how it is written.
fn unreadable(reason: Reason) -> bool {
    !likeness::is_value(reason)
}

pub(super) fn first_frame(record: &Record) -> Finding {
    let mut draft =
        Draft::new(Check::FirstFrame, "首帧完整解析，无拒收", "the first frame is read and nothing of it is set aside");
    let Some(first) = record.arrivals.first() else { return draft.not_seen(true) };
    draft.show([first]);
    let refused: Vec<_> = first.delivery.rejected.iter().filter(|r| unreadable(r.reason)).collect();
    for rejected in &refused {
        let code = rejected.reason.code();
        draft.saw(format!("{code}：{}", rejected.detail), format!("{code}: {}", rejected.detail));
    }
    if !refused.is_empty() {
        return draft.failed(Weight::Mandatory);
    }
    let (readings, events) = (first.delivery.readings.len(), first.delivery.events.len());
    if readings + events == 0 {
        draft.saw("不带数据的报文（登录或链路维持）", "a frame without values (a log-in or a keep-alive)");
    } else {
        draft.saw(format!("{readings} 个数据、{events} 个事件"), format!("{readings} readings, {events} events"));
    }
    draft.passed()
}

pub(super) fn deviations(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::Deviations,
        "没有被拒收的报文（必测），也没有与标准不符之处（建议）",
        "no frame is refused (mandatory), and none deviates from the standard (advice)",
    );
    if record.arrivals.is_empty() {
        return draft.not_seen(true);
    }
    let mut worst: Option<Weight> = None;
    for (code, counted) in &record.counts {
        let meaning = exam.meaning(code);
        let weight = match meaning.bears {
            Bears::Refused => Weight::Mandatory,
            Bears::Tolerated | Bears::ToleratedUnasked => Weight::Advice,
            _ => continue,
        };
        worst = Some(worst.map_or(weight, |worst| worst.min(weight)));
        let (zh, en) = (meaning.zh, meaning.en);
        let (zh_weight, en_weight) = (weight.name().zh, weight.name().en);
        draft.saw(
            format!("{code} × {}：{zh}（{zh_weight}）", counted.times),
            format!("{code} × {}: {en} ({en_weight})", counted.times),
        );
        draft.show(counted.arrivals.iter().filter_map(|at| record.arrivals.get(*at)));
    }
    let mut told = BTreeSet::new();
    for arrival in &record.arrivals {
        for rejected in arrival.delivery.rejected.iter().filter(|r| unreadable(r.reason)) {
            worst = Some(Weight::Mandatory);
            let code = rejected.reason.code();
            if told.len() < TOLD && told.insert(&rejected.detail) {
                draft.saw(format!("{code}：{}", rejected.detail), format!("{code}: {}", rejected.detail));
                draft.show([arrival]);
            }
        }
    }
    match worst {
        Some(weight) => draft.failed(weight),
        None => {
            let frames = record.arrivals.len() as u64 + record.beyond;
            draft.saw(format!("{frames} 帧，均无偏差"), format!("{frames} frames without a deviation"));
            draft.passed()
        }
    }
}

pub(super) fn identity(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::Identity,
        "始终只有一个设备编号；设备类型已知（建议）",
        "one device id all the time; its kind is known (advice)",
    );
    if record.devices.is_empty() {
        return draft.not_seen(true);
    }
    let mut named = true;
    for device in &record.devices {
        let kind = record.kinds.get(device);
        named &= kind.is_some_and(|kind| exam.kinds.has(kind));
        let (zh, en) = match kind {
            Some(kind) if exam.kinds.has(kind) => (format!("类型 {kind}"), format!("kind {kind}")),
            Some(kind) => (format!("类型 {kind} 不在专题定义中"), format!("kind {kind}, which no theme has")),
            None => ("未说明类型".to_owned(), "says no kind".to_owned()),
        };
        draft.saw(format!("{device}：{zh}"), format!("{device}: {en}"));
    }
    let changed = record.counts.iter().filter(|(code, _)| exam.meaning(code).bears == Bears::Identity);
    let changed: Vec<_> = changed.flat_map(|(_, counted)| &counted.arrivals).copied().collect();
    if record.devices.len() > 1 || !changed.is_empty() {
        draft.saw("同一检测中出现了多个设备编号", "more than one device id in one examination");
        draft.show(changed.iter().filter_map(|at| record.arrivals.get(*at)));
        return draft.failed(Weight::Mandatory);
    }
    if named { draft.passed() } else { draft.failed(Weight::Advice) }
}
