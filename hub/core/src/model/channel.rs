//! The ways on which somebody outside is told of what happened (推送渠道), and what a robot of a chat needs to be spoken to.
//! Words only: who sends stands in `hooks`.

/// How a receiver is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Channel {
    /// A signed HTTP request to an address of its own.
    Webhook,
    /// E-mail (电子邮件).
    Email,
    /// A message at a broker, `city/{theme}/{device}/alarm`.
    Mqtt,
    /// A robot in a group of 企业微信 (WeCom).
    WeCom,
    /// A robot in a group of 钉钉 (DingTalk).
    DingTalk,
}

impl Channel {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Webhook, Self::Email, Self::Mqtt, Self::WeCom, Self::DingTalk];

    /// The word on the wire and in the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Email => "email",
            Self::Mqtt => "mqtt",
            Self::WeCom => "wecom",
            Self::DingTalk => "dingtalk",
        }
    }

    /// From that word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }

    /// Read by people: they get texts, and so many a minute only.
    #[must_use]
    pub const fn is_for_people(self) -> bool {
        matches!(self, Self::Email | Self::WeCom | Self::DingTalk)
    }

    /// For a robot in a chat: the parameter of its address that is its key, and must be seen by nobody.
    #[must_use]
    pub const fn key_param(self) -> Option<&'static str> {
        match self {
            Self::WeCom => Some("key"),
            Self::DingTalk => Some("access_token"),
            _ => None,
        }
    }
}

/// What a robot must not tell anybody: its key, and what signs where it asks for that (加签). Kept encrypted.
#[derive(Clone, PartialEq, Eq)]
pub struct RobotSecret {
    /// The parameter of its address.
    pub key: String,
    /// Signs each message.
    pub sign: Option<String>,
}

impl RobotSecret {
    /// As it is encrypted: a line for each.
    #[must_use]
    pub fn to_text(&self) -> String {
        self.sign.iter().fold(self.key.clone(), |text, sign| format!("{text}\n{sign}"))
    }

    /// Back from that.
    #[must_use]
    pub fn of_text(text: &str) -> Self {
        match text.split_once('\n') {
            Some((key, sign)) => Self { key: key.to_owned(), sign: Some(sign.to_owned()) },
            None => Self { key: text.to_owned(), sign: None },
        }
    }
}

impl std::fmt::Debug for RobotSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RobotSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_secrets_come_back() {
        for channel in Channel::ALL {
            assert_eq!(Channel::of(channel.word()), Some(channel));
        }
        assert_eq!(Channel::of("sms"), None);
        for sign in [None, Some("SEC1".to_owned())] {
            let secret = RobotSecret { key: "k".to_owned(), sign };
            assert_eq!(RobotSecret::of_text(&secret.to_text()), secret);
        }
    }
}
