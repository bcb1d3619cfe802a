//! The loader of themes: a theme is a folder of data, and this crate turns it into the words of the house. Themes stand
//! inside the binary; those of `topics_dir` are added and replace embedded ones of the same id. It decides nothing about
//! readings, and a broken theme switches off that theme only, never the hub.

mod check;
mod fields;
mod folder;
mod mistakes;
mod rule;
mod texts;
mod topic;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use chengshu_core::model::{Label, Theme, ThemeId};

use folder::Folder;
use mistakes::Mistakes;

/// All themes, by id: the embedded ones, then those of `dir`. A theme whose files do not stand up to the checks comes
/// back with empty lists and every mistake, one a line, in [`Theme::error`]. A folder whose name cannot be a theme id,
/// or a `dir` that cannot be read, comes back as such a theme too, under an id that begins with `broken:`.
///
/// [`Theme::screen`] is the theme's `screen.json` with one member more, `texts`: its zh-CN and en texts.
#[must_use]
pub fn load(dir: Option<&Path>) -> Vec<Theme> {
    let mut themes = BTreeMap::new();
    let mut add = |folder: &Folder| themes.insert(folder.name.clone(), theme(folder));
    for folder in folder::embedded() {
        add(&folder);
    }
    match dir.map(folder::in_dir) {
        None => {}
        Some(Ok(folders)) => {
            for folder in folders {
                add(&folder);
            }
        }
        Some(Err(reason)) => {
            themes.insert("broken:topics_dir".to_owned(), nameless("topics_dir", reason));
        }
    }
    themes.into_values().flatten().collect()
}

/// One theme from its folder, or what is wrong with it.
fn theme(folder: &Folder) -> Option<Theme> {
    let id = match folder::theme_id(&folder.name) {
        Ok(id) => id,
        Err(reason) => return nameless(&folder.name, format!("{}: {reason}", folder.at)),
    };
    let mut mistakes = Mistakes::default();
    let topic = topic::read(folder, &mut mistakes);
    check::topic(&id, &topic, &mut mistakes);
    let screen = texts::screen(folder, &topic, &mut mistakes);
    let name = topic.name.unwrap_or_else(|| plain(&folder.name));
    if let Some(error) = mistakes.into_text(&folder.at) {
        return Some(switched_off(id, name, error));
    }
    Some(Theme {
        id,
        name,
        version: topic.version.unwrap_or_default(),
        keep_readings_days: topic.keep_readings_days,
        kinds: topic.kinds.into_iter().filter_map(|kind| kind.item.map(Arc::new)).collect(),
        rules: topic.rules.into_iter().filter_map(|rule| rule.item).collect(),
        kpis: topic.kpis.into_iter().filter_map(|kpi| kpi.item).collect(),
        screen,
        error: None,
    })
}

/// A place holder for something that has no id of its own; none only if even the made-up id were refused.
fn nameless(name: &str, error: String) -> Option<Theme> {
    let safe: String =
        name.chars().take(20).map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    ThemeId::parse(&format!("broken:{safe}")).ok().map(|id| switched_off(id, plain(name), error))
}

fn switched_off(id: ThemeId, name: Label, error: String) -> Theme {
    Theme {
        id,
        name,
        version: String::new(),
        keep_readings_days: None,
        kinds: vec![],
        rules: vec![],
        kpis: vec![],
        screen: "{}".to_owned(),
        error: Some(error),
    }
}

fn plain(name: &str) -> Label {
    Label { zh: name.to_owned(), en: name.to_owned() }
}
