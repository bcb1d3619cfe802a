//! Addresses below the root: `Things('W-1')/Datastreams(3)/Observations/$ref`, `Things('W-1')/properties/state/$value`.

use crate::token::quoted;
use crate::{Mistake, Nav, Set};

/// Steps of an address at most.
const HOPS: usize = 10;

/// One step of an address: a set, or a way from the entity before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hop {
    /// What is there.
    pub to: Set,
    /// The way; none for the first step.
    pub nav: Option<&'static Nav>,
    /// Which of them, where one is named.
    pub id: Option<String>,
}

impl Hop {
    /// True when it leads to several entities.
    #[must_use]
    pub fn many(&self) -> bool {
        self.id.is_none() && self.nav.is_none_or(|nav| nav.many)
    }
}

/// What is wanted at the end of an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tail {
    /// The entities themselves.
    Whole,
    /// Their addresses only.
    Refs,
    /// A property of the one entity, perhaps a part of it; `raw` without JSON around it.
    Property(&'static str, Option<&'static str>, bool),
}

/// An address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The steps; at least one.
    pub hops: Vec<Hop>,
    /// The end.
    pub tail: Tail,
}

impl Address {
    /// The last step.
    #[must_use]
    pub fn target(&self) -> Option<&Hop> {
        self.hops.last()
    }

    /// Reads an address without its leading slash, decoded.
    ///
    /// # Errors
    /// [`Mistake`] says what was read and what would be right.
    pub fn parse(path: &str) -> Result<Self, Mistake> {
        let what = "path";
        let mut hops: Vec<Hop> = Vec::new();
        let mut rest = path.trim_end_matches('/');
        while !rest.is_empty() {
            let end = rest.find(['/', '(']).unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            let step = match hops.last() {
                None => {
                    let set = crate::SETS.into_iter().find(|set| set.name() == name);
                    let names: Vec<&str> = crate::SETS.iter().map(|set| set.name()).collect();
                    (set.ok_or_else(|| Mistake::new(what, name, format!("one of {}", names.join(", "))))?, None)
                }
                Some(before) if before.many() => {
                    if name == "$ref" && after.is_empty() {
                        return Ok(Self { hops, tail: Tail::Refs });
                    }
                    let expected = format!("$ref, or one of the {} named as in {0}(…)", before.to.name());
                    return Err(Mistake::new(what, rest, expected));
                }
                Some(before) => match before.to.nav(name) {
                    Some(nav) => (nav.to, Some(nav)),
                    None => {
                        let tail = tail(what, before.to, rest)?;
                        return Ok(Self { hops, tail });
                    }
                },
            };
            let (id, after) = id(what, after)?;
            if id.is_some() && step.1.is_some_and(|nav| !nav.many) {
                return Err(Mistake::new(what, rest, format!("{name} without an id: there is one only")));
            }
            if hops.len() == HOPS {
                return Err(Mistake::new(what, rest, format!("at most {HOPS} steps")));
            }
            hops.push(Hop { to: step.0, nav: step.1, id });
            rest = match after.strip_prefix('/') {
                Some(rest) if !rest.is_empty() => rest,
                None if after.is_empty() => "",
                _ => return Err(Mistake::new(what, after, "a slash and a name")),
            };
        }
        if hops.is_empty() {
            return Err(Mistake::new(what, path, "a set such as Things"));
        }
        Ok(Self { hops, tail: Tail::Whole })
    }
}

/// `('W-1')` or `(3)` at the beginning of `rest`, and what follows.
fn id<'r>(what: &str, rest: &'r str) -> Result<(Option<String>, &'r str), Mistake> {
    let Some(inner) = rest.strip_prefix('(') else { return Ok((None, rest)) };
    let bad = || Mistake::new(what, rest, "an id in parentheses, texts in quotes, such as ('W-1') or (3)");
    let (id, after) = if inner.starts_with('\'') {
        let (text, length) = quoted(inner).ok_or_else(bad)?;
        (text, &inner[length..])
    } else {
        let length = inner.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(inner.len());
        (inner[..length].to_owned(), &inner[length..])
    };
    let after = after.strip_prefix(')').filter(|_| !id.is_empty()).ok_or_else(bad)?;
    Ok((Some(id), after))
}

fn tail(what: &str, set: Set, rest: &str) -> Result<Tail, Mistake> {
    let mut words: Vec<&str> = rest.split('/').collect();
    let raw = words.last() == Some(&"$value") && words.len() > 1;
    if raw {
        words.pop();
    }
    let path = set.path(what, &words)?;
    if !path.navs.is_empty() {
        return Err(Mistake::new(what, rest, set.names()));
    }
    Ok(Tail::Property(path.property, path.part, raw))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_are_read() {
        let address = Address::parse("Things('it''s/1')/Datastreams(3)/Observations/").unwrap();
        let hops: Vec<_> = address.hops.iter().map(|hop| (hop.to, hop.id.as_deref(), hop.many())).collect();
        assert_eq!(
            hops,
            [
                (Set::Things, Some("it's/1"), false),
                (Set::Datastreams, Some("3"), false),
                (Set::Observations, None, true)
            ]
        );
        assert_eq!(Address::parse("Things/$ref").unwrap().tail, Tail::Refs);
        assert_eq!(
            Address::parse("Datastreams(1)/Thing/name/$value").unwrap().tail,
            Tail::Property("name", None, true)
        );
        let part = Address::parse("Things('a')/properties/state").unwrap().tail;
        assert_eq!(part, Tail::Property("properties", Some("state"), false));
    }

    #[test]
    fn mistakes_are_explained() {
        for (path, expected) in [
            ("", "a set such as Things"),
            ("Thing", "one of Things, Locations"),
            ("Things/name", "named as in Things(…)"),
            ("Things('a", "an id in parentheses"),
            ("Things()", "an id in parentheses"),
            ("Things(a)", "an id in parentheses"),
            ("Things('a')x", "a slash and a name"),
            ("Things('a')//name", "one of @iot.id"),
            ("Things('a')/nmae", "one of @iot.id, name"),
            ("Things('a')/Datastreams/name", "named as in Datastreams(…)"),
            ("Datastreams(1)/Thing(2)", "without an id"),
            ("Things('a')/properties/staet", "one of theme"),
        ] {
            let mistake = Address::parse(path).unwrap_err().to_string();
            assert!(mistake.contains(expected), "{path}: {mistake}");
        }
        assert!(Address::parse(&format!("Datastreams(1){}", "/Thing/Datastreams(1)".repeat(20))).is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,60}", path in "[/()'$a-z0-9]{0,40}") {
            let _ = Address::parse(&text);
            let _ = Address::parse(&format!("Things('a')/{path}"));
            let _ = Address::parse(&format!("Datastreams(1){path}"));
        }
    }
}
