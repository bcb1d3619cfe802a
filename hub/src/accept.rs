//! `chengshu accept`: examines one vendor's device before it is let in (设备入网检测). It talks to the device as the hub would,
//! provokes faults, and writes a report. Asks no running hub and stores nothing.

#[cfg(test)]
mod tests;
mod words;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chengshu_core::model::{Label, Limits, LinkId};
use chengshu_core::seam::SharedClock;
use chengshu_line::Protocol;
use chengshu_line::proctor::{Conclusion, Exam, Kinds, Lang, Report, html, proctor, text};
use clap::{Args, ValueEnum};
use tokio_util::sync::CancellationToken;
use toml::{Table, Value};

use crate::clock::SystemClock;
use crate::field::{Field, PROTOCOLS};

/// What shall be examined, and where it will connect to.
#[derive(Args, Debug)]
pub struct Accept {
    /// sl651, gb26875 or hj212.
    #[arg(value_parser = PROTOCOLS)]
    protocol: String,
    /// Where the device will connect to.
    #[arg(long, default_value = "0.0.0.0:5100")]
    listen: SocketAddr,
    /// It speaks over UDP.
    #[arg(long)]
    udp: bool,
    /// The longest wait for anything that the device should do.
    #[arg(long, default_value_t = 10.0)]
    minutes: f64,
    /// Write the report here as a page for paper (HTML, A4).
    #[arg(long)]
    report: Option<PathBuf>,
    /// The language of the prompts and of the report.
    #[arg(long, value_enum, default_value = "zh")]
    lang: Tongue,
    /// Who examines; stands in the report's head.
    #[arg(long, default_value = "")]
    person: String,
}

/// A language by its usual code.
#[derive(ValueEnum, Debug, Clone, Copy)]
enum Tongue {
    Zh,
    En,
}

/// Examines; `say` is told step by step what is waited for. Returns the report as text, and whether nothing is missing.
pub fn accept(order: &Accept, say: fn(&str)) -> anyhow::Result<(String, bool)> {
    let lang = match order.lang {
        Tongue::Zh => Lang::Zh,
        Tongue::En => Lang::En,
    };
    let (exam, protocol) = exam(&order.protocol, order.udp, order.minutes)?;
    // before the examination: nobody wants to climb the ladder twice for a file that cannot be written
    let page = order.report.as_ref().map(|path| Ok::<_, anyhow::Error>((path, create(path)?))).transpose()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().context("starting the runtime")?;
    let clock = Arc::new(SystemClock::new());
    let report = runtime.block_on(examine(order, exam, protocol, clock, lang, say))?;
    if let Some((path, mut file)) = page {
        let page = html(&report, lang);
        std::io::Write::write_all(&mut file, page.as_bytes())
            .with_context(|| format!("{} cannot be written", path.display()))?;
    }
    Ok((text(&report, lang), report.conclusion() == Conclusion::Passed))
}

fn create(path: &PathBuf) -> anyhow::Result<std::fs::File> {
    std::fs::File::create(path).with_context(|| format!("{} cannot be written", path.display()))
}

async fn examine(
    order: &Accept,
    exam: Exam,
    protocol: Arc<dyn Protocol>,
    clock: SharedClock,
    lang: Lang,
    say: fn(&str),
) -> anyhow::Result<Report> {
    let stop = CancellationToken::new();
    let ends = stop.clone();
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            ends.cancel(); // what was seen until now is reported
        }
    });
    let bound = move |address: SocketAddr| say(lang.of(&listening(address)));
    let said = Box::new(move |words: &Label| say(lang.of(words)));
    let ended = proctor(order.listen, exam, protocol, clock.clone(), stop, bound, said).await;
    let ended = ended
        .with_context(|| format!("cannot listen on {}; stop whoever does, or give another --listen", order.listen))?;
    Ok(ended.report(&order.person, env!("CARGO_PKG_VERSION"), clock.now()))
}

fn listening(address: SocketAddr) -> Label {
    Label {
        zh: format!("监听 {address}，按 Ctrl-C 可提前结束并出报告"),
        en: format!("listening on {address}; Ctrl-C ends early, with a report"),
    }
}

/// The examination of a protocol, and what speaks it.
fn exam(name: &str, udp: bool, minutes: f64) -> anyhow::Result<(Exam, Arc<dyn Protocol>)> {
    anyhow::ensure!((0.01..=1440.0).contains(&minutes), "--minutes is {minutes}; expected 0.01 to 1440");
    // the hub would set a clock and ask for gaps by itself; here that is the examination's own business
    let settings = match name {
        "gb26875" => Table::from_iter([("set_clock".to_owned(), Value::Boolean(false))]),
        "hj212" => Table::from_iter([("gap".to_owned(), Value::Boolean(false))]),
        _ => Table::new(),
    };
    let field = Field::new(name, settings, Limits::default()).map_err(anyhow::Error::msg)?;
    anyhow::ensure!(!udp || field.has_udp(), "{name} is not spoken over UDP; leave --udp out");
    let words = words::words(&field);
    let kinds = chengshu_topics::load(None).into_iter().flat_map(|theme| theme.kinds);
    let exam = Exam {
        udp,
        limit: Duration::from_secs_f64(minutes * 60.0),
        resends: words.resends,
        by_hand: words.by_hand,
        pictures: words.pictures,
        meaning: words.meaning,
        kinds: Kinds::new(kinds),
        ..Exam::new(words.name, field.commands().kinds, &words.spared)
    };
    let link = LinkId::parse(&format!("{name}:accept")).context("the link of an examination")?;
    Ok((exam, field.protocol(link, &[])))
}
