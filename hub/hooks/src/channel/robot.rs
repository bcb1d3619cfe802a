//! What the robots of 企业微信 and 钉钉 have in common: a JSON message to an address that holds a key, and an answer whose
//! `errcode` is 0 when it was taken. HTTP says 200 to everything.

use bytes::Bytes;
use chengshu_dial::Dialer;
use hyper::{Request, header};
use serde_json::Value;
use url::Url;

use super::{Failure, Letter, TIMEOUT};
use crate::text::{fit, in_markup};

/// Bytes of an answer at most.
const ANSWER: usize = 64 << 10;

pub(super) async fn post(dialer: &Dialer, url: &Url, message: &Value) -> Result<u16, Failure> {
    let request = Request::post(url.as_str()).header(header::CONTENT_TYPE, "application/json; charset=utf-8");
    let request = request.body(Bytes::from(message.to_string())).map_err(|error| Failure::new(error.to_string()))?;
    let answer = dialer.ask(request, TIMEOUT, ANSWER).await.map_err(|error| Failure::new(error.to_string()))?;
    judge(answer.status().as_u16(), answer.body())
}

/// What an answer means. Whatever is wrong is wrong with the robot: its key, its rate, its rules.
fn judge(status: u16, body: &[u8]) -> Result<u16, Failure> {
    if !(200..300).contains(&status) {
        return Err(Failure::answered(status, format!("it answered {status}"), true));
    }
    let answer: Value = serde_json::from_slice(body).unwrap_or_default();
    match answer["errcode"].as_i64() {
        Some(0) => Ok(status),
        Some(code) => {
            let said = answer["errmsg"].as_str().unwrap_or_default();
            Err(Failure::answered(status, format!("errcode {code}{}: {said}", meaning(code)), true))
        }
        None => Err(Failure::answered(status, "it answered without errcode: this is no robot's address", true)),
    }
}

/// What the codes that are met mean, from the makers' lists.
fn meaning(code: i64) -> &'static str {
    match code {
        45009 | 130_101 | 410_100 => " (too many messages a minute)",
        93000 | 300_001 => " (its key is not known, or the robot was removed)",
        310_000 => " (its rules refuse it: the signing secret, a keyword, or the address that the hub calls from)",
        -1 => " (busy)",
        _ => "",
    }
}

/// The address with these parameters in place of any of the same names.
pub(super) fn with(target: &str, parameters: &[(&str, &str)]) -> Option<Url> {
    let mut url = Url::parse(target).ok()?;
    let kept: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let kept = kept.into_iter().filter(|(name, _)| parameters.iter().all(|(new, _)| new != name));
    let kept: Vec<(String, String)> = kept.collect();
    url.query_pairs_mut().clear().extend_pairs(kept).extend_pairs(parameters);
    Some(url)
}

/// Markdown that both understand: a title, quoted facts, lists, and who says it; in at most `bytes`.
pub(super) fn markdown(letter: &Letter<'_>, sign: &str, title: &str, bytes: usize) -> String {
    let text = letter.text;
    let mut lines = vec![title.to_owned()];
    let mut end = String::new();
    if !sign.is_empty() {
        end = format!("\n\n{}", in_markup(sign));
    }
    if text.facts.is_empty() {
        lines.push(String::new());
        lines.push(in_markup(&text.line));
    }
    let colon = letter.to.lang.pick("：", ": ");
    lines.extend(text.facts.iter().map(|(name, value)| format!("> {name}{colon}{}", in_markup(value))));
    for (heading, list) in &text.lists {
        lines.extend([String::new(), format!("**{heading}**")]);
        lines.extend(list.iter().map(|line| format!("- {}", in_markup(line))));
    }
    let more = |left: usize| letter.to.lang.pick("……另有 {} 行", "… {} more lines").replace("{}", &left.to_string());
    let room = bytes.saturating_sub(end.len() + 40); // for the line that says how much is missing
    let (fitting, left) = fit(&lines, room);
    let cut = (left > 0).then(|| more(left));
    fitting.iter().map(String::as_str).chain(cut.as_deref()).collect::<Vec<_>>().join("\n") + &end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errcode_0_means_that_it_was_taken() {
        assert_eq!(judge(200, br#"{"errcode":0,"errmsg":"ok"}"#), Ok(200));
        let words = |status, body: &[u8]| judge(status, body).unwrap_err().words;
        assert!(words(200, br#"{"errcode":45009,"errmsg":"api freq out of limit"}"#).contains("too many messages"));
        assert!(words(200, br#"{"errcode":310000,"errmsg":"sign not match"}"#).contains("sign not match"));
        assert!(words(200, b"<html>").contains("no robot's address"));
        assert!(words(200, br#"{"errcode":"0"}"#).contains("without errcode"));
        assert!(words(502, b"").contains("502"));
        assert!(judge(200, br#"{"errcode":-1}"#).unwrap_err().hold, "nothing else would fare better");
    }

    #[test]
    fn parameters_replace_their_own_kind_only() {
        let url = with("https://r.example/send?a=1&key=old", &[("key", "n/+w")]).unwrap();
        assert_eq!(url.as_str(), "https://r.example/send?a=1&key=n%2F%2Bw");
        assert_eq!(with("nonsense", &[]), None);
    }
}

/// Letters for the tests of both robots.
#[cfg(test)]
pub(super) mod tests_of {
    use chengshu_core::model::{Channel, Lang};
    use chengshu_store::Recipient;

    use crate::text::Text;

    pub(crate) fn to() -> Recipient {
        let target = "https://robot.example/send".to_owned();
        Recipient { id: 1, channel: Channel::WeCom, target, lang: Lang::Zh, secret: Vec::new(), failures: 0 }
    }

    pub(crate) fn raised() -> Text {
        let title = "【紧急】东门桥 <@all> 水位 5.82 m ≥ 5.50 m".to_owned();
        let facts = vec![("级别", "紧急".to_owned()), ("限值", "5.50 m".to_owned())];
        Text { line: title.clone(), title, facts, lists: Vec::new(), is_alarming: true }
    }

    pub(crate) fn long() -> Text {
        let list = (0..1_000).map(|n| format!("河道水位超警戒 {n}")).collect();
        Text { facts: Vec::new(), lists: vec![("明细", list)], ..raised() }
    }
}
