//! The pattern of a topic or a path: fixed segments and `{placeholders}`, one whole segment each. It catches texts and
//! judges none of them; whether one can be an identifier is seen where it is used.

/// Longer sources match nothing: identifiers are short, and a source is kept with its message.
const SOURCE_MAX: usize = 512;

pub(crate) const TOPIC: &str = "segments such as application/{app}/device/{device}/event/up";
pub(crate) const PATH: &str = "a path such as /push/telecom/{device}";

#[derive(Debug, Clone, PartialEq)]
enum Segment {
    Fixed(String),
    Name(String),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern {
    text: String,
    segments: Vec<Segment>,
}

impl Pattern {
    /// `a/{b}/c`, or with a slash in front, as some platforms have it.
    pub(crate) fn topic(text: &str) -> Option<Self> {
        let own = text.starts_with("city/") || text == "city"; // the hub's own grammar
        let inner = text.strip_prefix('/').unwrap_or(text);
        (!text.starts_with('$') && !own).then(|| Self::parse(text, inner)).flatten()
    }

    /// `/a/{b}/c`.
    pub(crate) fn path(text: &str) -> Option<Self> {
        Self::parse(text, text.strip_prefix('/')?)
    }

    fn parse(text: &str, inner: &str) -> Option<Self> {
        let segments: Vec<Segment> = inner.split('/').map(segment).collect::<Option<_>>()?;
        let pattern = Self { text: text.to_owned(), segments };
        let names: Vec<&str> = pattern.names().collect();
        let unique = names.iter().enumerate().all(|(n, name)| !names.iter().take(n).any(|other| other == name));
        (unique && text.len() <= SOURCE_MAX).then_some(pattern)
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().filter_map(|segment| if let Segment::Name(name) = segment { Some(&**name) } else { None })
    }

    /// What the placeholders catch of `source`; `None` when the pattern does not fit.
    pub(crate) fn catch<'a>(&'a self, source: &'a str) -> Option<Vec<(&'a str, &'a str)>> {
        let inner = if self.text.starts_with('/') { source.strip_prefix('/')? } else { source };
        if source.len() > SOURCE_MAX {
            return None;
        }
        let mut caught = Vec::new();
        let mut parts = inner.split('/');
        for segment in &self.segments {
            let part = parts.next()?;
            match segment {
                Segment::Fixed(text) if text == part => {}
                Segment::Name(name) if !part.is_empty() => caught.push((name.as_str(), part)),
                _ => return None,
            }
        }
        parts.next().is_none().then_some(caught)
    }

    /// The same with something else in place of each placeholder: `+` makes an MQTT filter.
    pub(crate) fn with(&self, mut instead: impl FnMut(&str) -> String) -> String {
        let segments = self.segments.iter().map(|segment| match segment {
            Segment::Fixed(text) => text.clone(),
            Segment::Name(name) => instead(name),
        });
        let joined = segments.collect::<Vec<_>>().join("/");
        if self.text.starts_with('/') { format!("/{joined}") } else { joined }
    }
}

fn segment(text: &str) -> Option<Segment> {
    if let Some(name) = text.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
        return is_name(name).then(|| Segment::Name(name.to_owned()));
    }
    let plain = !text.is_empty() && !text.contains(['{', '}', '+', '#', '?']) && !text.contains(char::is_control);
    plain.then(|| Segment::Fixed(text.to_owned()))
}

/// `key` is kept for the members of an object.
pub(crate) fn is_name(name: &str) -> bool {
    let chars = name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    chars && (1..=32).contains(&name.len()) && name != "key"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_catch_whole_segments_and_make_filters() {
        let pattern = Pattern::topic("application/{app}/device/{device}/event/up").unwrap();
        let caught = pattern.catch("application/17/device/0101/event/up").unwrap();
        assert_eq!(caught, [("app", "17"), ("device", "0101")]);
        assert_eq!(pattern.with(|_| "+".to_owned()), "application/+/device/+/event/up");
        for other in ["application/17/device/0101/event/join", "application/17/device//event/up", "application", ""] {
            assert!(pattern.catch(other).is_none(), "{other}");
        }
        assert!(pattern.catch(&format!("application/{}/device/1/event/up", "x".repeat(600))).is_none());
        let path = Pattern::path("/push/{theme}").unwrap();
        assert_eq!(path.catch("/push/fire").unwrap(), [("theme", "fire")]);
        assert!(path.catch("push/fire").is_none() && path.catch("/push/fire/").is_none());
        assert_eq!(path.with(str::to_owned), "/push/theme");
    }

    #[test]
    fn what_cannot_be_a_pattern() {
        assert!(Pattern::topic("/sys/{product}/{device}/post").unwrap().catch("/sys/p/d/post").is_some());
        for bad in ["", "/", "a//b", "a/+", "a/#", "a/x{b}", "a/{}", "{a}/{a}", "{Key}", "{key}", "city/{a}", "$SYS"] {
            assert!(Pattern::topic(bad).is_none(), "{bad}");
        }
        for bad in ["", "a", "/", "/a/", "/a?b=c"] {
            assert!(Pattern::path(bad).is_none(), "{bad}");
        }
    }
}
