//! The value of an expression for one entity. Whoever has the entity answers for its properties.

use std::borrow::Cow;
use std::cmp::Ordering;

use chengshu_core::model::Timestamp;

use crate::{Arithmetic, Comparison, Expr, Function, Path, Val};

/// Answers for the properties of an entity.
pub type Look<'e, 'v> = &'e dyn Fn(&Path) -> Val<'v>;

/// True when the condition holds. What is nothing is neither smaller nor greater than anything.
#[must_use]
pub fn passes(expr: &Expr, look: Look<'_, '_>) -> bool {
    match expr {
        Expr::And(list) => list.iter().all(|expr| passes(expr, look)),
        Expr::Or(list) => list.iter().any(|expr| passes(expr, look)),
        Expr::Not(expr) => !passes(expr, look),
        Expr::Compare(comparison, left, right) => {
            let order = value(left, look).compare(&value(right, look));
            match comparison {
                Comparison::Eq => order == Some(Ordering::Equal),
                Comparison::Ne => order != Some(Ordering::Equal),
                Comparison::Gt => order == Some(Ordering::Greater),
                Comparison::Ge => matches!(order, Some(Ordering::Greater | Ordering::Equal)),
                Comparison::Lt => order == Some(Ordering::Less),
                Comparison::Le => matches!(order, Some(Ordering::Less | Ordering::Equal)),
            }
        }
        _ => value(expr, look) == Val::Bool(true),
    }
}

/// The value of an expression.
#[must_use]
pub fn value<'v>(expr: &Expr, look: Look<'_, 'v>) -> Val<'v> {
    match expr {
        Expr::Literal(val) => val.clone(),
        Expr::Path(path) => look(path),
        Expr::Call(function, arguments) => {
            let arguments: Vec<Val<'v>> = arguments.iter().map(|argument| value(argument, look)).collect();
            call(*function, &arguments).unwrap_or(Val::Null)
        }
        Expr::Compute(how, left, right) => compute(*how, &value(left, look), &value(right, look)).unwrap_or(Val::Null),
        Expr::And(_) | Expr::Or(_) | Expr::Not(_) | Expr::Compare(..) => Val::Bool(passes(expr, look)),
    }
}

/// Computes at once what needs no entity.
pub(crate) fn fold(expr: Expr) -> Expr {
    match &expr {
        Expr::Compute(how, left, right) => match (left.as_ref(), right.as_ref()) {
            (Expr::Literal(a), Expr::Literal(b)) => Expr::Literal(compute(*how, a, b).unwrap_or(Val::Null)),
            _ => expr,
        },
        _ => expr,
    }
}

fn compute(how: Arithmetic, left: &Val<'_>, right: &Val<'_>) -> Option<Val<'static>> {
    use Arithmetic as A;
    let number = |number: f64| number.is_finite().then_some(Val::Number(number));
    match (left, how, right) {
        (Val::Number(a), A::Add, Val::Number(b)) => number(a + b),
        (Val::Number(a), A::Sub, Val::Number(b)) => number(a - b),
        (Val::Number(a), A::Mul, Val::Number(b)) => number(a * b),
        (Val::Number(a), A::Div, Val::Number(b)) => number(a / b),
        (Val::Number(a), A::Mod, Val::Number(b)) => number(a % b),
        (Val::Time(at), A::Add, Val::Span(ms)) => Some(Val::Time(Timestamp::from_ms(at.ms().checked_add(*ms)?))),
        (Val::Time(at), A::Sub, Val::Span(ms)) => Some(Val::Time(Timestamp::from_ms(at.ms().checked_sub(*ms)?))),
        (Val::Time(a), A::Sub, Val::Time(b)) => Some(Val::Span(a.ms().checked_sub(b.ms())?)),
        (Val::Span(a), A::Add, Val::Span(b)) => Some(Val::Span(a.checked_add(*b)?)),
        (Val::Span(a), A::Sub, Val::Span(b)) => Some(Val::Span(a.checked_sub(*b)?)),
        _ => None,
    }
}

