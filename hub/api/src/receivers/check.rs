//! Is what was sent a receiver: everything that is wrong with it at once, by field, and never with a word of a key. The
//! address of a robot is taken apart here: where it is goes into the list, its key under lock.

use chengshu_core::model::{Channel, RobotSecret};
use chengshu_store::ReceiverEntry;
use url::{Host, Url};

use super::words::{HappeningWord, ReceiverBody};
use crate::app::{App, Outlets};
use crate::caller::Who;
use crate::problem::Problem;
use crate::register::entry::FieldError;

/// Characters of an address at most.
const URL_MAX: usize = 2_000;
/// What is shown of a value that holds, or may hold, a secret.
const HIDDEN: &str = "…";

/// A receiver that is one, and what of its secret was sent along.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) entry: ReceiverEntry,
    /// A robot's key; none: the one that it has.
    pub(super) key: Option<String>,
    /// What a robot signs with; none: what it has; empty: nothing.
    pub(super) sign: Option<String>,
}

impl Checked {
    /// What a robot keeps secret after this; none when nobody has said its key.
    pub(super) fn robot(&self, before: Option<RobotSecret>) -> Option<RobotSecret> {
        let (key, sign) = before.map_or((None, None), |before| (Some(before.key), before.sign));
        let sign = self.sign.clone().or(sign).filter(|sign| !sign.is_empty());
        Some(RobotSecret { key: self.key.clone().or(key)?, sign })
    }
}

/// What is missing of a robot that nobody gave a key.
pub(super) fn no_key(channel: Channel) -> Problem {
    let expected = format!("the whole address of the robot, with its {}", channel.key_param().unwrap_or("key"));
    Problem::fields("the receiver", vec![FieldError { field: "url", read: HIDDEN.to_owned(), expected }])
}

/// Checks everything; `is` is the channel of a receiver that is there already.
pub(super) fn check(app: &App, who: &Who, body: ReceiverBody, is: Option<Channel>) -> Result<Checked, Problem> {
    let mut errors = Vec::new();
    let mut wrong = |field: &'static str, read: &str, expected: String| {
        errors.push(FieldError { field, read: read.chars().take(80).collect(), expected });
    };
    let name = body.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        wrong("name", &name, "1 to 200 characters, none of them control".to_owned());
    }
    let asked = body.channel.map(Channel::from);
    let channel = asked.or(is).unwrap_or(Channel::Webhook);
    if let Some(is) = is.filter(|is| *is != channel) {
        let expected = format!("{}: a receiver keeps its channel; make another one instead", is.word());
        wrong("channel", channel.word(), expected);
    }
    let mut key = None;
    let target = match target(app, channel, &body, &mut key) {
        Ok(target) => target,
        Err((field, read, expected)) => {
            wrong(field, &read, expected);
            String::new()
        }
    };
    for (field, given, belongs) in [
        ("url", body.url.is_some(), !matches!(channel, Channel::Email | Channel::Mqtt)),
        ("to", body.to.is_some(), channel == Channel::Email),
        ("broker", body.broker.is_some(), channel == Channel::Mqtt),
        ("sign", body.sign.is_some(), channel == Channel::DingTalk),
    ] {
        if given && !belongs {
            wrong(field, HIDDEN, format!("nothing: a receiver on the channel {} has none", channel.word()));
        }
    }
    if body.sign.as_ref().is_some_and(|sign| sign.len() > 200 || !sign.bytes().all(|b| b.is_ascii_graphic())) {
        wrong("sign", HIDDEN, "what 钉钉 shows under 加签 (SEC…), at most 200 characters".to_owned());
    }
    app.board.read(|board| {
        let known: Vec<&str> = board.themes.iter().map(|theme| theme.id.as_str()).collect();
        for theme in &body.themes {
            if !known.contains(&theme.as_str()) || !who.scope.covers_theme(theme) {
                wrong("themes", theme, format!("any of {}", known.join(", ")));
            }
        }
    });
    let mut events = body.events;
    if channel == Channel::Mqtt {
        for event in events.iter().filter(|event| !event.is_alarm()) {
            wrong("events", event.word(), "alarm.raised, alarm.cleared: the topic is one of alarms".to_owned());
        }
        if events.is_empty() {
            events = vec![HappeningWord::AlarmRaised, HappeningWord::AlarmCleared];
        }
    }
    if !errors.is_empty() {
        return Err(Problem::fields("the receiver", errors));
    }
    let sorted = |mut list: Vec<String>| {
        list.sort();
        list.dedup();
        list
    };
    let kinds = sorted(events.iter().map(|event| event.word().to_owned()).collect());
    let (themes, lang, enabled) = (sorted(body.themes), body.lang.into(), body.enabled);
    Ok(Checked { entry: ReceiverEntry { name, channel, target, lang, kinds, themes, enabled }, key, sign: body.sign })
}

