//! The robots of 企业微信 and 钉钉, as their makers' pages say that they answer: HTTP 200 to everything, and an `errcode`. They look
//! at the key, at the form and the length of a message, at the signature, and take twenty messages a minute.

use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::receiver::{Message, Receiver};

const MINUTE: Duration = Duration::from_secs(60);
const A_MINUTE: usize = 20;

pub struct Robot {
    receiver: Receiver,
    /// What it answers whatever comes; 0: it judges.
    says: Arc<AtomicI64>,
    /// What it took.
    taken: Arc<Mutex<Vec<Value>>>,
    path: &'static str,
}

/// HMAC-SHA256 in Base64 by somebody else's program.
type Sign = fn(&str, &str) -> String;

impl Robot {
    pub const KEY: &'static str = "693a91f6-7d0c-4bc4-97a0-0ec2sifa5aaa";
    pub const SECRET: &'static str = "SEC5f0b3a9e-robot-canary";

    /// One of 企业微信.
    pub fn wecom() -> anyhow::Result<Self> {
        Self::start("/cgi-bin/webhook/send?key=", |message| {
            if !message.path.ends_with(&format!("?key={}", Self::KEY)) {
                return (93_000, "invalid webhook url");
            }
            let json = message.json();
            let content = json["markdown"]["content"].as_str().unwrap_or_default();
            match content.len() {
                _ if json["msgtype"] != "markdown" => (40_008, "invalid message type"),
                0 => (44_004, "text content is empty"),
                1..=4096 => (0, "ok"),
                _ => (40_058, "markdown.content exceed max length 4096"),
            }
        })
    }

    /// One of 钉钉 that wants signatures, which `sign` makes of secret and text.
    pub fn dingtalk(sign: Sign) -> anyhow::Result<Self> {
        Self::start("/robot/send?access_token=", move |message| {
            let url = url::Url::parse(&format!("http://x{}", message.path)).expect("a path");
            let value = |name: &str| {
                url.query_pairs()
                    .find(|(known, _)| known == name)
                    .map_or(String::new(), |(_, value)| value.into_owned())
            };
            let time = value("timestamp").parse::<i64>().unwrap_or(0);
            let json = message.json();
            if value("access_token") != Self::KEY {
                return (300_001, "token is not exist");
            }
            if (super::now_ms() - time).abs() > 3_600_000 {
                return (310_000, "invalid timestamp");
            }
            if value("sign") != sign(Self::SECRET, &format!("{time}\n{}", Self::SECRET)) {
                return (310_000, "sign not match");
            }
            let full = |field: &str| json["markdown"][field].as_str().is_some_and(|text| !text.is_empty());
            if json["msgtype"] == "markdown" && full("title") && full("text") {
                (0, "ok")
            } else {
                (400_602, "miss param")
            }
        })
    }

    fn start(
        path: &'static str,
        judge: impl Fn(&Message) -> (i64, &'static str) + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let (says, taken) = (Arc::new(AtomicI64::new(0)), Arc::new(Mutex::new(Vec::new())));
        let (told, kept, times) = (says.clone(), taken.clone(), Mutex::new(Vec::<Instant>::new()));
        let receiver = Receiver::judging(move |message| {
            let mut times = times.lock().expect("nobody panics with it");
            times.retain(|at| at.elapsed() < MINUTE);
            let (code, words) = match told.load(Ordering::SeqCst) {
                0 if times.len() >= A_MINUTE => (45_009, "api freq out of limit"),
                0 => judge(message),
                code => (code, "as it was told"),
            };
            if code == 0 {
                times.push(Instant::now());
                kept.lock().expect("nobody panics with it").push(message.json());
            }
            json!({ "errcode": code, "errmsg": words }).to_string()
        })?;
        Ok(Self { receiver, says, taken, path })
    }

    /// The address as its group shows it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}{}{}", self.receiver.port, self.path, Self::KEY)
    }

    /// From now on; 0: it judges again.
    pub fn says(&self, code: i64) {
        self.says.store(code, Ordering::SeqCst);
    }

    /// What it took, in its order.
    pub fn taken(&self) -> Vec<Value> {
        self.taken.lock().expect("nobody panics with it").clone()
    }

    /// How often it was spoken to.
    pub fn asked(&self) -> usize {
        self.receiver.messages().len()
    }
}
