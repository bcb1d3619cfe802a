//! What it answered when it was asked.

use std::collections::BTreeMap;

use super::super::check::{Check, Finding, Weight};
use super::super::exam::{Exam, NEEDS_PARAMS};
use super::super::record::Record;
use super::Draft;

pub(super) fn answers(exam: &Exam, record: &Record) -> Finding {
    let mut draft = Draft::new(
        Check::Answers,
        "应答查询命令；每条都有结果（建议）",
        "answers questions; every one of them (advice)",
    );
    if exam.questions().next().is_none() {
        draft.saw("本协议没有可下发的查询命令", "the protocol has no question without parameters");
        return draft.not_seen(false);
    }
    let asked: Vec<_> = record.asked.iter().filter(|asked| asked.kind.name != "set_clock").collect();
    let (mut good, mut bad) = (0, 0);
    let mut left_out: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for one in &asked {
        let (zh, en, name) = (one.kind.zh, one.kind.en, one.kind.name);
        match &one.result {
            Some((at, Ok(()))) => {
                good += 1;
                let seconds = at.since(one.given) as f64 / 1000.0;
                draft.saw(
                    format!("{zh}（{name}）：{seconds:.1} 秒后应答"),
                    format!("{en} ({name}): answered in {seconds:.1} s"),
                );
            }
            // nothing went out: this protocol knows only from the device that is asked what is meant
            Some((_, Err((code, _)))) if *code == "bad_param" => left_out.entry(NEEDS_PARAMS).or_default().push(name),
            Some((_, Err((code, words)))) => {
                bad += 1;
                draft.saw(
                    format!("{zh}（{name}）：失败 {code}，{words}"),
                    format!("{en} ({name}): failed, {code}: {words}"),
                );
            }
            None => draft.saw(format!("{zh}（{name}）：未等到结果"), format!("{en} ({name}): no word yet")),
        }
    }
    for kind in exam.questions().filter(|kind| asked.iter().all(|asked| asked.kind.name != kind.name)) {
        draft.saw(format!("{}（{}）：未下发", kind.zh, kind.name), format!("{} ({}): not asked", kind.en, kind.name));
    }
    for (kind, why) in &exam.left_out {
        left_out.entry((&why.zh, &why.en)).or_default().push(kind.name);
    }
    for ((zh, en), names) in left_out {
        let names = names.join(", ");
        draft.saw(format!("不检测（{zh}）：{names}"), format!("left out ({en}): {names}"));
    }
    match (good, bad) {
        (0, 0) => draft.not_seen(true),
        (0, _) => draft.failed(Weight::Mandatory),
        (_, 0) => draft.passed(),
        _ => draft.failed(Weight::Advice),
    }
}
