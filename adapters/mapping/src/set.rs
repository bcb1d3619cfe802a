//! The mappings of one file, found by topic or path. The first that fits is taken, in the order of the file; two of
//! exactly the same pattern are a mistake, since the second would never be asked.

use chengshu_core::model::Limits;
use toml::Table;

use crate::load;
use crate::mapping::Mapping;
use crate::mistake::{Mistake, Mistakes};
use crate::pattern::Pattern;

/// All mappings of a file.
#[derive(Debug, Clone, Default)]
pub struct Mappings(Vec<Mapping>);

impl Mappings {
    /// Reads a file of `[[mapping]]` tables.
    ///
    /// # Errors
    /// Every mistake that there is.
    pub fn load(text: &str) -> Result<Self, Mistakes> {
        let table = text.parse::<Table>().map_err(|error| {
            let start = error.span().map_or(0, |span| span.start);
            let line = 1 + text.bytes().take(start).filter(|byte| *byte == b'\n').count();
            Mistakes(vec![Mistake {
                name: "the file".to_owned(),
                key: format!("line {line}"),
                read: error.message().to_owned(),
                expected: "TOML".to_owned(),
                mend: String::new(),
            }])
        })?;
        let mut mistakes = Vec::new();
        let mappings = load::file(table, &mut mistakes);
        ambiguous(&mappings, "topic", |mapping| mapping.topic.as_ref(), &mut mistakes);
        ambiguous(&mappings, "path", |mapping| mapping.path.as_ref(), &mut mistakes);
        if mistakes.is_empty() { Ok(Self(mappings)) } else { Err(Mistakes(mistakes)) }
    }

    /// The same with the limits of the hub instead of the default ones.
    #[must_use]
    pub fn limited(mut self, limits: Limits) -> Self {
        for mapping in &mut self.0 {
            mapping.limits = limits;
        }
        self
    }

    /// The mapping of this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<&Mapping> {
        self.0.iter().find(|mapping| mapping.name == name)
    }

    /// The mapping that takes this MQTT topic.
    #[must_use]
    pub fn find_topic(&self, topic: &str) -> Option<&Mapping> {
        find(&self.0, topic, |mapping| mapping.topic.as_ref())
    }

    /// The mapping that takes what is posted to this path (without its query).
    #[must_use]
    pub fn find_path(&self, path: &str) -> Option<&Mapping> {
        find(&self.0, path, |mapping| mapping.path.as_ref())
    }

    /// Those of `names` only.
    #[must_use]
    pub fn only(&self, names: &[String]) -> Self {
        Self(self.0.iter().filter(|mapping| names.contains(&mapping.name)).cloned().collect())
    }

    /// All of them, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = &Mapping> {
        self.0.iter()
    }
}

fn find<'a>(all: &'a [Mapping], source: &str, of: fn(&Mapping) -> Option<&Pattern>) -> Option<&'a Mapping> {
    all.iter().find(|mapping| of(mapping).is_some_and(|pattern| pattern.catch(source).is_some()))
}

fn ambiguous(all: &[Mapping], key: &str, of: fn(&Mapping) -> Option<&Pattern>, mistakes: &mut Vec<Mistake>) {
    let shape = |mapping: &Mapping| of(mapping).map(|pattern| pattern.with(|_| "{}".to_owned()));
    for (number, mapping) in all.iter().enumerate() {
        let Some(own) = shape(mapping) else { continue };
        let earlier = all.iter().take(number).find(|other| shape(other).as_deref() == Some(&*own));
        if let (Some(earlier), Some(pattern)) = (earlier, of(mapping)) {
            mistakes.push(Mistake {
                name: mapping.name.clone(),
                key: key.to_owned(),
                read: format!("{:?}", pattern.as_str()),
                expected: format!("a pattern that {:?} has not taken already", earlier.name),
                mend: format!("{key} = \"{}/{}\"", pattern.as_str(), mapping.name),
            });
        }
    }
}
