//! What it measured: possible values, each once and in its order, and what was never seen.

use std::collections::{BTreeMap, BTreeSet};

use chengshu_core::model::{DeviceId, MetricId, Quality, Reading, Reason, Timestamp};

use super::super::check::{Check, Finding, Weight};
use super::super::exam::{Bears, Exam};
use super::super::likeness;
use super::super::record::Record;
use super::Draft;

const MINUTE_MS: i64 = 60_000;
/// Findings of one sort that are written out.
const SHOWN: usize = 8;

/// A fault value: at least four digits, all of them nine.
fn all_nines(value: f64) -> bool {
    let digits: Vec<u8> = format!("{}", value.abs()).bytes().filter(u8::is_ascii_digit).collect();
    digits.len() >= 4 && digits.iter().all(|digit| *digit == b'9')
}

pub(super) fn values(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::Values,
        "数值在专题规定的量程内，没有全 9 和无效值；单位已知（建议）",
        "within the range of its kind, no all-nines and nothing invalid; units known (advice)",
    );
    let mut worst: Option<Weight> = None;
    let mut worse = |weight: Weight| worst = Some(worst.map_or(weight, |worst| worst.min(weight)));
    let (mut seen, mut nameless, mut doubted) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut told = BTreeSet::new();
    for arrival in &record.arrivals {
        for reading in likeness::measured(&arrival.delivery) {
            let Reading { device, metric, value, quality, .. } = reading;
            seen.insert((device, metric));
            let known = exam.kinds.metric(record.kinds.get(device), metric);
            let range = known.map_or((None, None), |known| (known.min, known.max));
            let outside = range.0.is_some_and(|min| *value < min) || range.1.is_some_and(|max| *value > max);
            if (outside || all_nines(*value)) && told.insert((device, metric)) && told.len() <= SHOWN {
                let text = |bound: Option<f64>| bound.map_or("…".to_owned(), |bound| bound.to_string());
                let range = format!("{}–{}", text(range.0), text(range.1));
                draft.saw(
                    format!("{device} {metric} = {value}，应在 {range}"),
                    format!("{device} {metric} = {value}, expected {range}"),
                );
                draft.show([arrival]);
                worse(Weight::Mandatory);
            }
            // an answer tells more than a theme wants to know
            if !arrival.asked && !exam.kinds.has_unit(record.kinds.get(device), metric) {
                nameless.insert(metric.to_string());
            }
            if quality.contains(Quality::SUSPECT) {
                doubted.insert(metric.to_string());
            }
        }
        let invalid =
            arrival.delivery.rejected.iter().filter(|r| matches!(r.reason, Reason::NotANumber | Reason::NotFinite));
        for rejected in invalid {
            worse(Weight::Mandatory);
            if draft.0.seen.len() < SHOWN {
                draft.saw(rejected.detail.clone(), rejected.detail.clone());
                draft.show([arrival]);
            }
        }
    }
    for (code, counted) in record.counts.iter().filter(|(code, _)| exam.meaning(code).bears == Bears::Value) {
        worse(Weight::Advice);
        let meaning = exam.meaning(code);
        draft.saw(
            format!("{code} × {}：{}", counted.times, meaning.zh),
            format!("{code} × {}: {}", counted.times, meaning.en),
        );
        draft.show(counted.arrivals.iter().filter_map(|at| record.arrivals.get(*at)));
    }
    let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(" ");
    if !doubted.is_empty() {
        worse(Weight::Advice);
        draft.saw(
            format!("设备自报可疑：{}", list(&doubted)),
            format!("marked as doubtful by itself: {}", list(&doubted)),
        );
    }
    if !nameless.is_empty() {
        worse(Weight::Advice);
        let names = list(&nameless);
        draft.saw(
            format!("专题中没有的指标（单位未知）：{names}"),
            format!("no theme has these metrics (unit unknown): {names}"),
        );
    }
    match worst {
        Some(weight) => draft.failed(weight),
        None if seen.is_empty() => {
            draft.saw("没有收到数据", "no reading came");
            draft.not_seen(true)
        }
        None => {
            draft.saw(format!("{} 个指标，均合理", seen.len()), format!("{} series, all possible", seen.len()));
            draft.passed()
        }
    }
}

