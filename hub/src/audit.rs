//! `chengshu audit verify`: follows the chain of the audit in the database itself, past a head that was kept elsewhere. It
//! asks no hub, because a hub that was tampered with would answer whatever it likes, and it changes nothing.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use chengshu_access::{Break, Broken, Head, Mark};
use chengshu_audit::{CopyRead, kept_head};
use chengshu_store::{AuditProtection, Store, StoreOptions};
use clap::{Args, Subcommand, ValueEnum};

use crate::config::Config;
use crate::managed::postgres::Cluster;
use crate::{run, user};

/// What is asked of the audit.
#[derive(Subcommand, Debug)]
pub enum Audit {
    /// Is its chain whole, and does it pass a head that was kept elsewhere? Leaves with 0: whole, 1: broken, 2: it could not
    /// be asked.
    Verify(Verify),
}

/// How the chain is followed.
#[derive(Args, Debug)]
pub struct Verify {
    /// The configuration of the hub.
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// Its data folder, if neither the configuration nor the usual places name it.
    #[arg(long)]
    data: Option<PathBuf>,
    /// The copy off the host (audit.copy_file), or a file with a head. Without it the audit.head of the data folder.
    #[arg(long, conflicts_with = "head")]
    kept: Option<PathBuf>,
    /// A head that was noted down, NUMBER:HASH.
    #[arg(long)]
    head: Option<Mark>,
    /// The language of the answer.
    #[arg(long, value_enum, default_value = "zh")]
    lang: Tongue,
}

/// A language by its usual code.
#[derive(ValueEnum, Debug, Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Zh,
    En,
}

/// What was kept elsewhere.
#[derive(Debug, Default)]
struct Kept {
    mark: Option<Mark>,
    /// Where it was found.
    from: String,
    /// What the copy says of itself.
    copy: Option<CopyRead>,
}

/// What was found in the database.
#[derive(Debug)]
struct Found {
    start: Head,
    result: Result<Head, Broken>,
    protection: AuditProtection,
}

/// The answer, and whether all is well.
pub fn verify(config: &Config, order: &Verify) -> anyhow::Result<(String, bool)> {
    let data = user::choose(order.data.as_deref().or(config.data_dir.as_deref()))?.dir;
    let kept = kept(order, &data)?;
    let url = url(config, &data)?;
    let found = run::runtime()?.block_on(ask(url, kept.mark))?;
    Ok(answer(&kept, &found, order.lang))
}

/// How the hub itself reaches its database.
pub fn url(config: &Config, data: &Path) -> anyhow::Result<String> {
    if let Some(url) = &config.database_url {
        return Ok(url.clone());
    }
    let cluster = Cluster::existing(data)?;
    anyhow::ensure!(
        cluster.runs(),
        "the hub's own PostgreSQL does not run, since the hub does not; start it and ask again"
    );
    Ok(cluster.worker_url())
}

fn kept(order: &Verify, data: &Path) -> anyhow::Result<Kept> {
    if let Some(mark) = order.head {
        return Ok(Kept { mark: Some(mark), from: "--head".to_owned(), copy: None });
    }
    let Some(path) = &order.kept else {
        let file = data.join(chengshu_audit::KEPT_HEAD);
        let mark = kept_head(data).with_context(|| format!("reading {}", file.display()))?;
        return Ok(Kept { mark, from: file.display().to_string(), copy: None });
    };
    let reading = || format!("reading {}", path.display());
    let mut file = BufReader::new(std::fs::File::open(path).with_context(reading)?);
    let from = path.display().to_string();
    let first = file.fill_buf().with_context(reading)?;
    let first = first.split(|byte| *byte == b'\n').next().unwrap_or_default();
    if let Some(mark) = std::str::from_utf8(first).ok().and_then(|first| first.parse().ok()) {
        return Ok(Kept { mark: Some(mark), from, copy: None });
    }
    let copy = CopyRead::read(file).with_context(reading)?;
    let mark = copy.head.with_context(|| format!("{from} holds neither a head nor a batch of the audit"))?;
    Ok(Kept { mark: Some(mark), from, copy: Some(copy) })
}

