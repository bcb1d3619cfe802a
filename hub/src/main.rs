//! The program: reads its arguments and its configuration, starts the hub, waits for a signal, stops it. What a hub
//! consists of stands in `wiring.rs`.

mod accept;
mod audit;
mod backup;
mod broker_files;
mod client;
mod clock;
mod config;
mod configured;
mod decode;
mod doctor;
mod evidence;
mod field;
mod foreign;
mod import;
mod keys;
mod managed;
mod people;
mod ready;
mod replay;
mod run;
mod supervise;
mod timesync;
mod tls;
mod user;
mod wiring;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::backup::command::{BackupArgs, RestoreArgs};
use crate::config::Config;

/// 城枢 · Chengshu: an open-source hub for running a city district.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run the hub; without a file on embedded defaults, with a database and a broker of its own.
    Run {
        /// The configuration (see deploy/chengshu.toml).
        #[arg(long)]
        config: Option<PathBuf>,
    },
    /// Run the hub with a simulated district.
    Demo(Demo),
    /// Show what the hub would make of a message or of frames.
    #[command(subcommand)]
    Decode(decode::Decode),
    /// Make frames as a device would: JSON values in, hexadecimal out.
    Encode(decode::Encode),
    /// Examine one vendor's device by its own protocol, provoke faults, and write a report of what it got wrong.
    Accept(accept::Accept),
    /// Ask a running hub to try again what it set aside.
    Replay(replay::Replay),
    /// Bring a table of devices (CSV, GeoJSON, XLSX) into the register of a running hub.
    Import(import::Import),
    /// Write password and ACL file for an external mosquitto, out of a running hub.
    BrokerFiles(broker_files::BrokerFiles),
    /// Back up a hub, whether it runs or not: database, keys, spool, configuration.
    Backup(BackupArgs),
    /// Restore a backup into an empty data folder.
    Restore(RestoreArgs),
    /// Look whether the audit is whole.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Keys that the hub keeps beside its database.
    #[command(subcommand)]
    Keys(keys::Order),
    /// Look at everything that the hub stands on, and say what would cure what is ill.
    Doctor(doctor::Doctor),
    /// Read a configuration and report every mistake in it.
    CheckConfig {
        /// The configuration; without it only the environment is checked.
        file: Option<PathBuf>,
    },
}

/// How the demo runs.
#[derive(Args, Debug, Clone)]
pub struct Demo {
    /// Where its data stands; default ./data if user chengshu can reach it, else /var/lib/chengshu.
    #[arg(long)]
    data: Option<PathBuf>,
    /// Where it answers HTTP; port 0 picks a free one. Default 127.0.0.1:8080, or a free port if that is taken.
    #[arg(long)]
    http: Option<SocketAddr>,
    /// Where the managed broker listens for the shared user `field`; port 0 picks a free one. Default 127.0.0.1:1883, or a
    /// free port. Devices with credentials of their own come to 127.0.0.1:1884, or a free port.
    #[arg(long)]
    mqtt: Option<SocketAddr>,
    /// Whether stations besides speak the field's own protocols: 40 by SL 651, 30 by GB/T 26875.3, 30 by HJ 212. Default: yes
    /// with 500 devices or more.
    #[arg(long)]
    field: Option<bool>,
    /// How many devices are simulated; 0 simulates none.
    #[arg(long, default_value_t = 200)]
    devices: usize,
    /// How fast the simulated weather and tide go.
    #[arg(long, default_value_t = 1.0)]
    speed: f64,
    /// The same seed gives the same district.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// A drill: storm, fire or dust. Without it the day is an ordinary one.
    #[arg(long)]
    script: Option<chengshu_sim::Script>,
    /// Write addresses and credentials here when the hub is ready.
    #[arg(long)]
    ready_file: Option<PathBuf>,
}

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Run { config } => load(config.as_deref()).and_then(run::hub),
        Command::Demo(demo) => load(None).and_then(|config| run::demo(config, demo)),
        Command::Decode(order) => decode::decode(&order).and_then(|answer| {
            say(&answer.text);
            anyhow::ensure!(answer.understood, "nothing could be read");
            Ok(())
        }),
        Command::Encode(order) => decode::encode(&order).and_then(|bytes| Ok(std::io::stdout().write_all(&bytes)?)),
        Command::Accept(order) => accept::accept(&order, complain).and_then(|(text, passed)| {
            say(&text);
            anyhow::ensure!(passed, "the device has not passed");
            Ok(())
        }),
        Command::Replay(order) => {
            load(order.config.as_deref()).and_then(|config| replay::replay(&config, &order)).map(|text| say(&text))
        }
        Command::Import(order) => {
            load(order.config.as_deref()).and_then(|config| import::import(&config, &order)).map(|text| say(&text))
        }
        Command::BrokerFiles(order) => {
            load(order.config.as_deref()).and_then(|config| broker_files::write(&config, &order)).map(|text| say(&text))
        }
        Command::Backup(args) => load(args.config.as_deref()).and_then(|config| backup::command::backup(config, args)),
        Command::Restore(args) => load(None).and_then(|config| backup::command::restore(&config, args)),
        Command::Audit(audit::Audit::Verify(order)) => {
            // three answers: whole, broken, and that it could not be asked
            return match load(order.config.as_deref()).and_then(|config| audit::verify(&config, &order)) {
                Ok((text, whole)) => {
                    say(&text);
                    if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE }
                }
                Err(error) => {
                    complain(&format!("chengshu: {error:#}"));
                    ExitCode::from(2)
                }
            };
        }
        Command::Keys(keys::Order::Rotate { config, data }) => load(config.as_deref())
            .and_then(|config| keys::rotate(data.as_deref().or(config.data_dir.as_deref())))
            .map(|text| say(&text)),
        Command::Doctor(order) => {
            load(order.config.as_deref()).and_then(|config| doctor::doctor(&config, &order)).and_then(|(text, ill)| {
                say(&text);
                anyhow::ensure!(!ill, "something is ill");
                Ok(())
            })
        }
        Command::CheckConfig { file } => load(file.as_deref()).map(|_| say("the configuration is good")),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&format!("chengshu: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn load(file: Option<&std::path::Path>) -> anyhow::Result<Config> {
    Config::load(file, std::env::vars()).map_err(|mistakes| {
        let list: Vec<String> = mistakes.iter().map(|mistake| format!("  {mistake}")).collect();
        anyhow::anyhow!("{} mistake(s) in the configuration:\n{}", list.len(), list.join("\n"))
    })
}

#[expect(clippy::print_stdout, reason = "the answer of a command, not a log line")]
fn say(text: &str) {
    println!("{text}");
}

#[expect(
    clippy::print_stderr,
    reason = "for a person beside the answer: prompts, and the last word of a program that ends with an error"
)]
fn complain(text: &str) {
    eprintln!("{text}");
}
