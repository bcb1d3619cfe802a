//! The options of a question: `$filter`, `$orderby`, `$top`, `$skip`, `$count`, `$select`, `$expand` (nested),
//! `$resultFormat`, and the hub's own `$skiptoken` of next links. Each may stand once; unknown ones are refused.

use chengshu_core::model::Timestamp;

use crate::filter::{Expr, parse};
use crate::model::is_id;
use crate::token::quoted;
use crate::{Mistake, Nav, Path, Set, Type};

/// Entities of a page when nobody says.
pub const PAGE: usize = 100;
/// Entities of an expanded list when nobody says.
const PAGE_WITHIN: usize = 20;
/// Entities of a page at most.
pub const PAGE_MAX: usize = 1_000;
/// Entities that can be skipped; further on, next links know a way.
pub const SKIP_MAX: usize = 1_000_000;
/// Expansions within each other at most.
const DEPTH: usize = 5;
/// Expansions of one question at most.
const EXPANDS: usize = 12;
/// Characters of all options at most.
const LENGTH: usize = 16_000;

/// One key of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    /// By what.
    pub by: Path,
    /// The largest first.
    pub descending: bool,
}

/// Something to be shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Select {
    /// The identity.
    Id,
    /// A property, or one part of it.
    Property(&'static str, Option<&'static str>),
    /// A way.
    Nav(&'static str),
}

/// Others to be shown with each entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Expand {
    /// Along which way.
    pub nav: &'static Nav,
    /// Which of them.
    pub options: Options,
}

/// The options of a question, or of an expansion.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The condition.
    pub filter: Option<Expr>,
    /// The order.
    pub order: Vec<Order>,
    /// At most so many; never more than [`PAGE_MAX`].
    pub top: usize,
    /// Leave out so many.
    pub skip: usize,
    /// Tell how many there are in all.
    pub count: bool,
    /// What to show; everything where nobody says.
    pub select: Option<Vec<Select>>,
    /// What else to show.
    pub expand: Vec<Expand>,
    /// Observations as arrays.
    pub data_array: bool,
    /// Observations after this one: its time and its Datastream.
    pub after: Option<(Timestamp, i32)>,
    /// The options as they were written, for next links.
    pub given: Vec<(&'static str, String)>,
}

const NAMES: [&str; 9] =
    ["$filter", "$orderby", "$top", "$skip", "$count", "$select", "$expand", "$resultFormat", "$skiptoken"];

impl Options {
    /// No option at all.
    #[must_use]
    pub fn none(within: bool) -> Self {
        Self {
            filter: None,
            order: Vec::new(),
            top: if within { PAGE_WITHIN } else { PAGE },
            skip: 0,
            count: false,
            select: None,
            expand: Vec::new(),
            data_array: false,
            after: None,
            given: Vec::new(),
        }
    }

    /// Reads the options of a question about entities of `set`; `pairs` are decoded. `now` is what `now()` means.
    ///
    /// # Errors
    /// [`Mistake`] says what was read and what would be right.
    pub fn parse<'p>(
        set: Set,
        pairs: impl Iterator<Item = (&'p str, &'p str)>,
        now: Timestamp,
    ) -> Result<Self, Mistake> {
        let mut options = Self::none(false);
        let (mut length, mut expands) = (0, 0);
        for (name, text) in pairs {
            length += text.len();
            if length > LENGTH {
                return Err(Mistake::new(name, text, format!("options of {LENGTH} bytes at most")));
            }
            options.take(set, name, text, now, 0, &mut expands)?;
        }
        Ok(options)
    }

    fn take(
        &mut self,
        set: Set,
        name: &str,
        text: &str,
        now: Timestamp,
        depth: usize,
        expands: &mut usize,
    ) -> Result<(), Mistake> {
        let Some(name) = NAMES.into_iter().find(|known| *known == name) else {
            return Err(Mistake::new("query", name, format!("one of {}", NAMES[..8].join(", "))));
        };
        if self.given.iter().any(|(known, _)| *known == name) {
            return Err(Mistake::new("query", name, "each option once"));
        }
        self.given.push((name, text.to_owned()));
        let text = text.trim();
        match name {
            "$filter" => self.filter = Some(parse(set, text, now)?),
            "$orderby" => self.order = orders(set, text)?,
            "$top" => self.top = number(name, text, usize::MAX)?.min(PAGE_MAX),
            "$skip" => self.skip = number(name, text, SKIP_MAX)?,
            "$count" => match text {
                "true" | "false" => self.count = text == "true",
                _ => return Err(Mistake::new(name, text, "true or false")),
            },
            "$select" => self.select = Some(selects(set, text)?),
            "$expand" => {
                for one in pieces(text, ',') {
                    expand(set, one.trim(), now, depth, expands, &mut self.expand)?;
                }
            }
            "$resultFormat" if text == "dataArray" && set == Set::Observations && depth == 0 => self.data_array = true,
            "$skiptoken" if set == Set::Observations && depth == 0 => {
                let parts = text.split_once('~');
                let after = parts.and_then(|(at, series)| Some((at.parse().ok()?, series.parse().ok()?)));
                let (at, series) = after.ok_or_else(|| Mistake::new(name, text, "what a next link said"))?;
                self.after = Some((Timestamp::from_ms(at), series));
            }
            "$resultFormat" => return Err(Mistake::new(name, text, "dataArray, and only of a list of Observations")),
            _ => return Err(Mistake::new(name, text, "nothing: it belongs to next links of lists of Observations")),
        }
        Ok(())
    }
}

