//! Many happenings in one message (合并发送): when more wait for a receiver than it takes in a minute. Counts by rule and by
//! theme of all of them, the gravest in a list; which ones they were stands with each delivery.

use std::collections::BTreeMap;

use chengshu_core::model::{Lang, Timestamp};
use chengshu_store::Waiting;

use super::facts::Facts;
use super::one::one;
use super::{Text, words};

/// So many of the gravest are told one by one.
const LISTED: usize = 30;

/// Counts by kind.
type Counts = BTreeMap<String, u64>;

/// What goes into one message. Takes in any number of happenings and keeps little of each.
pub(crate) struct Digest {
    lang: Lang,
    ids: Vec<i64>,
    kinds: Counts,
    rules: BTreeMap<String, Counts>,
    themes: BTreeMap<String, Counts>,
    span: Option<(Timestamp, Timestamp)>,
    /// The gravest: rank, number and line.
    gravest: Vec<(u8, i64, String)>,
}

impl Digest {
    pub(crate) fn new(lang: Lang) -> Self {
        let (kinds, rules, themes) = (Counts::new(), BTreeMap::new(), BTreeMap::new());
        Self { lang, ids: Vec::new(), kinds, rules, themes, span: None, gravest: Vec::new() }
    }

    /// The deliveries in it.
    pub(crate) fn ids(&self) -> &[i64] {
        &self.ids
    }

    pub(crate) fn add(&mut self, one_of: &Waiting) {
        let (lang, facts) = (self.lang, Facts::of(&one_of.data));
        let count = |counts: &mut Counts| *counts.entry(one_of.kind.clone()).or_default() += 1;
        self.ids.push(one_of.id);
        count(&mut self.kinds);
        if let Some(theme) = facts.theme(lang) {
            count(self.themes.entry(theme).or_default());
        }
        let rule = facts.rule(lang).or_else(|| facts.name("kind"));
        if let Some(rule) = rule {
            count(self.rules.entry(rule).or_default());
        }
        let (first, last) = self.span.unwrap_or((one_of.made, one_of.made));
        self.span = Some((first.min(one_of.made), last.max(one_of.made)));
        let rank = if one_of.kind == "alarm.raised" { words::rank(facts.word("severity")) } else { u8::MAX };
        let worth = self.gravest.len() < LISTED || self.gravest.last().is_some_and(|(last, ..)| rank < *last);
        if worth {
            let line = one(&one_of.kind, &one_of.data, one_of.made, lang).line;
            let at = self.gravest.partition_point(|(known, id, _)| (*known, *id) < (rank, one_of.id));
            self.gravest.insert(at, (rank, one_of.id, line));
            self.gravest.truncate(LISTED);
        }
    }

    /// In words.
    pub(crate) fn text(&self) -> Text {
        let lang = self.lang;
        let total = self.ids.len() as u64;
        let title = format!(
            "{}{}{}",
            words::mark(lang.pick("汇总", "Digest"), lang),
            lang.pick(&format!("{} 条：", grouped(total)), &format!("{} messages: ", grouped(total))),
            self.counts(&self.kinds)
        );
        let (first, last) = self.span.unwrap_or((Timestamp::from_ms(0), Timestamp::from_ms(0)));
        let (first, last, total) = (first.local_second(), last.local_second(), grouped(total));
        let line = lang
            .pick(
                &format!("{first} 至 {last} 共 {total} 条，合并为一条发送。"),
                &format!("{total} from {first} to {last} (UTC+8), told in one message."),
            )
            .to_owned();
        let left = self.ids.len() - self.gravest.len();
        let mut list: Vec<String> = self.gravest.iter().map(|(.., line)| line.clone()).collect();
        if left > 0 {
            let left = grouped(left as u64);
            list.push(
                lang.pick(
                    &format!("另有 {left} 条，见推送记录"),
                    &format!("and {left} more, in the list of deliveries"),
                )
                .to_owned(),
            );
        }
        let lists = [
            (lang.pick("按规则", "By rule"), self.table(&self.rules)),
            (lang.pick("按专题", "By theme"), self.table(&self.themes)),
            (lang.pick("明细（级别高者在前）", "The gravest"), list),
        ];
        let is_alarming = self.kinds.contains_key("alarm.raised");
        Text {
            title,
            line,
            facts: Vec::new(),
            lists: lists.into_iter().filter(|(_, list)| !list.is_empty()).collect(),
            is_alarming,
        }
    }

