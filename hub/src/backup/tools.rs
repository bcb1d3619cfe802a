//! PostgreSQL's own tools: where they are, how they are told to connect, and how they are run: they end with the hub, and
//! no password ever stands in a command line.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::Context as _;
use chengshu_core::seam::SharedClock;
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;
use url::Url;

/// The folder with the tools of this major version, or of the next newer one, which may talk to an older server.
pub fn folder(major: i32) -> anyhow::Result<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let mut numbers: Vec<i32> = versions.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect();
    numbers.sort_unstable();
    let folders = numbers.into_iter().filter(|number| *number >= major);
    let mut folders = folders.map(|number| PathBuf::from(format!("/usr/lib/postgresql/{number}/bin")));
    folders.find(|folder| folder.join("pg_basebackup").exists()).with_context(|| {
        format!(
            "pg_basebackup of PostgreSQL {major} or newer is not installed; apt-get install postgresql-client-{major}"
        )
    })
}

/// A command that ends when the hub does, by SIGINT: PostgreSQL's fast shutdown. It starts in `/`, since user chengshu may
/// not be able to read the folder that root was in.
pub fn command(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT", "--"]).arg(program);
    command.current_dir("/").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// Tells a tool where to connect.
pub fn connect(command: &mut Command, url: &str) -> anyhow::Result<()> {
    let mut url = Url::parse(url).context("the database's address")?;
    if let Some(password) = url.password() {
        command.env("PGPASSWORD", decoded(password));
    }
    let _ = url.set_password(None); // an address without a host has no password
    command.arg("-d").arg(url.as_str());
    Ok(())
}

/// The same database and role behind another socket.
pub fn at_socket(role: &str, database: &str, socket: &Path) -> String {
    let code =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20");
    format!("postgres://{}:none@localhost/{}?host={}", code(role), code(database), code(&socket.to_string_lossy()))
}

/// The database that an address names.
pub fn database_of(url: &str) -> anyhow::Result<String> {
    let url = Url::parse(url).context("the database's address")?;
    let named = decoded(url.path().trim_start_matches('/'));
    Ok(if named.is_empty() { decoded(url.username()) } else { named })
}

fn decoded(text: &str) -> String {
    let text = format!("x={}", text.replace('&', "%26").replace('+', "%2B"));
    url::form_urlencoded::parse(text.as_bytes()).next().map(|(_, value)| value.into_owned()).unwrap_or_default()
}

/// Runs a tool to its end; its last words are the error. Progress goes to the log now and then. Whoever no longer waits
/// for it kills it.
pub async fn run(mut command: Command, name: &str, clock: &SharedClock) -> anyhow::Result<()> {
    let mut child = command.spawn().with_context(|| format!("starting {name}"))?;
    let mut lines = BufReader::new(child.stderr.take().context("its messages")?).lines();
    let mut words: Vec<String> = Vec::new();
    let mut told = clock.monotonic();
    while let Some(line) = lines.next_line().await.with_context(|| format!("reading what {name} says"))? {
        let line = line.trim();
        if line.contains(" kB (") || line.starts_with("waiting for checkpoint") {
            if clock.monotonic() - told > Duration::from_secs(10) {
                told = clock.monotonic();
                tracing::info!("{name}: {line}");
            }
        } else if !line.is_empty() {
            words.push(line.to_owned());
        }
    }
    let status = child.wait().await.with_context(|| format!("waiting for {name}"))?;
    let last = words.len().saturating_sub(6);
    anyhow::ensure!(status.success(), "{name} failed: {}", words[last..].join("; "));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_password_stands_in_a_command_line() {
        let mut command = command(Path::new("x"));
        connect(&mut command, "postgres://hub:a%2Fb&c+d@h:5433/city?sslmode=require").unwrap();
        let args: Vec<_> = command.as_std().get_args().map(|arg| arg.to_string_lossy().into_owned()).collect();
        assert_eq!(args.last().unwrap(), "postgres://hub@h:5433/city?sslmode=require");
        let password = command.as_std().get_envs().find(|(key, _)| *key == "PGPASSWORD").unwrap().1.unwrap();
        assert_eq!(password, "a/b&c+d");
    }

    #[test]
    fn addresses() {
        assert_eq!(database_of("postgres://hub@h/ci%20ty?x=1").unwrap(), "ci ty");
        assert_eq!(database_of("postgres://hub@h").unwrap(), "hub");
        let url = at_socket("hub", "ci ty", Path::new("/a b/run"));
        assert_eq!(url, "postgres://hub:none@localhost/ci%20ty?host=%2Fa%20b%2Frun");
    }
}
