//! A text that is put together for each record: fixed, `{placeholder}`, a pointer, or a template of them such as
//! `ne-{/deviceInfo/devEui}`. What comes out is judged by whoever wants an identifier of it.

use chengshu_core::model::Reason;

use crate::pointer::{Pointer, Scope};

#[derive(Debug, Clone, PartialEq)]
enum Part {
    Fixed(String),
    Name(String),
    /// The member's own name, where a value takes all members of an object.
    Key,
    Pointer(Pointer),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Text(Vec<Part>);

impl Text {
    /// Reads a text that may use `names`, and `{key}` if `key`. `good` judges the fixed parts.
    ///
    /// # Errors
    /// What would be right.
    pub(crate) fn parse(text: &str, names: &[&str], key: bool, good: impl Fn(&str) -> bool) -> Result<Self, String> {
        let pointer = |text: &str| Pointer::parse(text).map(Part::Pointer).ok_or(crate::pointer::EXPECTED.to_owned());
        if Pointer::is_meant(text) {
            return Ok(Self(vec![pointer(text)?]));
        }
        let fixed = |text: &str| {
            let part = || Part::Fixed(text.to_owned());
            good(text).then(part).ok_or_else(|| "only characters that the identifier may have".to_owned())
        };
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('{') {
            let (inside, after) = after.split_once('}').ok_or("a } for every {")?;
            if !before.is_empty() {
                parts.push(fixed(before)?);
            }
            parts.push(match inside {
                "key" if key => Part::Key,
                _ if Pointer::is_meant(inside) => pointer(inside)?,
                name if names.contains(&name) => Part::Name(name.to_owned()),
                _ => return Err(expected_names(names, key)),
            });
            rest = after;
        }
        if !rest.is_empty() || parts.is_empty() {
            parts.push(fixed(rest)?);
        }
        Ok(Self(parts))
    }

    pub(crate) fn uses_key(&self) -> bool {
        self.0.contains(&Part::Key)
    }

    /// The text for this record.
    ///
    /// # Errors
    /// Which part could not be had, and why.
    pub(crate) fn fill(&self, scope: &Scope<'_>, key: &str) -> Result<String, (Reason, String)> {
        let mut whole = String::new();
        for part in &self.0 {
            match part {
                Part::Fixed(text) => whole.push_str(text),
                Part::Key => whole.push_str(key),
                Part::Name(name) => {
                    let caught = scope.names.iter().find(|(known, _)| known == name);
                    whole.push_str(caught.map(|(_, text)| *text).unwrap_or_default());
                }
                Part::Pointer(pointer) => {
                    let found = pointer.find(scope).map_err(|nothing| (Reason::Undecodable, nothing.detail))?;
                    let word = found.word().ok_or_else(|| {
                        let (at, read) = (pointer.as_str(), found.show());
                        (Reason::BadName, format!("{at} is {read}; expected a text or a number to make a name of"))
                    })?;
                    whole.push_str(&word);
                }
            }
        }
        Ok(whole)
    }
}

fn expected_names(names: &[&str], key: bool) -> String {
    let known = names.iter().copied().chain(key.then_some("key")).map(|name| format!("{{{name}}}"));
    let known = known.collect::<Vec<_>>().join(", ");
    let known = if known.is_empty() { "no placeholder: the pattern has none".to_owned() } else { known };
    format!("a placeholder that the pattern has ({known}) or a pointer such as {{/deviceId}}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::read;

    #[test]
    fn texts_are_put_together() {
        let top = read(br#"{"id":17,"o":{}}"#).unwrap();
        let scope = Scope { names: &[("device", "D1")], record: &top, top: &top };
        let good = |text: &str| !text.contains(' ');
        let fill = |text: &str| Text::parse(text, &["device"], true, good).unwrap().fill(&scope, "k");
        for (text, filled) in [("x", "x"), ("{device}", "D1"), ("a-{/id}-{key}", "a-17-k"), ("/id", "17")] {
            assert_eq!(fill(text).as_deref(), Ok(filled));
        }
        assert_eq!(fill("/o").unwrap_err().0, Reason::BadName);
        assert_eq!(fill("^/nothing").unwrap_err(), (Reason::Undecodable, "^/nothing is not there".to_owned()));
        for bad in ["{app}", "{", "a b", "{/~}", "/~"] {
            assert!(Text::parse(bad, &["device"], false, good).is_err(), "{bad}");
        }
        assert!(Text::parse("{key}", &[], false, good).unwrap_err().contains("the pattern has none"));
    }
}