    fn counts(&self, counts: &Counts) -> String {
        let of = |(kind, count): (&String, &u64)| match self.lang {
            Lang::Zh => format!("{} {}", words::kind(kind, Lang::Zh), grouped(*count)),
            Lang::En => format!("{} {}", grouped(*count), words::kind(kind, Lang::En)),
        };
        let mut ordered: Vec<(&String, &u64)> = counts.iter().collect();
        ordered.sort_by_key(|(kind, _)| *kind != "alarm.raised");
        ordered.into_iter().map(of).collect::<Vec<_>>().join(self.lang.pick("，", ", "))
    }

    /// A line for each, the most frequent first.
    fn table(&self, of: &BTreeMap<String, Counts>) -> Vec<String> {
        let mut rows: Vec<(&String, &Counts)> = of.iter().collect();
        rows.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.values().sum::<u64>()));
        let colon = self.lang.pick("：", ": ");
        rows.into_iter().map(|(name, counts)| format!("{name}{colon}{}", self.counts(counts))).collect()
    }
}

/// `50,000`.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<&str> =
        digits.as_bytes().rchunks(3).rev().filter_map(|group| std::str::from_utf8(group).ok()).collect();
    groups.join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn waiting(id: i64, kind: &str, severity: &str, theme: &str) -> Waiting {
        let data = json!({
            "device": format!("D-{id}"), "severity": severity, "theme": theme, "rule": format!("{theme}.x"),
            "raised_at": 1_795_461_611_000_i64, "cleared_at": 1_795_461_611_000_i64,
        });
        Waiting { id, kind: kind.to_owned(), data: data.to_string(), made: Timestamp::from_ms(1_795_461_611_000 + id) }
    }

    #[test]
    fn counts_all_and_lists_the_gravest() {
        let mut digest = Digest::new(Lang::Zh);
        for id in 0..50_000 {
            let severity = if id % 1_000 == 7 { "critical" } else { "general" };
            digest.add(&waiting(id, "alarm.raised", severity, if id % 5 == 0 { "fire" } else { "water" }));
        }
        digest.add(&waiting(50_000, "alarm.cleared", "critical", "fire"));
        let text = digest.text();
        assert_eq!(digest.ids().len(), 50_001);
        assert_eq!(text.title, "【汇总】50,001 条：告警 50,000，解除 1");
        assert_eq!(text.line, "2026-11-24 03:20:11 至 2026-11-24 03:21:01 共 50,001 条，合并为一条发送。");
        assert_eq!(text.lists[0].1, ["water.x：告警 40,000", "fire.x：告警 10,000，解除 1"]);
        assert_eq!(text.lists[1].1, ["water：告警 40,000", "fire：告警 10,000，解除 1"]);
        let list = &text.lists[2].1;
        assert_eq!(list.len(), LISTED + 1);
        assert!(list[..LISTED].iter().all(|line| line.starts_with("【特急】")), "{list:?}");
        assert!(list[0].contains("D-7 ") || list[0].contains("D-7,") || list[0].contains("D-7 ("), "{list:?}");
        assert_eq!(list[LISTED], "另有 49,971 条，见推送记录");
    }

    #[test]
    fn speaks_english_too() {
        let mut digest = Digest::new(Lang::En);
        digest.add(&waiting(1, "alarm.raised", "urgent", "water"));
        digest.add(&waiting(2, "alarm.cleared", "urgent", "water"));
        let text = digest.text();
        assert_eq!(text.title, "[Digest] 2 messages: 1 raised, 1 cleared");
        assert_eq!(
            text.lists.iter().map(|(name, _)| *name).collect::<Vec<_>>(),
            ["By rule", "By theme", "The gravest"]
        );
        assert_eq!(text.lists[2].1.len(), 2);
        assert_eq!([1, 999, 1_000, 1_234_567].map(grouped), ["1", "999", "1,000", "1,234,567"]);
    }
}