/// A field that is wrong: its name, what was read, what would be right.
type Wrong = (&'static str, String, String);

fn target(app: &App, channel: Channel, body: &ReceiverBody, key: &mut Option<String>) -> Result<String, Wrong> {
    let given = |text: &Option<String>| text.as_deref().unwrap_or_default().trim().to_owned();
    match channel {
        Channel::Webhook => {
            let url = given(&body.url);
            address(app, &url).map_err(|expected| ("url", url.clone(), expected))?;
            Ok(url)
        }
        Channel::WeCom | Channel::DingTalk => {
            let wrong = |expected| ("url", HIDDEN.to_owned(), expected);
            let url = address(app, &given(&body.url)).map_err(wrong)?;
            let (target, found) = apart(url, channel).map_err(wrong)?;
            *key = found;
            Ok(target)
        }
        Channel::Email => {
            let (to, Outlets { email, .. }) = (given(&body.to), &*app.outlets);
            if !email {
                let expected = "a channel that the hub has: its configuration has no [mail] section".to_owned();
                return Err(("channel", channel.word().to_owned(), expected));
            }
            let expected = || "one mailbox such as duty@gov.example".to_owned();
            if is_mailbox(&to) { Ok(to) } else { Err(("to", to, expected())) }
        }
        Channel::Mqtt => {
            let (broker, brokers) = (given(&body.broker), &app.outlets.brokers);
            match brokers.as_slice() {
                [only] if broker.is_empty() => Ok(only.clone()),
                all if all.contains(&broker) => Ok(broker),
                all => Err(("broker", broker, format!("one of the hub's brokers: {}", all.join(", ")))),
            }
        }
    }
}

/// An address that may be called.
fn address(app: &App, text: &str) -> Result<Url, String> {
    let form =
        || format!("an address such as https://receiver.example/hook, at most {URL_MAX} characters, without a user");
    if text.len() > URL_MAX {
        return Err(form());
    }
    let url = Url::parse(text).map_err(|_| form())?;
    let plain = url.username().is_empty() && url.password().is_none();
    if !["http", "https"].contains(&url.scheme()) || !plain {
        return Err(form());
    }
    let address = match url.host() {
        None => return Err(form()),
        Some(Host::Domain(_)) => return Ok(url), // judged by what it means when it is called
        Some(Host::Ipv4(four)) => four.into(),
        Some(Host::Ipv6(six)) => six.into(),
    };
    let hint = || "a public address, or one that webhooks.allow of the configuration names".to_owned();
    if app.guard.permits(address) { Ok(url) } else { Err(hint()) }
}

/// A robot's address without its key, and the key, if it was there.
fn apart(mut url: Url, channel: Channel) -> Result<(String, Option<String>), String> {
    let name = channel.key_param().unwrap_or_default();
    let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
    let key = pairs.iter().find(|(known, _)| known == name).map(|(_, key)| key.clone());
    let good = |key: &String| {
        (8..=200).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    if key.as_ref().is_some_and(|key| !good(key)) {
        return Err(format!("the address as the group shows it, with {name}=… of 8 to 200 letters and digits"));
    }
    url.set_fragment(None);
    url.set_query(None);
    let kept = pairs.iter().filter(|(known, _)| ![name, "timestamp", "sign"].contains(&known.as_str()));
    let kept: Vec<&(String, String)> = kept.collect();
    if !kept.is_empty() {
        url.query_pairs_mut().extend_pairs(kept);
    }
    Ok((url.into(), key))
}

/// One mailbox, in the letters that every server takes.
fn is_mailbox(text: &str) -> bool {
    let Some((name, host)) = text.split_once('@') else { return false };
    let atom = |c: u8| c.is_ascii_alphanumeric() || b".!#$%&'*+-/=?^_`{|}~".contains(&c);
    let label = |label: &str| {
        !label.is_empty() && !label.starts_with('-') && label.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'-')
    };
    let dots = !name.starts_with('.') && !name.ends_with('.') && !name.contains("..");
    text.len() <= 254
        && !name.is_empty()
        && name.len() <= 64
        && dots
        && name.bytes().all(atom)
        && host.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_robots_address_is_taken_apart() {
        let of = |text: &str, channel| apart(Url::parse(text).unwrap(), channel);
        let wecom = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send";
        assert_eq!(
            of(&format!("{wecom}?key=693a91f6-7xxx"), Channel::WeCom),
            Ok((wecom.to_owned(), Some("693a91f6-7xxx".to_owned())))
        );
        assert_eq!(of(wecom, Channel::WeCom), Ok((wecom.to_owned(), None)));
        assert_eq!(
            of(
                "https://oapi.dingtalk.com/robot/send?access_token=0123456789&timestamp=1&sign=x&a=1#b",
                Channel::DingTalk
            ),
            Ok(("https://oapi.dingtalk.com/robot/send?a=1".to_owned(), Some("0123456789".to_owned())))
        );
        for bad in ["", "short", "a%20b%20c%20d%20e", "%E6%B0%B4%E6%B0%B4%E6%B0%B4"] {
            let told = of(&format!("{wecom}?key={bad}"), Channel::WeCom).unwrap_err();
            assert!(told.contains("key=…"), "{bad}: {told}");
        }
    }

    #[test]
    fn a_mailbox_is_one_and_no_list() {
        for good in ["duty@gov.example", "a.b+c@x-y.cn", "root@localhost"] {
            assert!(is_mailbox(good), "{good}");
        }
        for bad in
            ["", "a", "@b", "a@", "a b@c", "a@b,c@d", "a@b\r\nBcc: c@d", "<a@b>", "水@b", "a@-b", ".a@b", "a@b..c"]
        {
            assert!(!is_mailbox(bad), "{bad}");
        }
    }

    #[test]
    fn what_is_left_out_of_a_change_stays() {
        let entry = ReceiverEntry {
            name: String::new(),
            channel: Channel::DingTalk,
            target: String::new(),
            lang: chengshu_core::model::Lang::Zh,
            kinds: Vec::new(),
            themes: Vec::new(),
            enabled: true,
        };
        let checked = |key: Option<&str>, sign: Option<&str>| Checked {
            entry: entry.clone(),
            key: key.map(str::to_owned),
            sign: sign.map(str::to_owned),
        };
        let before = || Some(RobotSecret { key: "old".to_owned(), sign: Some("SEC".to_owned()) });
        let told = |checked: Checked, before| checked.robot(before).map(|secret| secret.to_text());
        assert_eq!(told(checked(None, None), before()).as_deref(), Some("old\nSEC"));
        assert_eq!(told(checked(Some("new"), None), before()).as_deref(), Some("new\nSEC"));
        assert_eq!(told(checked(None, Some("")), before()).as_deref(), Some("old"));
        assert_eq!(told(checked(Some("new"), Some("S")), None).as_deref(), Some("new\nS"));
        assert_eq!(told(checked(None, Some("S")), None), None);
    }
}
