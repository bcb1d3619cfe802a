//! A browser that goes from one site to another: keeps each one's cookies, sends strict ones on no way from another site, and
//! follows what it is told, one step at a time. Runs no scripts.

use std::net::Ipv4Addr;

use anyhow::Context as _;
use serde_json::Value;

use super::wire::{self, Reply};

/// Somebody with a browser of their own, at an address of their own.
pub struct Surfer {
    pub from: Ipv4Addr,
    jar: Vec<Kept>,
}

#[derive(Clone)]
struct Kept {
    site: String,
    name: String,
    value: String,
    path: String,
    strict: bool,
}

/// Where somebody is.
#[derive(Debug, Clone)]
pub struct Page {
    pub url: String,
    pub status: u16,
    /// Where it sends them, whole.
    pub to: Option<String>,
    pub body: String,
    /// `Set-Cookie`, as they came.
    pub set: Vec<String>,
    /// The way began at another site.
    crossed: bool,
}

impl Page {
    /// One whose script sends somebody there.
    pub fn leading(to: &str) -> Self {
        let (url, to) = (to.to_owned(), Some(to.to_owned()));
        Self { url, status: 200, to, body: String::new(), set: Vec::new(), crossed: false }
    }
}

fn site(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

fn path(url: &str) -> &str {
    url.get(site(url).len()..).filter(|path| !path.is_empty()).unwrap_or("/")
}

impl Default for Surfer {
    fn default() -> Self {
        Self { from: wire::somewhere(), jar: Vec::new() }
    }
}

impl Surfer {
    /// The value of a cookie.
    pub fn cookie(&self, name: &str) -> Option<&str> {
        self.jar.iter().find(|one| one.name == name).map(|one| one.value.as_str())
    }

    /// Puts a cookie that somebody else got.
    pub fn plant(&mut self, url: &str, name: &str, value: &str) {
        self.keep(&site(url), &format!("{name}={value}; Path=/; SameSite=Lax"));
    }

    fn keep(&mut self, site: &str, set: &str) {
        let mut parts = set.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let mut kept = Kept {
            site: site.to_owned(),
            name: name.to_owned(),
            value: value.to_owned(),
            path: "/".to_owned(),
            strict: false,
        };
        let mut gone = value.is_empty();
        for part in parts {
            match part.split_once('=').map(|(name, value)| (name.to_lowercase(), value)) {
                Some((name, value)) if name == "path" => kept.path = value.to_owned(),
                Some((name, value)) if name == "samesite" => kept.strict = value.eq_ignore_ascii_case("strict"),
                Some((name, "0")) if name == "max-age" => gone = true,
                Some((name, value)) if name == "expires" && value.contains(" 1970 ") => gone = true,
                _ => {}
            }
        }
        self.jar.retain(|one| (&one.site, &one.name, &one.path) != (&kept.site, &kept.name, &kept.path));
        if !gone {
            self.jar.push(kept);
        }
    }

    fn ask(
        &mut self,
        method: &str,
        url: &str,
        crossed: bool,
        headers: &[(&str, &str)],
        body: &str,
    ) -> anyhow::Result<Reply> {
        let (here, path) = (site(url), path(url).to_owned());
        let sent =
            self.jar.iter().filter(|one| one.site == here && path.starts_with(&one.path) && !(crossed && one.strict));
        let sent: Vec<String> = sent.map(|one| format!("{}={}", one.name, one.value)).collect();
        let (sent, mut headers) = (sent.join("; "), headers.to_vec());
        if !sent.is_empty() {
            headers.push(("Cookie", &sent));
        }
        let reply = wire::ask(self.from, method, url, &headers, body)?;
        for (_, set) in reply.headers.iter().filter(|(name, _)| name == "set-cookie") {
            self.keep(&here, set);
        }
        Ok(reply)
    }

    fn go(&mut self, method: &str, url: &str, crossed: bool, body: &str) -> anyhow::Result<Page> {
        let form = [("Content-Type", "application/x-www-form-urlencoded")];
        let headers = if body.is_empty() { &[][..] } else { &form[..] };
        let reply = self.ask(method, url, crossed, headers, body)?;
        let whole = |to: &str| if to.starts_with('/') { site(url) + to } else { to.to_owned() };
        Ok(Page {
            url: url.to_owned(),
            status: reply.status,
            to: reply.header("location").map(whole),
            set: reply.headers.iter().filter(|(name, _)| name == "set-cookie").map(|(_, set)| set.clone()).collect(),
            body: reply.body,
            crossed,
        })
    }

    /// Types an address.
    pub fn open(&mut self, url: &str) -> anyhow::Result<Page> {
        self.go("GET", url, false, "")
    }

    /// Goes where the page sends them.
    pub fn follow(&mut self, page: &Page) -> anyhow::Result<Page> {
        let to =
            page.to.clone().with_context(|| format!("{} leads nowhere: {} {}", page.url, page.status, page.body))?;
        let crossed = page.crossed || site(&to) != site(&page.url);
        self.go("GET", &to, crossed, "")
    }

    /// Comes from another site by a link.
    pub fn come(&mut self, url: &str) -> anyhow::Result<Page> {
        self.go("GET", url, true, "")
    }

    /// Fills the form of the page in.
    pub fn submit(&mut self, page: &Page, fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let action = page.body.split("action=\"").nth(1).and_then(|rest| rest.split('"').next());
        let action = action.with_context(|| format!("no form at {}: {} {}", page.url, page.status, page.body))?;
        let body: Vec<String> = fields.iter().map(|(name, value)| format!("{name}={}", escaped(value))).collect();
        self.go("POST", &action.replace("&amp;", "&"), false, &body.join("&"))
    }

    /// What a script of the page's own site asks.
    pub fn call(&mut self, method: &str, url: &str, body: Option<Value>) -> anyhow::Result<Reply> {
        self.call_with(method, url, &[], body)
    }

    /// The same with more headers.
    pub fn call_with(
        &mut self,
        method: &str,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<Value>,
    ) -> anyhow::Result<Reply> {
        let mut all = headers.to_vec();
        if method != "GET" {
            all.push(("X-Chengshu-CSRF", "1"));
        }
        if body.is_some() {
            all.push(("Content-Type", "application/json"));
        }
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        self.ask(method, url, false, &all, &body)
    }
}

/// A text as it stands in an address.
pub fn escaped(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
            other => format!("%{other:02X}"),
        })
        .collect()
}
