//! What of a filter on Observations the store can answer by itself: spans of time and of value that are joined by `and`.
//! The rest is told apart by what it is about, since a condition on the Datastream needs no reading.

use chengshu_core::model::Timestamp;

use crate::{Comparison, Expr, Path, Val};

/// A span of time and a span of values, both with their ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Bounds {
    /// From this moment on.
    pub from: Timestamp,
    /// Up to this moment.
    pub to: Timestamp,
    /// From this value on.
    pub low: f64,
    /// Up to this value.
    pub high: f64,
}

/// A filter in parts, all of which must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Split<'e> {
    /// For the store.
    pub bounds: Bounds,
    /// About the Datastream or the FeatureOfInterest only.
    pub series: Vec<&'e Expr>,
    /// About single readings.
    pub rest: Vec<&'e Expr>,
}

/// Takes a filter apart.
#[must_use]
pub fn split(filter: Option<&Expr>) -> Split<'_> {
    let all = Bounds {
        from: Timestamp::from_ms(i64::MIN),
        to: Timestamp::from_ms(i64::MAX),
        low: f64::NEG_INFINITY,
        high: f64::INFINITY,
    };
    let mut split = Split { bounds: all, series: Vec::new(), rest: Vec::new() };
    if let Some(filter) = filter {
        part(filter, &mut split);
    }
    split
}

fn part<'e>(expr: &'e Expr, split: &mut Split<'e>) {
    if let Expr::And(list) = expr {
        return list.iter().for_each(|expr| part(expr, split));
    }
    if let Expr::Compare(comparison, left, right) = expr {
        let turned = match comparison {
            Comparison::Gt => Comparison::Lt,
            Comparison::Ge => Comparison::Le,
            Comparison::Lt => Comparison::Gt,
            Comparison::Le => Comparison::Ge,
            same => *same,
        };
        let known = match (left.as_ref(), right.as_ref()) {
            (Expr::Path(path), Expr::Literal(val)) => narrow(path, *comparison, val, &mut split.bounds),
            (Expr::Literal(val), Expr::Path(path)) => narrow(path, turned, val, &mut split.bounds),
            _ => None,
        };
        if known.is_some() {
            return;
        }
    }
    let mut paths = Vec::new();
    gather(expr, &mut paths);
    let far = |path: &&Path| !path.navs.is_empty();
    if !paths.is_empty() && paths.iter().all(far) { split.series.push(expr) } else { split.rest.push(expr) }
}

/// Narrows the bounds by a comparison that they can express.
fn narrow(path: &Path, comparison: Comparison, val: &Val<'_>, bounds: &mut Bounds) -> Option<()> {
    if !path.navs.is_empty() {
        return None;
    }
    match (path.property, val) {
        ("phenomenonTime", Val::Time(at)) => {
            let ms = |ms| Timestamp::from_ms(ms);
            let (from, to) = match comparison {
                Comparison::Eq => (*at, *at),
                Comparison::Gt => (ms(at.ms().checked_add(1)?), ms(i64::MAX)),
                Comparison::Ge => (*at, ms(i64::MAX)),
                Comparison::Lt => (ms(i64::MIN), ms(at.ms().checked_sub(1)?)),
                Comparison::Le => (ms(i64::MIN), *at),
                Comparison::Ne => return None,
            };
            (bounds.from, bounds.to) = (bounds.from.max(from), bounds.to.min(to));
        }
        ("result", Val::Number(number)) => {
            let (low, high) = match comparison {
                Comparison::Eq => (*number, *number),
                Comparison::Gt => (number.next_up(), f64::INFINITY),
                Comparison::Ge => (*number, f64::INFINITY),
                Comparison::Lt => (f64::NEG_INFINITY, number.next_down()),
                Comparison::Le => (f64::NEG_INFINITY, *number),
                Comparison::Ne => return None,
            };
            (bounds.low, bounds.high) = (bounds.low.max(low), bounds.high.min(high));
        }
        _ => return None,
    }
    Some(())
}

fn gather<'e>(expr: &'e Expr, into: &mut Vec<&'e Path>) {
    match expr {
        Expr::And(list) | Expr::Or(list) | Expr::Call(_, list) => list.iter().for_each(|expr| gather(expr, into)),
        Expr::Not(expr) => gather(expr, into),
        Expr::Compare(_, left, right) | Expr::Compute(_, left, right) => {
            gather(left, into);
            gather(right, into);
        }
        Expr::Path(path) => into.push(path),
        Expr::Literal(_) => {}
    }
}

impl Expr {
    /// All properties that it asks for.
    #[must_use]
    pub fn paths(&self) -> Vec<&Path> {
        let mut paths = Vec::new();
        gather(self, &mut paths);
        paths
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Set, parse};

    #[test]
    fn the_store_gets_what_it_can_answer() {
        let now = Timestamp::from_ms(1_000_000);
        let filter = parse(
            Set::Observations,
            "phenomenonTime ge now() sub duration'PT10S' and (2 gt result and result gt 1) and phenomenonTime lt now() \
             and Datastream/Thing/properties/theme eq 'water' and (result lt 3 or resultQuality eq 'late') and true",
            now,
        )
        .unwrap();
        let split = split(Some(&filter));
        assert_eq!((split.bounds.from.ms(), split.bounds.to.ms()), (990_000, 999_999));
        assert_eq!((split.bounds.low, split.bounds.high), (1.0_f64.next_up(), 2.0_f64.next_down()));
        assert_eq!((split.series.len(), split.rest.len()), (1, 2));
        let none = super::split(None).bounds;
        assert_eq!((none.from.ms(), none.high), (i64::MIN, f64::INFINITY));
    }
}
