//! An SMTP server that we did not write (tests/smtp), started for a test: with STARTTLS, with TLS from the first byte, or plain;
//! it wants a password, and keeps what it took.

use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use serde_json::{Value, json};

use super::binary::root;
use super::certificates::Certificates;
use super::process::{Process, complete, give_away};
use super::{GUARD, World, free_port, until};

const USER: &str = "chengshu@gov.example";
const PASSWORD: &str = "5b0f6c1e-mail-canary";

pub struct Smtp {
    pub port: u16,
    /// What the hub must not tell anybody.
    pub password: &'static str,
    ca: PathBuf,
    tls: &'static str,
    log: PathBuf,
    order: String,
    process: Option<Process>,
}

impl Smtp {
    /// `tls` is starttls, tls or none.
    pub fn start(world: &World, tls: &'static str) -> anyhow::Result<Self> {
        static MADE: Mutex<()> = Mutex::new(()); // tests begin together; it is made once
        let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut make = Command::new("make");
        make.args(["--no-print-directory", "smtp-server"]).current_dir(root());
        complete(make)?;
        drop(made);
        let dir = world.path("smtp");
        std::fs::create_dir_all(&dir)?;
        give_away(&dir)?;
        let made = Certificates::make(&dir, &["mail"])?;
        give_away(&made.ca())?;
        let port = free_port()?;
        let order = json!({
            "port": port, "tls": tls, "cert": made.cert("mail"), "key": made.key("mail"), "user": USER, "password": PASSWORD,
        });
        let (log, ca, order) = (world.path("smtp.log"), made.ca(), order.to_string());
        let mut smtp = Self { port, password: PASSWORD, ca, tls, log, order, process: None };
        smtp.up()?;
        Ok(smtp)
    }

    /// The same again at the same port; what it took before is kept.
    pub fn up(&mut self) -> anyhow::Result<()> {
        let before = self.lines().iter().filter(|line| line["listening"].is_u64()).count();
        let mut command = Command::new("setpriv");
        command.args(["--pdeathsig", "KILL", "--", "target/smtp-server/bin/python", "-u", "tests/smtp/server.py"]);
        command.arg(&self.order).current_dir(root());
        let mut process = Process::start(command, &self.log)?;
        let listens = until("the SMTP server listens", GUARD, || {
            let now = self.lines().iter().filter(|line| line["listening"].is_u64()).count();
            (now > before).then_some(true).or_else(|| process.ended().map(|_| false))
        })?;
        anyhow::ensure!(listens, "it ended: {}", std::fs::read_to_string(&self.log).unwrap_or_default());
        self.process = Some(process);
        Ok(())
    }

    pub fn down(&mut self) {
        self.process = None;
    }

    fn lines(&self) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
    }

    /// Mails that it took, in their order.
    pub fn mails(&self) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["to"].is_array()).collect()
    }

    /// The mails to one mailbox.
    pub fn mails_to(&self, mailbox: &str) -> Vec<Value> {
        self.mails().into_iter().filter(|mail| mail["to"] == json!([mailbox])).collect()
    }

    /// The `[mail]` section of a configuration.
    pub fn section(&self) -> anyhow::Result<String> {
        let ca = self.ca.to_str().context("a path")?;
        Ok(format!(
            "[mail]\nhost = \"localhost\"\nport = {}\ntls = \"{}\"\nuser = \"{USER}\"\npassword = \"{PASSWORD}\"\n\
             from = \"城枢 <chengshu@gov.example>\"\nca_file = \"{ca}\"\nallow_networks = [\"127.0.0.1\", \"::1\"]\n",
            self.port, self.tls
        ))
    }
}
