//! Reads what the screens need of a theme: `screen.json` and the two text files, and makes one JSON text of them. It
//! checks names and keys; how anything looks is the dashboards' business.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::folder::{EN, Folder, SCREEN, ZH};
use crate::mistakes::Mistakes;
use crate::topic::Topic;

type Texts = BTreeMap<String, String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Screen {
    /// Key figures in the order in which they are shown.
    kpis: Vec<String>,
    /// Panels of the theme's page in their order; left out: all that the dashboards have. They know the names, this does not.
    page: Option<Vec<String>>,
}

#[derive(Serialize)]
struct Whole<'a> {
    kpis: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<&'a [String]>,
    texts: BTreeMap<&'static str, &'a Texts>,
}

/// The JSON text for the dashboards: `{"kpis": […], "page": […], "texts": {"zh-CN": {…}, "en": {…}}}`, `page` only where given.
pub(crate) fn screen(folder: &Folder, topic: &Topic, m: &mut Mistakes) -> String {
    let screen: Option<Screen> = json(folder, SCREEN, r#"{"kpis": ["…", …]}"#, m);
    let zh: Option<Texts> = json(folder, ZH, r#"{"key": "text", …}"#, m);
    let en: Option<Texts> = json(folder, EN, r#"{"key": "text", …}"#, m);
    if let (Some(zh), Some(en)) = (&zh, &en) {
        missing(zh, en, EN, ZH, m);
        missing(en, zh, ZH, EN, m);
    }
    let judgeable = topic.readable && topic.kpis.iter().all(|kpi| kpi.id.is_some());
    if let Some(screen) = screen.as_ref().filter(|_| judgeable) {
        let known: BTreeSet<&str> = topic.kpis.iter().filter_map(|kpi| kpi.id.as_deref()).collect();
        let mut seen = BTreeSet::new();
        for id in &screen.kpis {
            if !known.contains(id.as_str()) {
                let all = known.iter().copied().collect::<Vec<_>>().join(", ");
                m.add(SCREEN, 0, format!("kpis names {id:?}; expected one of {all}"));
            } else if !seen.insert(id) {
                m.add(SCREEN, 0, format!("kpis names {id:?} twice; expected once"));
            }
        }
    }
    let page = screen.as_ref().and_then(|screen| screen.page.as_deref());
    let mut panels = BTreeSet::new();
    for panel in page.unwrap_or_default() {
        if !panels.insert(panel) {
            m.add(SCREEN, 0, format!("page names {panel:?} twice; expected once"));
        }
    }
    let texts = [(ZH, &zh), (EN, &en)].into_iter().filter_map(|(file, texts)| {
        Some((file.strip_suffix(".json")?, texts.as_ref()?)) // the file's name is the language's tag (BCP 47)
    });
    let kpis = screen.as_ref().map(|screen| screen.kpis.as_slice()).unwrap_or_default();
    serde_json::to_string(&Whole { kpis, page, texts: texts.collect() }).unwrap_or_else(|_| "{}".to_owned())
}

fn missing(there: &Texts, here: &Texts, file: &'static str, other: &str, m: &mut Mistakes) {
    for key in there.keys().filter(|key| !here.contains_key(*key)) {
        m.add(file, 0, format!("key {key:?} is missing; expected the same keys as in {other}"));
    }
    for (key, _) in here.iter().filter(|(_, text)| text.trim().is_empty()) {
        m.add(file, 0, format!("{key:?} is empty; expected a text"));
    }
}

fn json<T: DeserializeOwned>(folder: &Folder, file: &'static str, expected: &str, m: &mut Mistakes) -> Option<T> {
    let result = folder.text(file).map_err(|reason| (0, reason)).and_then(|text| {
        serde_json::from_str(text).map_err(|error| (error.line(), format!("{error}; expected {expected}")))
    });
    result.map_err(|(line, reason)| m.add(file, line, reason)).ok()
}
