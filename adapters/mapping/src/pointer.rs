//! JSON pointers (RFC 6901), checked at load. `/x` begins at the record, `^/x` at the top of the message; without
//! `each` both are the same place. Looks, and says where the message ended; takes nothing.

use crate::tree::{Tree, cut};

pub(crate) const EXPECTED: &str = "a JSON pointer such as /object/level (from the record) or ^/time (from the top)";

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pointer {
    text: String,
    top: bool,
    steps: Vec<String>,
}

/// Nothing stands where the pointer points.
#[derive(Debug, PartialEq)]
pub(crate) struct Nothing {
    /// The object that should hold it is there; only the member is not.
    pub(crate) only_last: bool,
    /// Says it to people.
    pub(crate) detail: String,
}

/// Where pointers and templates look.
pub(crate) struct Scope<'a> {
    /// What the placeholders of the topic or path caught.
    pub(crate) names: &'a [(&'a str, &'a str)],
    /// The record that is being read.
    pub(crate) record: &'a Tree,
    /// The whole message.
    pub(crate) top: &'a Tree,
}

impl Pointer {
    /// Whether a text wants to be a pointer rather than a template.
    pub(crate) fn is_meant(text: &str) -> bool {
        text.starts_with('/') || text.starts_with('^')
    }

    /// Reads a pointer; `None` when it is none (see [`EXPECTED`]).
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (top, path) = text.strip_prefix('^').map_or((false, text), |path| (true, path));
        if path.is_empty() {
            return Some(Self { text: text.to_owned(), top, steps: Vec::new() });
        }
        let steps = path.strip_prefix('/')?.split('/').map(unescape).collect::<Option<_>>()?;
        Some(Self { text: text.to_owned(), top, steps })
    }

    pub(crate) fn as_str(&self) -> &str {
        if self.text.is_empty() { "the message" } else { &self.text }
    }

    pub(crate) fn find<'a>(&self, scope: &Scope<'a>) -> Result<&'a Tree, Nothing> {
        let mut here = if self.top { scope.top } else { scope.record };
        for (depth, step) in self.steps.iter().enumerate() {
            let (next, holds) = match here {
                Tree::Object(map) => (map.get(step), true),
                Tree::List(list) => (index(step).and_then(|number| list.get(number)), false),
                _ => (None, false),
            };
            let Some(next) = next else {
                let only_last = holds && depth + 1 == self.steps.len();
                return Err(Nothing { only_last, detail: self.ended(depth, here) });
            };
            here = next;
        }
        Ok(here)
    }

    fn ended(&self, depth: usize, here: &Tree) -> String {
        match self.steps.get(..depth) {
            None | Some([]) => format!("{} is not there", self.as_str()),
            Some(found) => {
                let found = found.join("/");
                format!("{} is not there; /{} is {} without it", self.as_str(), cut(&found), here.show())
            }
        }
    }
}

fn unescape(step: &str) -> Option<String> {
    let well = step.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    well.then(|| step.replace("~1", "/").replace("~0", "~"))
}

/// Digits without leading zeros, as the standard has it.
fn index(step: &str) -> Option<usize> {
    let plain = step == "0" || (!step.starts_with('0') && step.bytes().all(|b| b.is_ascii_digit()));
    plain.then(|| step.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::read;

    #[test]
    fn finds_or_says_where_the_message_ended() {
        let top = read(br#"{"a/b":{"~":[10,{"c":true}]},"s":"x"}"#).unwrap();
        let record = read(br#"{"v":1}"#).unwrap();
        let scope = Scope { names: &[], record: &record, top: &top };
        let find = |text: &str| Pointer::parse(text).unwrap().find(&scope);
        assert_eq!(find("/v").unwrap().word().unwrap(), "1");
        assert_eq!(find("^/a~1b/~0/1/c").unwrap().word().unwrap(), "true");
        assert_eq!(find("").unwrap(), &record);
        assert_eq!(find("/w").unwrap_err(), Nothing { only_last: true, detail: "/w is not there".to_owned() });
        let nothing = find("^/a~1b/~0/7").unwrap_err();
        assert!(!nothing.only_last && nothing.detail.contains("is a list without it"), "{}", nothing.detail);
        assert!(find("^/s/x/y").unwrap_err().detail.contains("the text \"x\""));
        for bad in ["a", "a/b", "/~2", "/a~", "^a"] {
            assert!(Pointer::parse(bad).is_none(), "{bad}");
        }
        for not in ["^/a~1b/~0/01", "^/a~1b/~0/-1", "^/a~1b/~0/99999999999999999999999"] {
            assert!(find(not).is_err(), "{not}");
        }
    }
}
