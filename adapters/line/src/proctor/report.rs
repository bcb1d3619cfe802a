//! The report: who was examined, by whom, when, and every finding. Renders nothing.

use chengshu_core::model::{Label, Timestamp};

use super::check::{Check, Finding, Verdict, Weight};
use super::label;

/// In which language it is rendered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Lang {
    /// Simplified Chinese.
    #[default]
    Zh,
    /// English.
    En,
}

impl Lang {
    /// The text in this language.
    #[must_use]
    pub fn of(self, label: &Label) -> &str {
        match self {
            Self::Zh => &label.zh,
            Self::En => &label.en,
        }
    }
}

/// What stands above the findings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// The protocol.
    pub protocol: Label,
    /// What the device says it is called; none when it never did.
    pub device: Option<String>,
    /// Its kind, with its name in the theme.
    pub kind: Option<Label>,
    /// From where it first spoke.
    pub peer: Option<String>,
    /// From here.
    pub started: Timestamp,
    /// To here.
    pub ended: Timestamp,
    /// Who examined it.
    pub person: String,
    /// Version of this software.
    pub version: String,
    /// False: somebody ended the examination before its last step.
    pub complete: bool,
}

/// What it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conclusion {
    /// Nothing mandatory failed, and all of it was seen.
    Passed,
    /// Something mandatory failed.
    Failed,
    /// Nothing mandatory failed, but not all of it was seen.
    Incomplete,
}

/// An examination's outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What stands above.
    pub head: Head,
    /// All checks, in their order.
    pub findings: Vec<Finding>,
}

impl Report {
    /// What one check found.
    #[must_use]
    pub fn of(&self, check: Check) -> Option<&Finding> {
        self.findings.iter().find(|finding| finding.check == check)
    }

    /// Checks with this verdict and weight.
    pub fn with(&self, verdict: Verdict, weight: Weight) -> impl Iterator<Item = Check> {
        let found = self.findings.iter().filter(move |f| f.verdict == verdict && f.weight == weight);
        found.map(|finding| finding.check)
    }

    /// What it comes to.
    #[must_use]
    pub fn conclusion(&self) -> Conclusion {
        if self.with(Verdict::Failed, Weight::Mandatory).next().is_some() {
            Conclusion::Failed
        } else if !self.head.complete || self.with(Verdict::NotSeen, Weight::Mandatory).next().is_some() {
            Conclusion::Incomplete
        } else {
            Conclusion::Passed
        }
    }

    /// The conclusion for people, with its numbers.
    #[must_use]
    pub fn verdict(&self) -> Label {
        let count = |verdict| self.findings.iter().filter(|finding| finding.verdict == verdict).count();
        let (passed, unseen) = (count(Verdict::Passed), count(Verdict::NotSeen));
        let failed = self.with(Verdict::Failed, Weight::Mandatory).count();
        let advised = self.with(Verdict::Failed, Weight::Advice).count();
        let (zh, en) = match self.conclusion() {
            Conclusion::Passed => ("合格", "PASSED"),
            Conclusion::Failed => ("不合格", "FAILED"),
            Conclusion::Incomplete => ("未完成，必测项未全部检出", "INCOMPLETE, not every mandatory check was seen"),
        };
        label(
            format!("{zh}（{passed} 项合格，{failed} 项必测不合格，{advised} 项建议整改，{unseen} 项未检测）"),
            format!("{en} ({passed} passed, {failed} mandatory failed, {advised} to be mended, {unseen} not seen)"),
        )
    }

    /// The head as pairs for people.
    pub(super) fn head_rows(&self) -> Vec<(Label, Label)> {
        let same = |text: &str| label(text, text);
        let none = || label("（未知）", "(unknown)");
        let known = |text: &Option<String>| text.as_deref().map_or_else(none, same);
        let head = &self.head;
        let when = format!("{} – {}", when(head.started), when(head.ended));
        let person = if head.person.is_empty() { label("", "") } else { same(&head.person) };
        vec![
            (label("设备编号", "Device"), known(&head.device)),
            (label("设备类型", "Kind"), head.kind.clone().unwrap_or_else(none)),
            (label("通信协议", "Protocol"), head.protocol.clone()),
            (label("设备地址", "Peer"), known(&head.peer)),
            (label("检测时间", "When"), same(&when)),
            (label("检测人员", "Examined by"), person),
            (label("检测软件", "Software"), same(&format!("城枢 Chengshu {}", head.version))),
            (label("结论", "Conclusion"), self.verdict()),
        ]
    }
}

/// To the second, China Standard Time.
pub(super) fn when(at: Timestamp) -> String {
    let text = at.to_rfc3339_local();
    text.get(..19).map_or_else(|| text.clone(), |text| text.replace('T', " "))
}
