//! A robot in a group of 企业微信 (群机器人, developer.work.weixin.qq.com/document/path/91770): Markdown of at most 4096 bytes, 20
//! messages a minute, the key in the address.

use chengshu_core::model::RobotSecret;
use serde_json::{Value, json};
use url::Url;

use super::Letter;
use super::robot::{markdown, with};
use crate::text::in_markup;

/// Bytes of `content` at most.
const MOST: usize = 4096;

pub(super) fn address(target: &str, secret: &RobotSecret) -> Option<Url> {
    with(target, &[("key", &secret.key)])
}

pub(super) fn message(letter: &Letter<'_>, sign: &str) -> Value {
    let colour = if letter.text.is_alarming { "warning" } else { "info" };
    let title = format!("**<font color=\"{colour}\">{}</font>**", in_markup(&letter.text.title));
    json!({ "msgtype": "markdown", "markdown": { "content": markdown(letter, sign, &title, MOST) } })
}

#[cfg(test)]
mod tests {
    use super::super::robot::tests_of::{long, raised, to};
    use super::*;

    #[test]
    fn a_message_as_the_robot_wants_it() {
        let secret = RobotSecret { key: "693a91f6".to_owned(), sign: None };
        let url = address("https://qyapi.weixin.qq.com/cgi-bin/webhook/send", &secret).unwrap();
        assert_eq!(url.as_str(), "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693a91f6");
        let (text, to) = (raised(), to());
        let told = message(&raised_letter(&text, &to), "城枢 · 江城区");
        assert_eq!(told["msgtype"], "markdown");
        assert_eq!(
            told["markdown"]["content"],
            "**<font color=\"warning\">【紧急】东门桥 ＜＠all＞ 水位 5.82 m ≥ 5.50 m</font>**\n> 级别：紧急\n> 限值：5.50 m\n\n城枢 · 江城区"
        );
        let text = long();
        let told = message(&raised_letter(&text, &to), "城枢");
        let content = told["markdown"]["content"].as_str().unwrap();
        assert!(content.len() <= MOST && content.len() > MOST - 200, "{}", content.len());
        assert!(content.contains("……另有 ") && content.ends_with("\n\n城枢"), "{content}");
    }

    fn raised_letter<'a>(text: &'a crate::text::Text, to: &'a chengshu_store::Recipient) -> Letter<'a> {
        Letter { id: String::new(), at: chengshu_core::model::Timestamp::from_ms(0), text, to }
    }
}