/// None when an argument is nothing, or nothing comes of it.
fn call(function: Function, arguments: &[Val<'_>]) -> Option<Val<'static>> {
    use Function as F;
    let text = |n: usize| arguments.get(n).and_then(Val::as_text);
    let number = |n: usize| match arguments.get(n) {
        Some(Val::Number(number)) => Some(*number),
        _ => None,
    };
    let yes = |bool: bool| Some(Val::Bool(bool));
    let written = |text: String| Some(Val::Text(Cow::Owned(text)));
    let counted = |count: usize| Some(Val::Number(count as f64));
    let utc = || match arguments.first() {
        Some(Val::Time(at)) => {
            Some(jiff::tz::Offset::UTC.to_datetime(jiff::Timestamp::from_millisecond(at.ms()).ok()?))
        }
        _ => None,
    };
    let part = |part: i64| Some(Val::Number(part as f64));
    match function {
        F::SubstringOf => yes(text(1)?.contains(text(0)?.as_ref())),
        F::Contains => yes(text(0)?.contains(text(1)?.as_ref())),
        F::StartsWith => yes(text(0)?.starts_with(text(1)?.as_ref())),
        F::EndsWith => yes(text(0)?.ends_with(text(1)?.as_ref())),
        F::Length => counted(text(0)?.chars().count()),
        F::IndexOf => {
            let (all, part) = (text(0)?, text(1)?);
            Some(Val::Number(all.find(part.as_ref()).map_or(-1.0, |at| all[..at].chars().count() as f64)))
        }
        F::Substring => {
            let (all, from) = (text(0)?, number(1)?.max(0.0) as usize);
            let length = if arguments.len() > 2 { number(2)?.max(0.0) as usize } else { usize::MAX };
            written(all.chars().skip(from).take(length).collect())
        }
        F::ToLower => written(text(0)?.to_lowercase()),
        F::ToUpper => written(text(0)?.to_uppercase()),
        F::Trim => written(text(0)?.trim().to_owned()),
        F::Concat => written(format!("{}{}", text(0)?, text(1)?)),
        F::Year => part(i64::from(utc()?.year())),
        F::Month => part(i64::from(utc()?.month())),
        F::Day => part(i64::from(utc()?.day())),
        F::Hour => part(i64::from(utc()?.hour())),
        F::Minute => part(i64::from(utc()?.minute())),
        F::Second => part(i64::from(utc()?.second())),
        F::FractionalSeconds => Some(Val::Number(f64::from(utc()?.subsec_nanosecond()) / 1e9)),
        // half away from zero, as OData says
        F::Round => Some(Val::Number(number(0)?.round())),
        F::Floor => Some(Val::Number(number(0)?.floor())),
        F::Ceiling => Some(Val::Number(number(0)?.ceil())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Set, parse};

    /// A river gauge at 2026-11-22T08:42:07.250Z.
    fn look(path: &Path) -> Val<'static> {
        match (path.property, path.part) {
            ("name", _) => Val::Text("River Gauge 三号".into()),
            ("properties", Some("theme")) => Val::Text("water".into()),
            ("properties", Some("last_heard")) => Val::Time(Timestamp::from_ms(1_795_336_927_250)),
            ("properties", Some("age_s")) => Val::Number(-2.5),
            _ => Val::Null,
        }
    }

    fn holds(text: &str) -> bool {
        passes(&parse(Set::Things, text, Timestamp::from_ms(1_795_336_930_000)).unwrap(), &look)
    }

    #[test]
    fn conditions_hold_or_do_not() {
        for yes in [
            "properties/theme eq 'water' and not (name eq 'x')",
            "properties/theme ne 'fire'",
            "startswith(name,'River') and endswith(name,'三号') and substringof('Gauge', name) and contains(name,'er G')",
            "length(name) eq 14",
            "indexof(name,'三') eq 12 and indexof(name,'zzz') eq -1",
            "tolower(substring(name,0,5)) eq 'river' and toupper(substring(name,6)) eq 'GAUGE 三号'",
            "concat(trim('  a '),'b') eq 'ab'",
            "year(properties/last_heard) eq 2026 and month(properties/last_heard) eq 11 and day(properties/last_heard) eq 22",
            "hour(properties/last_heard) eq 8 and minute(properties/last_heard) eq 42 and second(properties/last_heard) eq 7",
            "fractionalseconds(properties/last_heard) eq 0.25",
            "round(properties/age_s) eq -3 and floor(properties/age_s) eq -3 and ceiling(properties/age_s) eq -2",
            "properties/last_heard lt now() and properties/last_heard ge now() sub duration'PT3S'",
            "now() sub properties/last_heard lt duration'PT3S'",
            "properties/age_s mul 2 add 1 eq -4",
            "properties/area eq null and properties/theme ne null",
            "properties/area ne 'x'",
            "false or true",
        ] {
            assert!(holds(yes), "{yes}");
        }
        for no in [
            "properties/area gt 'a'",
            "properties/area le 'a'",
            "length(properties/area) ge 0",
            "startswith(properties/area,'')",
            "properties/age_s div 0 gt 0",
            "false",
            "properties/kind_assumed",
        ] {
            assert!(!holds(no), "{no}");
        }
    }
}
