//! Where a theme's files come from: the binary or a directory. It reads four known names and nothing else, and what is
//! in them is for others to judge.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chengshu_core::model::ThemeId;
use rust_embed::RustEmbed;

/// The definitions: kinds, rules, key figures.
pub(crate) const TOPIC: &str = "topic.toml";
/// What the theme wants on the wall.
pub(crate) const SCREEN: &str = "screen.json";
/// Further texts, Chinese.
pub(crate) const ZH: &str = "zh-CN.json";
/// Further texts, English.
pub(crate) const EN: &str = "en.json";
/// All files of a theme that the hub reads.
pub(crate) const FILES: [&str; 4] = [TOPIC, SCREEN, ZH, EN];

/// A theme's file is a few pages; whatever is larger is not one.
const MAX_BYTES: u64 = 1 << 20;

#[derive(RustEmbed)]
#[folder = "."]
#[include = "*/topic.toml"]
#[include = "*/screen.json"]
#[include = "*/zh-CN.json"]
#[include = "*/en.json"]
struct Embedded;

/// A theme's files as texts, or why one cannot be read.
pub(crate) struct Folder {
    /// The folder's name, which is the theme's id.
    pub(crate) name: String,
    /// Where it stands, for messages.
    pub(crate) at: String,
    files: BTreeMap<&'static str, Result<String, String>>,
}

impl Folder {
    /// The text of one of [`FILES`], or what is wrong with it.
    pub(crate) fn text(&self, file: &str) -> Result<&str, String> {
        match self.files.get(file) {
            Some(Ok(text)) => Ok(text),
            Some(Err(reason)) => Err(reason.clone()),
            None => Err("is missing; every theme has topic.toml, screen.json, zh-CN.json and en.json".to_owned()),
        }
    }
}

/// Themes inside the binary.
pub(crate) fn embedded() -> Vec<Folder> {
    let names: BTreeSet<String> =
        Embedded::iter().filter_map(|path| path.split_once('/').map(|(name, _)| name.to_owned())).collect();
    names
        .into_iter()
        .map(|name| {
            let files = FILES.into_iter().filter_map(|file| {
                let content = Embedded::get(&format!("{name}/{file}"))?;
                Some((file, String::from_utf8(content.data.into_owned()).map_err(|_| "is not UTF-8".to_owned())))
            });
            Folder { at: format!("topics/{name}"), files: files.collect(), name }
        })
        .collect()
}

/// Themes of a directory: every folder in it that is not hidden.
///
/// # Errors
/// Why the directory cannot be read.
pub(crate) fn in_dir(dir: &Path) -> Result<Vec<Folder>, String> {
    let refuse = |error: std::io::Error| format!("topics_dir {}: {error}; expected a folder of themes", dir.display());
    let mut folders = vec![];
    for entry in std::fs::read_dir(dir).map_err(refuse)? {
        let path = entry.map_err(refuse)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if path.is_dir() && !name.starts_with('.') {
            let files = FILES.into_iter().filter_map(|file| Some((file, file_text(&path.join(file))?)));
            folders.push(Folder { name, at: path.display().to_string(), files: files.collect() });
        }
    }
    Ok(folders)
}

/// The text of a file; none where there is none.
fn file_text(path: &Path) -> Option<Result<String, String>> {
    let size = path.metadata().ok()?.len();
    if size > MAX_BYTES {
        return Some(Err(format!("has {size} bytes; expected at most {MAX_BYTES}")));
    }
    Some(std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}")))
}

/// The id that a folder's name gives its theme. Stricter than the identifier itself: a dot would let the rules of one
/// theme take the names of another's.
///
/// # Errors
/// What was read and what would be right.
pub(crate) fn theme_id(name: &str) -> Result<ThemeId, String> {
    let plain = name.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, b'_' | b'-'));
    ThemeId::parse(name)
        .ok()
        .filter(|_| plain)
        .ok_or_else(|| format!("the folder's name is {name:?}; expected 1 to 32 of a-z 0-9 _ -"))
}
