//! The report as text for a terminal. Judges nothing.

use std::fmt::Write as _;

use super::check::{Finding, Verdict};
use super::report::{Lang, Report, when};

/// Hexadecimal digits of a sample on one line.
const WIDTH: usize = 96;

/// The report as text; ends without a line feed.
#[must_use]
pub fn text(report: &Report, lang: Lang) -> String {
    let mut out = String::new();
    let (title, colon) = match lang {
        Lang::Zh => ("设备入网检测报告", "："),
        Lang::En => ("Device acceptance report", ": "),
    };
    // a String takes everything
    let _ = writeln!(out, "{title}\n");
    for (name, value) in report.head_rows() {
        let _ = writeln!(out, "{}{colon}{}", lang.of(&name), lang.of(&value));
    }
    for (n, finding) in report.findings.iter().enumerate() {
        put(&mut out, n + 1, finding, lang);
    }
    out.trim_end().to_owned()
}

fn put(out: &mut String, n: usize, finding: &Finding, lang: Lang) {
    let (name, weight, verdict) = (finding.check.name(), finding.weight.name(), finding.verdict.name());
    let mark = match finding.verdict {
        Verdict::Passed => "+",
        Verdict::Failed => "!",
        Verdict::NotSeen => "?",
    };
    let (name, weight, verdict) = (lang.of(&name), lang.of(&weight), lang.of(&verdict));
    let _ = writeln!(out, "\n{mark} {n}. {name} [{}] · {weight} · {verdict}", finding.check.code());
    let expected = match lang {
        Lang::Zh => "要求",
        Lang::En => "expected",
    };
    let _ = writeln!(out, "    {expected}: {}", lang.of(&finding.expected));
    for seen in &finding.seen {
        let _ = writeln!(out, "    {}", lang.of(seen));
    }
    if finding.verdict == Verdict::Failed {
        for sample in &finding.samples {
            let _ = writeln!(out, "    {}", when(sample.at));
            for line in sample.hex.as_bytes().chunks(WIDTH) {
                let _ = writeln!(out, "      {}", String::from_utf8_lossy(line));
            }
        }
    }
}