fn number(name: &str, text: &str, most: usize) -> Result<usize, Mistake> {
    let expected = || {
        let most = if most == usize::MAX { String::new() } else { format!(" up to {most}") };
        Mistake::new(name, text, format!("a whole number from 0 on{most}"))
    };
    text.parse().ok().filter(|number| *number <= most).ok_or_else(expected)
}

fn orders(set: Set, text: &str) -> Result<Vec<Order>, Mistake> {
    let what = "$orderby";
    let read = |one: &str| {
        let mut words = one.split_whitespace();
        let path = words.next().unwrap_or_default();
        let descending = match words.next().map(str::to_ascii_lowercase).as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(Mistake::new(what, one, "asc or desc after the property")),
        };
        if words.next().is_some() {
            return Err(Mistake::new(what, one, "a property, then asc or desc"));
        }
        let by = set.path(what, &path.split('/').collect::<Vec<_>>())?;
        by.in_memory(what, set)?;
        let several = by.navs.iter().any(|nav| nav.many);
        if several || matches!(by.ty, Type::Object | Type::Place) {
            return Err(Mistake::new(what, one, "a property with one value that has an order"));
        }
        Ok(Order { by, descending })
    };
    let keys: Vec<&str> = text.split(',').map(str::trim).collect();
    if keys.len() > 8 {
        return Err(Mistake::new(what, text, "at most 8 keys"));
    }
    keys.into_iter().map(read).collect()
}

fn selects(set: Set, text: &str) -> Result<Vec<Select>, Mistake> {
    let read = |one: &str| {
        if is_id(one) {
            return Ok(Select::Id);
        }
        if let Some(nav) = set.nav(one) {
            return Ok(Select::Nav(nav.name));
        }
        let path = set.path("$select", &one.split('/').collect::<Vec<_>>())?;
        if !path.navs.is_empty() {
            return Err(Mistake::new("$select", one, format!("{}; use $expand for others", set.names())));
        }
        Ok(Select::Property(path.property, path.part))
    };
    text.split(',').take(64).map(|one| read(one.trim())).collect()
}

/// Reads one way of `$expand`, such as `Datastreams/Observations($top=1;$count=true)`, into the list; what begins with the
/// same way is put together.
fn expand(
    set: Set,
    text: &str,
    now: Timestamp,
    depth: usize,
    expands: &mut usize,
    into: &mut Vec<Expand>,
) -> Result<(), Mistake> {
    let what = "$expand";
    *expands += 1;
    if depth == DEPTH || *expands > EXPANDS {
        let expected = format!("at most {DEPTH} expansions within each other and {EXPANDS} in all");
        return Err(Mistake::new(what, text, expected));
    }
    let end = text.find(['/', '(']).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some(nav) = set.nav(name.trim()) else {
        let names: Vec<&str> = set.navs().iter().map(|nav| nav.name).collect();
        return Err(Mistake::new(what, text, format!("of {} one of {}", set.name(), names.join(", "))));
    };
    let known = into.iter().position(|known| known.nav == nav);
    let place = known.unwrap_or_else(|| {
        into.push(Expand { nav, options: Options::none(true) });
        into.len() - 1
    });
    let Some(Expand { options, .. }) = into.get_mut(place) else { return Ok(()) };
    if let Some(further) = rest.strip_prefix('/') {
        return expand(nav.to, further, now, depth + 1, expands, &mut options.expand);
    }
    if rest.is_empty() {
        return Ok(());
    }
    let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.trim_end().strip_suffix(')')) else {
        return Err(Mistake::new(what, rest, "a closing parenthesis at the end"));
    };
    for one in pieces(inner, ';').into_iter().filter(|one| !one.trim().is_empty()) {
        let Some((name, value)) = one.split_once('=') else {
            return Err(Mistake::new(what, one, "an option such as $top=1; several are separated by semicolons"));
        };
        options.take(nav.to, name.trim(), value, now, depth + 1, expands)?;
    }
    Ok(())
}