pub(super) fn order(record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::Order,
        "同一时间同一指标只有一个值（必测；时间只到分钟的为建议）；不重复、不倒序（建议）",
        "one value for one time (mandatory; advice where times are to the minute); nothing twice, nothing backwards (advice)",
    );
    if record.arrivals.iter().all(|a| a.delivery.readings.is_empty()) {
        return draft.not_seen(true);
    }
    let mut values: BTreeMap<(&DeviceId, &MetricId, Timestamp), f64> = BTreeMap::new();
    let mut newest: BTreeMap<BTreeSet<String>, Timestamp> = BTreeMap::new();
    let (mut conflicts, mut twice, mut backwards) = (Vec::new(), Vec::new(), Vec::new());
    let (mut clock_set, mut grave) = (false, false);
    for arrival in &record.arrivals {
        if arrival.clock_set && !std::mem::replace(&mut clock_set, true) {
            newest.clear(); // a clock that was put back has to go back
        }
        let (mut conflict, mut known) = (false, 0);
        for r in likeness::measured(&arrival.delivery).filter(|_| !arrival.asked) {
            match values.insert((&r.device, &r.metric, r.at), r.value) {
                Some(before) if before.to_bits() != r.value.to_bits() => {
                    conflict = true;
                    // a protocol with times to the minute cannot tell two reports of one minute apart
                    grave |= r.at.ms() % MINUTE_MS != 0;
                }
                Some(_) => known += 1,
                None => {}
            }
        }
        if conflict {
            conflicts.push(arrival);
        }
        // an answer says again what it has said, and so does a report that was provoked to come again
        if arrival.fresh() && known > 0 && !conflict {
            twice.push(arrival);
        }
        // what is told after a cut is late and no fault of its order
        let calm = arrival.fresh() && record.cut.is_none_or(|cut| arrival.at < cut);
        let last = likeness::measured(&arrival.delivery).map(|reading| reading.at).max();
        if let Some(at) = last.filter(|_| calm) {
            let before = newest.entry(likeness::sort(&arrival.delivery)).or_insert(at);
            if at < *before {
                backwards.push(arrival);
            }
            *before = at.max(*before);
        }
    }
    let counts = [conflicts.len(), twice.len(), backwards.len()];
    if counts == [0; 3] {
        draft.saw(
            format!("{} 个数据，无重复、无倒序", values.len()),
            format!("{} readings, each once and in order", values.len()),
        );
        return draft.passed();
    }
    let [c, t, b] = counts;
    draft.saw(
        format!("同一时间不同值 {c} 帧，重复 {t} 帧，倒序 {b} 帧"),
        format!("{c} frames with another value for the same time, {t} repeated, {b} backwards"),
    );
    let weight = if grave { Weight::Mandatory } else { Weight::Advice };
    draft.show(conflicts.into_iter().chain(twice).chain(backwards));
    draft.failed(weight)
}

pub(super) fn alarm(record: &Record) -> Finding {
    let mut draft = Draft::new(Check::Alarm, "检测期间上报过报警", "an alarm was raised during the examination");
    let told = record.arrivals.iter().filter(|a| !a.asked);
    let alarms = told.flat_map(|a| &a.delivery.events).filter(|event| event.severity.is_some());
    let kinds: BTreeSet<&str> = alarms.map(|event| event.kind.as_str()).collect();
    if kinds.is_empty() {
        draft.saw("没有上报过报警；未检测", "no alarm came; not tested");
        return draft.not_seen(true);
    }
    let kinds = kinds.into_iter().collect::<Vec<_>>().join(" ");
    draft.saw(kinds.clone(), kinds);
    draft.passed()
}

pub(super) fn picture(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(Check::Picture, "检测期间上传过图片", "a picture was sent during the examination");
    let pictures: usize = record.arrivals.iter().map(|arrival| arrival.pictures).sum();
    if pictures == 0 {
        let (zh, en) = if exam.pictures {
            ("没有上传过图片；未检测", "no picture came; not tested")
        } else {
            ("本协议不传图片", "the protocol has no pictures")
        };
        draft.saw(zh, en);
        return draft.not_seen(exam.pictures);
    }
    draft.saw(format!("{pictures} 张"), format!("{pictures} pictures"));
    draft.passed()
}