async fn ask(url: String, kept: Option<Mark>) -> anyhow::Result<Found> {
    let options = StoreOptions { url, owner: None, readers: 2, reader_timeout: Duration::from_secs(600) };
    let store = Store::new(&options).context("reading database.url")?;
    let found = async {
        let (start, _) = store.audit_heads().await?;
        let protection = store.audit_protection().await?;
        Ok::<_, chengshu_store::StoreError>(Found { start, result: store.audit_verify(kept).await?, protection })
    };
    found.await.map_err(|error| anyhow::anyhow!("the database could not be asked: {}", error.database_words()))
}

fn answer(kept: &Kept, found: &Found, lang: Tongue) -> (String, bool) {
    let of = |zh: String, en: String| if lang == Tongue::Zh { zh } else { en };
    let mut lines = Vec::new();
    let mut whole = true;
    match found.result {
        Ok(head) => {
            let (batches, count) = (head.batches - found.start.batches, head.lines - found.start.lines);
            let first = found.start.batches + 1;
            lines.push(of(
                format!("审计链完整：第 {first} 批起共 {batches} 批、{count} 行，哈希首尾相接。"),
                format!(
                    "The chain of the audit is whole: {batches} batches with {count} lines, from batch {first} on."
                ),
            ));
            lines.push(of(format!("链头 {}", Mark::from(head)), format!("Head {}", Mark::from(head))));
        }
        Err(Broken { batch, line, what }) => {
            whole = false;
            let (zh, en) = (what.zh(), what.en());
            lines.push(of(
                format!("审计链在第 {batch} 批（自第 {line} 行）断开：{zh}。"),
                format!("The chain of the audit breaks at batch {batch}, whose first line is number {line}: {en}."),
            ));
        }
    }
    let passes = found.result.is_ok() || matches!(found.result, Err(Broken { what: Break::Altered, .. }));
    match kept.mark {
        None => lines.push(of(
            format!("没有另处留存的链头（{} 不存在）：末尾缺失或全部重写，单凭链看不出来。", kept.from),
            format!("No head was kept elsewhere (there is no {}): that the end is missing, or all was written anew, nobody can tell from the chain alone.", kept.from),
        )),
        Some(mark) if mark.batches < found.start.batches => lines.push(of(
            format!("留存的链头 {mark}（{}）早于仍在保存的部分，说明不了什么。", kept.from),
            format!("The kept head {mark} ({}) lies before what is still kept, and says nothing any more.", kept.from),
        )),
        Some(mark) if !passes => lines.push(of(
            format!("留存的链头是 {mark}（{}）。", kept.from),
            format!("The kept head is {mark} ({}).", kept.from),
        )),
        Some(mark) if found.result.is_ok() => lines.push(of(
            format!("与留存的链头相符：{mark}（{}）。", kept.from),
            format!("It passes the kept head {mark} ({}).", kept.from),
        )),
        Some(_) => {}
    }
    if let Some(copy) = &kept.copy {
        whole &= copy.wrong.is_none();
        lines.extend(of_copy(copy, &of));
    }
    lines.push(of(
        format!("保护：{}", protection(found.protection).0),
        format!("Protection: {}", protection(found.protection).1),
    ));
    if !whole {
        lines.push(of(
            "请保护现场，不要改动数据库和副本，立即报告。".to_owned(),
            "Leave database and copies as they are, and report it at once.".to_owned(),
        ));
    }
    (lines.join("\n"), whole)
}

