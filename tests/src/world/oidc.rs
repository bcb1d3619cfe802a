//! A provider of OpenID Connect that we did not write (tests/oidc), started for a test, and the way through its pages.

use std::process::Command;

use anyhow::Context as _;
use serde_json::{Value, json};

use super::binary::root;
use super::process::{Process, complete};
use super::surfer::{Page, Surfer};
use super::{GUARD, World, until};

pub struct Oidc {
    pub issuer: String,
    pub client_id: String,
    pub client_secret: String,
    order: Value,
    name: String,
    process: Option<Process>,
}

impl Oidc {
    /// One that sends people back to a hub at `http`, as its provider `id`, and signs with `alg`.
    pub fn start(world: &World, http: &str, id: &str, alg: &str) -> anyhow::Result<Self> {
        let mut make = Command::new("make");
        make.args(["--no-print-directory", "oidc-provider"]).current_dir(root());
        complete(make)?;
        let back = format!("{http}/api/v1/login/sso/{id}/return");
        let order = json!({ "redirects": [back], "home": [format!("{http}/")], "alg": alg });
        let name = format!("oidc-{id}");
        let mut oidc = Self {
            issuer: String::new(),
            client_id: String::new(),
            client_secret: String::new(),
            order,
            name,
            process: None,
        };
        oidc.up(world)?;
        Ok(oidc)
    }

    /// The same again at the same address, with the same secret and with new keys.
    pub fn up(&mut self, world: &World) -> anyhow::Result<()> {
        let log = world.path(&format!("{}.log", self.name));
        let _ = std::fs::remove_file(&log);
        let node = ["/opt/chengshu/bin/node", "node"]
            .into_iter()
            .find(|node| !node.starts_with('/') || std::path::Path::new(node).exists());
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", node.unwrap_or("node"), "tests/oidc/provider.mjs"]);
        command.arg(self.order.to_string()).current_dir(root());
        let mut process = Process::start(command, &log)?;
        let read = || std::fs::read_to_string(&log).unwrap_or_default();
        let told: Option<Value> = until("the provider listens", GUARD, || {
            let told = read().lines().find_map(|line| serde_json::from_str(line).ok());
            (told.is_some() || process.ended().is_some()).then_some(told)
        })
        .with_context(read)?;
        let told = told.with_context(|| format!("it ended ({:?}): {}", process.ended(), read()))?;
        self.process = Some(process);
        let text = |key: &str| told[key].as_str().map(str::to_owned).with_context(|| format!("{key} in {told}"));
        (self.issuer, self.client_id, self.client_secret) =
            (text("issuer")?, text("client_id")?, text("client_secret")?);
        let port = self.issuer.rsplit(':').next().and_then(|port| port.parse::<u16>().ok()).context("a port")?;
        self.order["port"] = json!(port);
        self.order["secret"] = json!(self.client_secret);
        Ok(())
    }

    pub fn down(&mut self) {
        self.process = None;
    }

    /// The `[[sso]]` section of a configuration.
    pub fn section(&self, id: &str, more: &str) -> String {
        format!(
            "[[sso]]\nid = \"{id}\"\nname_zh = \"粤政易\"\nname_en = \"Gov\"\nissuer = \"{}\"\nclient_id = \"{}\"\n\
             client_secret = \"{}\"\nallow_networks = [\"127.0.0.1\"]\n{more}\n",
            self.issuer, self.client_id, self.client_secret
        )
    }

    /// Signs in and agrees at the provider's pages, from where the hub has sent somebody; answers the page that sends them
    /// back, before they go.
    pub fn sign_in(surfer: &mut Surfer, sent: &Page, typed: &str) -> anyhow::Result<Page> {
        let mut page = surfer.follow(sent)?;
        for _ in 0..12 {
            if page.to.as_ref().is_some_and(|to| to.contains("/api/v1/login/sso/")) {
                return Ok(page);
            }
            page = match page.status {
                302 | 303 => surfer.follow(&page)?,
                200 if page.body.contains("value=\"login\"") => {
                    surfer.submit(&page, &[("prompt", "login"), ("login", typed), ("password", "any")])?
                }
                200 => surfer.submit(&page, &[("prompt", "consent")])?,
                _ => anyhow::bail!("{}: {} {}", page.url, page.status, page.body),
            };
        }
        anyhow::bail!("the provider does not send anybody back: {}", page.url)
    }

    /// The whole way: to the provider, through its pages, and back; answers what the hub says to the return.
    pub fn through(surfer: &mut Surfer, http: &str, id: &str, typed: &str) -> anyhow::Result<Page> {
        let sent = surfer.open(&format!("{http}/api/v1/login/sso/{id}"))?;
        anyhow::ensure!(sent.status == 303, "{}: {} {}", sent.url, sent.status, sent.body);
        let back = Self::sign_in(surfer, &sent, typed)?;
        surfer.follow(&back)
    }
}
