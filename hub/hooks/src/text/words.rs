//! The words of messages in both languages: what kinds of happenings, severities and reasons are called. zh is the source.

use chengshu_core::model::{Lang, Severity};

/// A word with its two languages.
type Pair = (&'static str, &'static str);

pub(super) const SEVERITIES: [(Severity, Pair); 4] = [
    (Severity::Critical, ("特急", "Critical")),
    (Severity::Urgent, ("紧急", "Urgent")),
    (Severity::Important, ("重要", "Important")),
    (Severity::General, ("一般", "General")),
];

const KINDS: [(&str, Pair); 6] = [
    ("alarm.raised", ("告警", "raised")),
    ("alarm.cleared", ("解除", "cleared")),
    ("event", ("事件", "events")),
    ("device.offline", ("失联", "silent")),
    ("device.online", ("恢复", "back")),
    ("test", ("测试", "tests")),
];

const REASONS: [(&str, Pair); 5] = [
    ("silent", ("超时未报", "nothing was heard in time")),
    ("last_will", ("设备报告下线", "the device said that it goes away")),
    ("gateway", ("网关失联", "its gateway is silent")),
    ("link", ("接入链路中断", "its link is down")),
    ("never_heard", ("从未上报", "never heard")),
];

fn find(words: &[(&str, Pair)], code: &str, lang: Lang) -> Option<&'static str> {
    words.iter().find(|(known, _)| *known == code).map(|(_, (zh, en))| lang.pick(zh, en))
}

pub(super) fn severity(code: &str, lang: Lang) -> Option<&'static str> {
    SEVERITIES.iter().find(|(known, _)| known.word() == code).map(|(_, (zh, en))| lang.pick(zh, en))
}

/// 1 is the gravest; what has none comes last.
pub(super) fn rank(code: Option<&str>) -> u8 {
    let known = code.and_then(|code| SEVERITIES.iter().find(|(known, _)| known.word() == code));
    known.map_or(u8::MAX, |(severity, _)| *severity as u8)
}

/// What a kind is called when it is counted.
pub(super) fn kind(code: &str, lang: Lang) -> &'static str {
    find(&KINDS, code, lang).unwrap_or(lang.pick("其他", "others"))
}

pub(super) fn reason(code: &str, lang: Lang) -> Option<&'static str> {
    find(&REASONS, code, lang)
}

/// `【紧急】` or `[Urgent] `.
pub(super) fn mark(word: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("【{word}】"),
        Lang::En => format!("[{word}] "),
    }
}
