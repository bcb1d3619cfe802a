//! A browser as far as the hub's doors are concerned: it keeps cookies and says that a request is our own page's.

use std::time::Duration;

use anyhow::Context as _;
use chengshu_access::Secret;
use chengshu_core::model::Timestamp;
use serde_json::{Value, json};

use super::GUARD;

/// Somebody at a browser.
pub struct Browser {
    http: String,
    /// `name=value`, as the hub has set it.
    pub cookie: Option<String>,
    /// Leaves out what another site's form could not send.
    pub forged: bool,
}

impl Browser {
    pub fn new(http: &str) -> Self {
        Self { http: http.to_owned(), cookie: None, forged: false }
    }

    /// With a cookie that somebody else got.
    pub fn with(http: &str, cookie: &str) -> Self {
        Self { cookie: Some(cookie.to_owned()), ..Self::new(http) }
    }

    /// Any request: status and answer.
    pub fn send(&mut self, method: &str, path: &str, body: Option<Value>) -> anyhow::Result<(u16, Value)> {
        let config = super::client()
            .timeout_recv_response(Some(GUARD))
            .timeout_global(Some(Duration::from_secs(60)))
            .http_status_as_error(false)
            .allow_non_standard_methods(true)
            .proxy(None);
        let agent: ureq::Agent = config.build().into();
        let mut request = ureq::http::Request::builder().method(method).uri(format!("{}{path}", self.http));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        if method != "GET" && !self.forged {
            request = request.header("X-Chengshu-CSRF", "1");
        }
        let mut answer = match body {
            Some(body) => {
                let request = request.header("Content-Type", "application/json");
                agent.run(request.body(body.to_string())?)?
            }
            None => agent.run(request.body(())?)?,
        };
        for set in answer.headers().get_all("set-cookie") {
            let pair = set.to_str()?.split(';').next().unwrap_or_default().to_owned();
            self.cookie = Some(pair).filter(|pair| !pair.ends_with('='));
        }
        let text = answer.body_mut().read_to_string()?;
        Ok((answer.status().as_u16(), serde_json::from_str(&text).unwrap_or(Value::String(text))))
    }

    pub fn get(&mut self, path: &str) -> anyhow::Result<(u16, Value)> {
        self.send("GET", path, None)
    }

    pub fn post(&mut self, path: &str, body: Value) -> anyhow::Result<(u16, Value)> {
        self.send("POST", path, Some(body))
    }

    /// GET that must work.
    pub fn read(&mut self, path: &str) -> anyhow::Result<Value> {
        let (status, answer) = self.get(path)?;
        anyhow::ensure!((200..300).contains(&status), "{path}: {status} {answer}");
        Ok(answer)
    }

    /// POST that must work.
    pub fn act(&mut self, path: &str, body: Value) -> anyhow::Result<Value> {
        let (status, answer) = self.post(path, body)?;
        anyhow::ensure!((200..300).contains(&status), "{path}: {status} {answer}");
        Ok(answer)
    }

    /// Sets up a second factor; answers its secret.
    pub fn enrol_factor(&mut self, now: Timestamp) -> anyhow::Result<Secret> {
        let offer = self.act("/api/v1/me/totp", json!({}))?;
        let secret = secret(offer["secret"].as_str().context("a secret")?)?;
        self.act("/api/v1/me/totp/confirm", json!({ "code": secret.code(now) }))?;
        Ok(secret)
    }

    /// Signs in; the one-time password, if it is one, is changed to `new`.
    pub fn sign_in(&mut self, user: &str, password: &str, new: Option<&str>) -> anyhow::Result<()> {
        self.act("/api/v1/login", json!({ "user": user, "password": password }))?;
        if let Some(new) = new {
            self.act("/api/v1/me/password", json!({ "old": password, "new": new }))?;
        }
        Ok(())
    }
}

/// A secret as an authenticator reads it.
fn secret(base32: &str) -> anyhow::Result<Secret> {
    let mut bits = 0_u64;
    let mut have = 0;
    let mut bytes = Vec::new();
    for sign in base32.bytes() {
        let value = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".iter().position(|one| *one == sign).context("base32")?;
        bits = bits << 5 | value as u64;
        have += 5;
        if have >= 8 {
            have -= 8;
            bytes.push((bits >> have) as u8);
        }
    }
    let bytes: [u8; 20] = bytes.try_into().map_err(|_| anyhow::anyhow!("twenty bytes"))?;
    Ok(Secret::new(bytes))
}