/// Cuts at a sign, but not within parentheses or quotes.
fn pieces(text: &str, sign: char) -> Vec<&str> {
    let (mut list, mut start, mut at, mut open) = (Vec::new(), 0, 0, 0_usize);
    while let Some(c) = text[at..].chars().next() {
        match c {
            '\'' => {
                at += quoted(&text[at..]).map_or(text.len() - at, |(_, length)| length);
                continue;
            }
            '(' => open += 1,
            ')' => open = open.saturating_sub(1),
            c if c == sign && open == 0 => {
                list.push(&text[start..at]);
                start = at + c.len_utf8();
            }
            _ => {}
        }
        at += c.len_utf8();
    }
    list.push(&text[start..]);
    list
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(set: Set, query: &str) -> Result<Options, Mistake> {
        let pairs: Vec<(&str, &str)> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        Options::parse(set, pairs.into_iter(), Timestamp::from_ms(0))
    }

    #[test]
    fn options_are_read_also_within_each_other() {
        let options = read(
            Set::Things,
            "$top=5000&$skip=3&$count=true&$select=id,name,properties/theme,Locations&$orderby=name desc, id&$expand=\
             Datastreams($filter=name eq 'a;b,)';$expand=Observations($top=1;$orderby=phenomenonTime DESC)),Locations,Datastreams/Sensor",
        )
        .unwrap();
        assert_eq!((options.top, options.skip, options.count), (PAGE_MAX, 3, true));
        assert_eq!(options.select.unwrap().len(), 4);
        assert_eq!(options.order.iter().map(|order| order.descending).collect::<Vec<_>>(), [true, false]);
        let names: Vec<&str> = options.expand.iter().map(|expand| expand.nav.name).collect();
        assert_eq!(names, ["Datastreams", "Locations"]);
        let within = &options.expand[0].options;
        assert!(within.filter.is_some() && within.top == PAGE_WITHIN);
        assert_eq!(within.expand.iter().map(|expand| expand.nav.name).collect::<Vec<_>>(), ["Observations", "Sensor"]);
        let readings = &within.expand[0].options;
        assert!(readings.top == 1 && readings.order[0].descending);
    }

    #[test]
    fn mistakes_are_explained() {
        for (set, query, expected) in [
            (Set::Things, "top=1", "one of $filter, $orderby"),
            (Set::Things, "$top=-1", "a whole number"),
            (Set::Things, "$skip=99999999", "up to 1000000"),
            (Set::Things, "$top=1&$top=2", "each option once"),
            (Set::Things, "$count=yes", "true or false"),
            (Set::Things, "$select=nmae", "one of @iot.id, name"),
            (Set::Things, "$select=Datastreams/name", "use $expand"),
            (Set::Things, "$orderby=properties", "has an order"),
            (Set::Things, "$orderby=Datastreams/name", "has an order"),
            (Set::Things, "$orderby=name up", "asc or desc"),
            (Set::Things, "$expand=Observations", "of Things one of Datastreams, Locations"),
            (Set::Things, "$expand=Datastreams($top=1", "a closing parenthesis"),
            (Set::Things, "$expand=Datastreams(top)", "an option such as"),
            (Set::Things, "$expand=Datastreams($resultFormat=dataArray)", "only of a list of Observations"),
            (Set::Things, "$resultFormat=dataArray", "only of a list of Observations"),
            (Set::Observations, "$resultFormat=csv", "dataArray"),
            (Set::Observations, "$skiptoken=x", "what a next link said"),
            (Set::Sensors, "$filter=Datastreams/name eq 'x'", "filter Datastreams themselves instead"),
            (Set::Things, "$filter=Datastreams/Observations/result gt 1", "filter Observations themselves instead"),
            (Set::Datastreams, "$expand=Thing/Datastreams/Thing/Datastreams/Thing/Datastreams", "at most 5"),
        ] {
            let mistake = read(set, query).unwrap_err().to_string();
            assert!(mistake.contains(expected), "{query}: {mistake}");
        }
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,60}", inner in "[(),;'/$=a-z]{0,40}") {
            for name in NAMES {
                let _ = read(Set::Observations, &format!("{name}={text}"));
                let _ = read(Set::Things, &format!("{name}={inner}"));
                let _ = read(Set::Things, &format!("$expand=Datastreams({inner})"));
            }
        }
    }
}
