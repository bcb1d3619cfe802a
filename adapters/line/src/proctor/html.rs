//! The report as one self-contained page for paper: A4, black on white, with room for a signature. Judges nothing.

use std::fmt::Write as _;

use super::check::{Finding, Verdict, Weight};
use super::report::{Lang, Report, when};

const STYLE: &str = "@page{size:A4;margin:12mm 16mm}\
*{box-sizing:border-box}\
body{font:9.5pt/1.35 'Noto Sans CJK SC','Microsoft YaHei','PingFang SC',SimSun,sans-serif;color:#000;background:#fff;\
max-width:178mm;margin:8mm auto}\
@media print{body{margin:0}}\
h1{font-size:16pt;text-align:center;margin:0 0 4mm}h2{font-size:12pt;margin:6mm 0 2mm;break-after:avoid}\
table{width:100%;border-collapse:collapse}th,td{border:1px solid #000;padding:.9mm 1.8mm;text-align:left;vertical-align:top}\
thead{display:table-header-group}tr,section{break-inside:avoid}\
.head th{width:28mm;font-weight:400}.n{width:11mm;white-space:nowrap}.w{width:18mm}.v{width:20mm;font-weight:700}\
ul{margin:0;padding-left:4mm}.expected{font-size:8.5pt}\
pre{font:8pt/1.35 monospace;white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #000;padding:1.5mm;margin:1mm 0}\
.conclusion{border:2px solid #000;padding:2.5mm;font-weight:700;margin:3mm 0}\
.sign{display:flex;gap:8mm;margin-top:12mm;break-inside:avoid}.sign div{flex:1;border-bottom:1px solid #000;padding-bottom:9mm}";

/// The report as a page.
#[must_use]
pub fn html(report: &Report, lang: Lang) -> String {
    let pick = |zh: &'static str, en: &'static str| match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let title = pick("设备入网检测报告", "Device acceptance report");
    let mut out = String::with_capacity(16 * 1024);
    // a String takes everything
    let _ = write!(
        out,
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\"><title>{title} {}</title><style>{STYLE}</style></head>\n\
         <body>\n<h1>{title}</h1>\n<table class=\"head\">\n",
        pick("zh-CN", "en"),
        escape(report.head.device.as_deref().unwrap_or_default()),
    );
    let mut rows = report.head_rows();
    let conclusion = rows.pop();
    for (name, value) in rows {
        let _ = writeln!(out, "<tr><th>{}</th><td>{}</td></tr>", escape(lang.of(&name)), escape(lang.of(&value)));
    }
    out.push_str("</table>\n");
    if let Some((name, value)) = conclusion {
        let (name, value) = (escape(lang.of(&name)), escape(lang.of(&value)));
        let _ = writeln!(out, "<p class=\"conclusion\">{name}{}{value}</p>", pick("：", ": "));
    }
    let _ = writeln!(
        out,
        "<table><thead><tr><th class=\"n\">{}</th><th>{}</th><th class=\"w\">{}</th><th class=\"v\">{}</th></tr></thead><tbody>",
        pick("序号", "No."),
        pick("检测项、要求与实测", "Check, what was expected, what was seen"),
        pick("类别", "Weight"),
        pick("判定", "Verdict"),
    );
    for (n, finding) in report.findings.iter().enumerate() {
        row(&mut out, n + 1, finding, lang);
    }
    out.push_str("</tbody></table>\n");
    let failed =
        report.findings.iter().enumerate().filter(|(_, f)| f.verdict == Verdict::Failed && !f.samples.is_empty());
    let mut failed = failed.peekable();
    if failed.peek().is_some() {
        let _ = writeln!(
            out,
            "<h2>{}</h2>",
            pick("不合格项的原始报文（十六进制）", "Raw bytes of what failed (hexadecimal)")
        );
    }
    for (n, finding) in failed {
        let name = finding.check.name();
        let _ = writeln!(out, "<section><b>{}. {}</b>", n + 1, escape(lang.of(&name)));
        for sample in &finding.samples {
            let _ = writeln!(out, "<pre>{}\n{}</pre>", escape(&when(sample.at)), escape(&sample.hex));
        }
        out.push_str("</section>\n");
    }
    let _ = writeln!(
        out,
        "<div class=\"sign\"><div>{}</div><div>{}</div><div>{}</div></div>\n</body></html>",
        pick("检测人员签字", "Examined by (signature)"),
        pick("厂家代表签字", "For the maker (signature)"),
        pick("日期", "Date"),
    );
    out
}

fn row(out: &mut String, n: usize, finding: &Finding, lang: Lang) {
    let (name, weight, verdict) = (finding.check.name(), finding.weight.name(), finding.verdict.name());
    let verdict = match (finding.verdict, finding.weight, lang) {
        (Verdict::Failed, Weight::Advice, Lang::Zh) => "建议整改",
        (Verdict::Failed, Weight::Advice, Lang::En) => "to be mended",
        _ => lang.of(&verdict),
    };
    let _ = write!(
        out,
        "<tr><td>{n}</td><td><b>{}</b> <code>{}</code><div class=\"expected\">{}{}</div><ul>",
        escape(lang.of(&name)),
        finding.check.code(),
        match lang {
            Lang::Zh => "要求：",
            Lang::En => "Expected: ",
        },
        escape(lang.of(&finding.expected)),
    );
    for seen in &finding.seen {
        let _ = write!(out, "<li>{}</li>", escape(lang.of(seen)));
    }
    let _ =
        writeln!(out, "</ul></td><td>{}</td><td class=\"v\">{}</td></tr>", escape(lang.of(&weight)), escape(verdict));
}

/// What a device says may hold anything.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c if c.is_control() && c != '\n' => out.push('\u{FFFD}'),
            c => out.push(c),
        }
    }
    out
}