fn of_copy(copy: &CopyRead, of: &dyn Fn(String, String) -> String) -> Vec<String> {
    let mut lines =
        vec![of(format!("副本中有 {} 批。", copy.batches), format!("The copy holds {} batches.", copy.batches))];
    if let Some(batch) = copy.wrong {
        lines.push(of(
            format!("副本自身前后不一：第 {batch} 批对不上自己的哈希，或有两个版本。副本被改动过，或数据库的链重新写过、又复制了一遍。"),
            format!("The copy does not agree with itself: batch {batch} does not give its hash, or stands there in two versions. It was changed, or the chain in the database was written anew and copied again."),
        ));
    }
    if let Some(batch) = copy.missing {
        lines.push(of(format!("副本中缺第 {batch} 批。"), format!("Batch {batch} is missing in the copy.")));
    }
    if copy.unreadable > 0 {
        let count = copy.unreadable;
        lines.push(of(
            format!("副本中有 {count} 行读不出来（崩溃时写了一半的行会这样）。"),
            format!("{count} lines of the copy cannot be read (as one is that a crash cut off)."),
        ));
    }
    lines
}

/// How well the database keeps the audit from the hub itself, in both languages.
fn protection(protection: AuditProtection) -> (&'static str, &'static str) {
    match protection {
        AuditProtection::Separate => (
            "数据库中审计属于另一角色，枢纽只能追加",
            "the audit is another role's in the database; the hub can only add to it",
        ),
        AuditProtection::Superuser => (
            "枢纽以数据库超级用户工作，只有触发器和哈希链",
            "the hub works as a superuser: only triggers and the chain",
        ),
        AuditProtection::Owner => (
            "审计表属于枢纽自己的角色，只有触发器和哈希链",
            "the audit is the hub's own role's: only triggers and the chain",
        ),
        AuditProtection::Schema => {
            ("枢纽的角色拥有 public 模式，可以删表", "the hub's role owns the schema, and may drop the tables")
        }
        AuditProtection::Creator => {
            ("枢纽的角色可以创建角色，从而取得审计角色", "the hub's role may make roles, and so become the audit's")
        }
        AuditProtection::Disarmed => {
            ("保护审计的触发器被关闭：有人动过", "triggers that protect the audit are switched off: somebody did that")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(result: Result<Head, Broken>) -> Found {
        let start = Head { batches: 4, lines: 9, hash: [1; 32] };
        Found { start, result, protection: AuditProtection::Separate }
    }

    #[test]
    fn the_answer_says_what_it_means() {
        let head = Head { batches: 12, lines: 40, hash: [10; 32] };
        let kept = |batches| Kept { mark: Some(Mark { batches, hash: [10; 32] }), from: "F".to_owned(), copy: None };
        let said = |kept: &Kept, found: &Found, words: [&str; 2]| {
            [Tongue::Zh, Tongue::En].into_iter().zip(words).all(|(lang, words)| {
                let (text, _) = answer(kept, found, lang);
                assert!(text.contains(words), "{words} in {text}");
                answer(kept, found, lang).1
            })
        };
        assert!(said(&kept(12), &found(Ok(head)), ["共 8 批、31 行", "8 batches with 31 lines, from batch 5"]));
        assert!(said(&kept(12), &found(Ok(head)), ["链头 12:0a0a", "passes the kept head 12:0a0a"]));
        assert!(said(&kept(3), &found(Ok(head)), ["说明不了什么", "says nothing any more"]));
        assert!(said(&Kept::default(), &found(Ok(head)), ["没有另处留存", "No head was kept elsewhere"]));
        for (what, words) in [
            (Break::Altered, ["第 6 批（自第 11 行）断开", "breaks at batch 6, whose first line is number 11"]),
            (Break::Missing, ["末尾的记录不见了", "its end is missing"]),
            (Break::Rewritten, ["重新写过", "written anew"]),
        ] {
            assert!(!said(&kept(12), &found(Err(Broken { batch: 6, line: 11, what })), words));
        }
        let copy = CopyRead { batches: 9, wrong: Some(7), missing: Some(8), unreadable: 1, ..CopyRead::default() };
        let kept = Kept { copy: Some(copy), ..kept(12) };
        assert!(!said(&kept, &found(Ok(head)), ["第 7 批对不上", "batch 7 does not give its hash"]));
        assert!(!said(&kept, &found(Ok(head)), ["缺第 8 批", "Batch 8 is missing"]));
    }
}
