//! One dimension of a scope: everything, or these names; and how areas are compared, which may be names or division
//! codes. Knows nothing of what the names stand for.

use std::collections::BTreeSet;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Everything, or some names. On the wire `"all"` or a list; what is missing is an error, never everything.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// Whatever there is, and what has no name at all.
    All,
    /// Only these; what has no name is not among them.
    Some(BTreeSet<String>),
}

impl Part {
    /// Only these names; surrounding blanks do not count, and an empty name names nothing.
    pub fn some<S: AsRef<str>>(names: impl IntoIterator<Item = S>) -> Self {
        let names = names.into_iter().map(|name| name.as_ref().trim().to_owned());
        Self::Some(names.filter(|name| !name.is_empty()).collect())
    }

    /// The names; none means all.
    #[must_use]
    pub fn names(&self) -> Option<&BTreeSet<String>> {
        match self {
            Self::All => None,
            Self::Some(names) => Some(names),
        }
    }

    /// True when the name is covered. Something without a name is covered by `All` alone: doubt is closed.
    #[must_use]
    pub fn covers(&self, name: Option<&str>) -> bool {
        match (self, name) {
            (Self::All, _) => true,
            (Self::Some(names), Some(name)) => names.contains(name),
            (Self::Some(_), None) => false,
        }
    }

    /// The same for areas: a name covers itself, a division code everything under it.
    #[must_use]
    pub(crate) fn covers_area(&self, area: Option<&str>) -> bool {
        let (Self::Some(names), Some(area)) = (self, area) else { return self.covers(area) };
        if names.contains(area) {
            return true;
        }
        let code = division(area);
        code.is_some_and(|code| LEVELS.iter().any(|&len| code.get(..len).is_some_and(|part| names.contains(part))))
    }

    /// Areas as they are compared: division codes without the zeros that fill them up.
    #[must_use]
    pub(crate) fn areas(self) -> Self {
        match self {
            Self::All => Self::All,
            Self::Some(names) => Self::Some(
                names.into_iter().map(|name| division(&name).map_or_else(|| name.clone(), str::to_owned)).collect(),
            ),
        }
    }

    /// True when it covers whatever the other does.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::All, _) => true,
            (Self::Some(_), Self::All) => false,
            (Self::Some(these), Self::Some(those)) => those.is_subset(these),
        }
    }

    /// Whatever either covers.
    pub(crate) fn union(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Some(these), Self::Some(those)) => Self::Some(these.union(those).cloned().collect()),
            _ => Self::All,
        }
    }
}

/// Digits of a division code: province, city, county, street, community (统计用区划代码).
const LEVELS: [usize; 5] = [2, 4, 6, 9, 12];

/// A division code down to the last level that it names: 441700 is the city 4417, 441702000000 the county 441702.
fn division(text: &str) -> Option<&str> {
    if !LEVELS.contains(&text.len()) || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut code = text;
    for pair in LEVELS.windows(2).rev() {
        let [upper, lower] = pair else { break };
        if code.len() == *lower && code.bytes().skip(*upper).all(|byte| byte == b'0') {
            code = code.get(..*upper).unwrap_or(code);
        }
    }
    Some(code)
}

impl Serialize for Part {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => to.serialize_str("all"),
            Self::Some(names) => names.serialize(to),
        }
    }
}

impl<'de> Deserialize<'de> for Part {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged, expecting = "expected \"all\" or a list of names")]
        enum Form {
            Word(String),
            Names(Vec<String>),
        }
        match Form::deserialize(from)? {
            Form::Word(word) if word == "all" => Ok(Self::All),
            Form::Word(_) => Err(serde::de::Error::custom("expected \"all\" or a list of names")),
            Form::Names(names) => Ok(Self::some(names)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_code_covers_what_is_under_it() {
        for (scope, area, covered) in [
            ("441702", "441702", true),
            ("441702", "441702001", true),
            ("441702", "441702001005", true),
            ("441702000000", "441702001005", true),
            ("441700", "441702001", true),
            ("440000", "441702", true),
            ("441702001", "441702", false), // the county is more than its street
            ("441702001", "441702000000", false),
            ("441702", "441704001", false),
            ("441702001", "441702010", false),
            ("44170", "441702", false), // no level has five digits
            ("城南街道", "城南街道", true),
            ("城南街道", "城南街道一格", false), // names are no prefixes
            ("一格", "城南街道一格", false),
        ] {
            assert_eq!(Part::some([scope]).areas().covers_area(Some(area)), covered, "{scope} {area}");
        }
        assert!(!Part::some(["441702"]).covers_area(None));
        assert!(Part::All.covers_area(None));
    }

    #[test]
    fn nothing_is_never_everything() {
        for bad in ["null", "\"\"", "\"All\"", "{}", "7", "[7]"] {
            assert!(serde_json::from_str::<Part>(bad).is_err(), "{bad}");
        }
        let none: Part = serde_json::from_str(r#"["", "  "]"#).unwrap();
        assert_eq!(none, Part::some::<&str>([]));
        assert!(!none.covers(Some("")) && !none.covers(None));
        assert_eq!(serde_json::to_string(&Part::All).unwrap(), r#""all""#);
    }
}
