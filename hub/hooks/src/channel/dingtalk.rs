//! A robot in a group of 钉钉 (自定义机器人, open.dingtalk.com/document/robots/custom-robot-access): Markdown with a title, 20 messages
//! a minute, the token in the address; where a secret is set (加签), time and signature beside it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chengshu_core::model::{RobotSecret, Timestamp};
use serde_json::{Value, json};
use url::Url;

use super::Letter;
use super::robot::{markdown, with};
use super::sign::hmac_sha256;
use crate::text::in_markup;

/// Bytes of `text` at most: a message may have 20,000 in all.
const MOST: usize = 18_000;

pub(super) fn address(target: &str, secret: &RobotSecret, now: Timestamp) -> Option<Url> {
    let Some(key) = &secret.sign else { return with(target, &[("access_token", &secret.key)]) };
    let (time, sign) = (now.ms().to_string(), signature(key, now));
    with(target, &[("access_token", &secret.key), ("timestamp", &time), ("sign", &sign)])
}

/// Base64 of HMAC-SHA256 of "TIMESTAMP\nSECRET" under the secret.
fn signature(secret: &str, now: Timestamp) -> String {
    STANDARD.encode(hmac_sha256(secret.as_bytes(), &[format!("{}\n{secret}", now.ms()).as_bytes()]))
}

pub(super) fn message(letter: &Letter<'_>, sign: &str) -> Value {
    let title = in_markup(&letter.text.title);
    // a line ends where two spaces stand before it
    let text = markdown(letter, sign, &format!("### {title}"), MOST).replace('\n', "  \n");
    json!({ "msgtype": "markdown", "markdown": { "title": title, "text": text } })
}

#[cfg(test)]
mod tests {
    use super::super::robot::tests_of::{raised, to};
    use super::*;

    /// printf '1795336920000\nSEC7f3a' | openssl dgst -sha256 -hmac SEC7f3a -binary | base64
    #[test]
    fn the_signature_is_what_openssl_makes() {
        let now = Timestamp::from_ms(1_795_336_920_000);
        assert_eq!(signature("SEC7f3a", now), "zGi3gvtvHSmAd3NCLfsslcE8kZcTS8NL0Cs7YBk7mWg=");
        let secret = RobotSecret { key: "tok".to_owned(), sign: Some("SEC7f3a".to_owned()) };
        let url = address("https://oapi.dingtalk.com/robot/send", &secret, now).unwrap();
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs[0], ("access_token".to_owned(), "tok".to_owned()));
        assert_eq!(pairs[1], ("timestamp".to_owned(), "1795336920000".to_owned()));
        assert_eq!(pairs[2], ("sign".to_owned(), signature("SEC7f3a", now)), "as it was, once it is decoded");
        assert!(!url.as_str().contains('+'), "{url}");
        let plain = RobotSecret { sign: None, ..secret };
        let url = address("https://oapi.dingtalk.com/robot/send?access_token=old", &plain, now).unwrap();
        assert_eq!(url.as_str(), "https://oapi.dingtalk.com/robot/send?access_token=tok");
    }

    #[test]
    fn a_message_as_the_robot_wants_it() {
        let (text, to) = (raised(), to());
        let told = message(&Letter { id: String::new(), at: Timestamp::from_ms(0), text: &text, to: &to }, "城枢");
        assert_eq!(told["markdown"]["title"], "【紧急】东门桥 ＜＠all＞ 水位 5.82 m ≥ 5.50 m");
        assert_eq!(
            told["markdown"]["text"],
            "### 【紧急】东门桥 ＜＠all＞ 水位 5.82 m ≥ 5.50 m  \n> 级别：紧急  \n> 限值：5.50 m  \n  \n城枢"
        );
    }
}
