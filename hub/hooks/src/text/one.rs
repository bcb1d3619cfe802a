//! One happening in words: `【紧急】东门桥 水位 5.82 m ≥ 5.50 m (河道水位超警戒), 2026-11-24 03:20:11`.

use chengshu_core::model::{Lang, Timestamp};

use super::facts::Facts;
use super::{Text, words};

/// Tells of a happening of this kind with these facts (JSON), which was written down at `made`.
pub(crate) fn one(kind: &str, data: &str, made: Timestamp, lang: Lang) -> Text {
    let facts = Facts::of(data);
    let told = Told { kind, facts: &facts, made, lang };
    let title = told.title();
    let rule = facts.rule(lang).map(|rule| format!(" ({rule})")).unwrap_or_default();
    let zone = lang.pick("", " (UTC+8)");
    let line = format!("{title}{rule}, {}{zone}", told.at().local_second());
    Text { title, line, facts: told.facts(), lists: Vec::new(), is_alarming: kind == "alarm.raised" }
}

struct Told<'a> {
    kind: &'a str,
    facts: &'a Facts,
    made: Timestamp,
    lang: Lang,
}

impl Told<'_> {
    fn say<'a>(&self, zh: &'a str, en: &'a str) -> &'a str {
        self.lang.pick(zh, en)
    }

    /// When it happened, by the device's own time where it told one.
    fn at(&self) -> Timestamp {
        let key = match self.kind {
            "alarm.raised" => "raised_at",
            "alarm.cleared" => "cleared_at",
            "device.offline" => "silent_since",
            "event" => "at",
            _ => return self.made,
        };
        self.facts.time(key).unwrap_or(self.made)
    }

    fn title(&self) -> String {
        let Self { facts, lang, .. } = *self;
        let subject = facts.subject(lang);
        let mark = |zh, en| words::mark(self.say(zh, en), lang);
        let severity = facts.word("severity").and_then(|code| words::severity(code, lang));
        let joined = |parts: Vec<Option<String>>| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
        let metric = facts.label("metric_name", lang).or_else(|| facts.name("metric"));
        match self.kind {
            "alarm.raised" => {
                let mark = words::mark(severity.unwrap_or(self.say("告警", "Alarm")), lang);
                mark + &joined(vec![Some(subject), metric, facts.comparison(lang)])
            }
            "alarm.cleared" => {
                let value = facts.value("cleared_value", lang);
                mark("解除", "Cleared") + &joined(vec![Some(subject), metric, value])
            }
            "device.offline" => {
                mark("失联", "Silent")
                    + &joined(vec![Some(subject), Some(self.say("无数据", "sends nothing").to_owned())])
            }
            "device.online" => {
                mark("恢复", "Back")
                    + &joined(vec![Some(subject), Some(self.say("恢复上报", "is heard again").to_owned())])
            }
            "event" => {
                let mark = words::mark(severity.unwrap_or(self.say("事件", "Event")), lang);
                let name = self.say("事件", "event").to_owned();
                mark + &joined(vec![Some(subject), Some(name), facts.name("kind")])
            }
            "test" => mark("测试", "Test") + self.say("这是一条测试消息", "This is a trial message"),
            _ => mark("通知", "Notice") + &subject,
        }
    }

    fn facts(&self) -> Vec<(&'static str, String)> {
        let Self { facts, lang, .. } = *self;
        let time = |key| facts.time(key).map(Timestamp::local_second);
        let is = |kind| self.kind == kind;
        let named = |name: Option<String>, id: Option<&str>| match (name, id) {
            (Some(name), Some(id)) if name != id => Some(format!("{name} ({id})")),
            (name, id) => name.or_else(|| id.map(str::to_owned)),
        };
        let alarm = is("alarm.raised") || is("alarm.cleared");
        let lasted =
            facts.time("cleared_at").zip(facts.time("raised_at")).map(|(end, start)| span(end.since(start), lang));
        let severity = facts.word("severity").and_then(|code| words::severity(code, lang)).map(str::to_owned);
        let reason = facts.word("reason").and_then(|code| words::reason(code, lang)).map(str::to_owned);
        let limit = if facts.label("value_name", lang).is_some() { None } else { facts.value("limit", lang) };
        let all = [
            (self.say("级别", "Severity"), severity),
            (self.say("专题", "Theme"), facts.theme(lang)),
            (self.say("设备", "Device"), named(facts.name("device_name"), facts.word("device"))),
            (self.say("规则", "Rule"), named(facts.label("rule_name", lang), facts.word("rule"))),
            (self.say("数值", "Value"), facts.value("value", lang)),
            (self.say("限值", "Limit"), limit),
            (self.say("产生", "Raised"), time("raised_at").filter(|_| alarm)),
            (self.say("解除", "Cleared"), time("cleared_at")),
            (self.say("解除值", "Value at the end"), facts.value("cleared_value", lang)),
            (self.say("历时", "Lasted"), lasted),
            (self.say("无数据起于", "Silent since"), time("silent_since")),
            (self.say("最近上报", "Last heard"), time("last_heard")),
            (self.say("原因", "Reason"), reason),
            (self.say("时间", "Time"), time("at")),
            (self.say("编号", "Number"), facts.word("alarm").map(str::to_owned)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

/// `1 天 2 小时 3 分`, `44 分 49 秒`: the two or three greatest parts.
fn span(ms: i64, lang: Lang) -> String {
    let seconds = ms.max(0) / 1000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    let parts = [(days, "天", "d"), (hours, "小时", "h"), (minutes, "分", "min")].into_iter();
    let last = (days == 0 && hours == 0).then_some((seconds % 60, "秒", "s"));
    let parts: Vec<String> = parts
        .filter(|(count, ..)| *count > 0)
        .chain(last)
        .map(|(count, zh, en)| format!("{count} {}", lang.pick(zh, en)))
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const MADE: Timestamp = Timestamp::from_ms(1_795_461_612_000); // 2026-11-24 03:20:12 +08:00

    fn alarm() -> serde_json::Value {
        json!({
            "alarm": "00ff", "rule": "water.river_warning", "rule_name": {"zh": "河道水位超警戒", "en": "River above warning"},
            "severity": "urgent", "theme": "water", "theme_name": {"zh": "水务", "en": "Water"}, "device": "W-1",
            "device_name": "东门桥", "metric": "level", "metric_name": {"zh": "水位", "en": "level"}, "unit": "m",
            "precision": 2, "limit": 5.5, "value": 5.82, "raised_at": 1_795_461_611_000_i64,
        })
    }

    #[test]
    fn each_kind_has_its_sentence_in_both_languages() {
        let mut over = alarm();
        over["cleared_at"] = json!(1_795_464_300_000_i64);
        over["cleared_value"] = json!(5.3);
        let silent = json!({"device": "W-1", "silent_since": 1_795_461_611_000_i64, "reason": "gateway"});
        let event =
            json!({"device": "W-1", "kind": "pump_started", "at": 1_795_461_611_000_i64, "severity": "general"});
        for (kind, data, zh, en) in [
            (
                "alarm.raised",
                alarm(),
                "【紧急】东门桥 水位 5.82 m ≥ 5.50 m (河道水位超警戒), 2026-11-24 03:20:11",
                "[Urgent] 东门桥 level 5.82 m ≥ 5.50 m (River above warning), 2026-11-24 03:20:11 (UTC+8)",
            ),
            (
                "alarm.cleared",
                over,
                "【解除】东门桥 水位 5.30 m (河道水位超警戒), 2026-11-24 04:05:00",
                "[Cleared] 东门桥 level 5.30 m (River above warning), 2026-11-24 04:05:00 (UTC+8)",
            ),
            (
                "device.offline",
                silent.clone(),
                "【失联】W-1 无数据, 2026-11-24 03:20:11",
                "[Silent] W-1 sends nothing, 2026-11-24 03:20:11 (UTC+8)",
            ),
            (
                "device.online",
                silent,
                "【恢复】W-1 恢复上报, 2026-11-24 03:20:12",
                "[Back] W-1 is heard again, 2026-11-24 03:20:12 (UTC+8)",
            ),
            (
                "event",
                event,
                "【一般】W-1 事件 pump_started, 2026-11-24 03:20:11",
                "[General] W-1 event pump_started, 2026-11-24 03:20:11 (UTC+8)",
            ),
            (
                "test",
                json!({"caller": "李四"}),
                "【测试】这是一条测试消息, 2026-11-24 03:20:12",
                "[Test] This is a trial message, 2026-11-24 03:20:12 (UTC+8)",
            ),
            ("alarm.raised", json!({}), "【告警】, 2026-11-24 03:20:12", "[Alarm] , 2026-11-24 03:20:12 (UTC+8)"),
        ] {
            let data = data.to_string();
            assert_eq!(one(kind, &data, MADE, Lang::Zh).line, zh);
            assert_eq!(one(kind, &data, MADE, Lang::En).line, en);
            assert!(
                !format!("{:?}", one(kind, &data, MADE, Lang::Zh)).contains("李四"),
                "whoever tried it is not told"
            );
        }
    }

    #[test]
    fn what_else_is_known_stands_below() {
        let told = one("alarm.raised", &alarm().to_string(), MADE, Lang::Zh);
        let told: Vec<String> = told.facts.iter().map(|(name, value)| format!("{name} {value}")).collect();
        assert_eq!(
            told,
            [
                "级别 紧急",
                "专题 水务",
                "设备 东门桥 (W-1)",
                "规则 河道水位超警戒 (water.river_warning)",
                "数值 5.82 m",
                "限值 5.50 m",
                "产生 2026-11-24 03:20:11",
                "编号 00ff"
            ]
        );
        for (ms, text) in [(0, "0 秒"), (2_689_000, "44 分 49 秒"), (93_780_000, "1 天 2 小时 3 分"), (-5, "0 秒")]
        {
            assert_eq!(span(ms, Lang::Zh), text);
        }
    }
}
