//! `$filter`: a recursive descent parser with bounds on depth and size. Names and types are checked while reading, so that
//! a comparison that could never hold is answered instead of finding nothing.

use std::borrow::Cow;

use chengshu_core::model::Timestamp;

use crate::eval::fold;
use crate::token::{Token, tokens};
use crate::{Mistake, Path, Set, Type, Val};

/// Parentheses, calls and negations within each other at most.
const DEPTH: usize = 40;

/// How two values compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `eq`
    Eq,
    /// `ne`
    Ne,
    /// `gt`
    Gt,
    /// `ge`
    Ge,
    /// `lt`
    Lt,
    /// `le`
    Le,
}

/// How two values become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arithmetic {
    /// `add`
    Add,
    /// `sub`
    Sub,
    /// `mul`
    Mul,
    /// `div`
    Div,
    /// `mod`
    Mod,
}

/// The functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(missing_docs, reason = "their names are those of the standard")]
pub enum Function {
    SubstringOf,
    StartsWith,
    EndsWith,
    Contains,
    Length,
    IndexOf,
    Substring,
    ToLower,
    ToUpper,
    Trim,
    Concat,
    Year,
    Month,
    Day,
    Hour,
    Minute,
    Second,
    FractionalSeconds,
    Round,
    Floor,
    Ceiling,
}

/// Names, what they take, how much of it at least, what they give.
const FUNCTIONS: [(&str, Function, &[Type], usize, Type); 21] = {
    use Function as F;
    use Type::{Bool, Number, Text, Time};
    [
        ("substringof", F::SubstringOf, &[Text, Text], 2, Bool),
        ("startswith", F::StartsWith, &[Text, Text], 2, Bool),
        ("endswith", F::EndsWith, &[Text, Text], 2, Bool),
        ("contains", F::Contains, &[Text, Text], 2, Bool),
        ("length", F::Length, &[Text], 1, Number),
        ("indexof", F::IndexOf, &[Text, Text], 2, Number),
        ("substring", F::Substring, &[Text, Number, Number], 2, Text),
        ("tolower", F::ToLower, &[Text], 1, Text),
        ("toupper", F::ToUpper, &[Text], 1, Text),
        ("trim", F::Trim, &[Text], 1, Text),
        ("concat", F::Concat, &[Text, Text], 2, Text),
        ("year", F::Year, &[Time], 1, Number),
        ("month", F::Month, &[Time], 1, Number),
        ("day", F::Day, &[Time], 1, Number),
        ("hour", F::Hour, &[Time], 1, Number),
        ("minute", F::Minute, &[Time], 1, Number),
        ("second", F::Second, &[Time], 1, Number),
        ("fractionalseconds", F::FractionalSeconds, &[Time], 1, Number),
        ("round", F::Round, &[Number], 1, Number),
        ("floor", F::Floor, &[Number], 1, Number),
        ("ceiling", F::Ceiling, &[Number], 1, Number),
    ]
};

/// An expression.
#[derive(Debug, Clone, PartialEq)]
pub enum Expr {
    /// All of them hold.
    And(Vec<Self>),
    /// One of them holds.
    Or(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// Two values compared.
    Compare(Comparison, Box<Self>, Box<Self>),
    /// Two values computed.
    Compute(Arithmetic, Box<Self>, Box<Self>),
    /// A function's value.
    Call(Function, Vec<Self>),
    /// A literal.
    Literal(Val<'static>),
    /// A property.
    Path(Path),
}

/// Reads a filter over entities of `set`. `now` is what `now()` means.
///
/// # Errors
/// [`Mistake`] says what was read and what would be right.
pub fn parse(set: Set, text: &str, now: Timestamp) -> Result<Expr, Mistake> {
    let what = "$filter";
    let mut parser = Parser { what, text, tokens: tokens(what, text)?, at: 0, depth: 0, set, now };
    let (expr, ty) = parser.or()?;
    if parser.at < parser.tokens.len() {
        return Err(parser.unexpected("and, or, a comparison (eq, ne, gt, ge, lt, le), or the end"));
    }
    parser.need(&[Type::Bool], ty, 0, "a condition such as name eq 'x'")?;
    Ok(expr)
}

struct Parser<'t> {
    what: &'static str,
    text: &'t str,
    tokens: Vec<(Token, usize)>,
    at: usize,
    depth: usize,
    set: Set,
    now: Timestamp,
}

type Typed = (Expr, Type);

impl Parser<'_> {
    fn rest(&self, at: usize) -> &str {
        self.tokens.get(at).map_or("", |(_, place)| &self.text[*place..])
    }

    fn unexpected(&self, expected: &str) -> Mistake {
        let rest = self.rest(self.at);
        Mistake::new(self.what, if rest.is_empty() { "the end" } else { rest }, expected)
    }

    fn need(&self, wanted: &[Type], found: Type, at: usize, expected: &str) -> Result<(), Mistake> {
        if wanted.contains(&found) {
            return Ok(());
        }
        Err(Mistake::new(self.what, self.rest(at), format!("{expected}; it begins with {}", found.word())))
    }

    fn word(&self) -> Option<&str> {
        match self.tokens.get(self.at) {
            Some((Token::Word(word), _)) => Some(word),
            _ => None,
        }
    }

    fn takes_word(&mut self, wanted: &str) -> bool {
        let found = self.word() == Some(wanted);
        self.at += usize::from(found);
        found
    }

    fn takes(&mut self, wanted: &Token) -> bool {
        let found = self.tokens.get(self.at).is_some_and(|(token, _)| token == wanted);
        self.at += usize::from(found);
        found
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Mistake>) -> Result<T, Mistake> {
        if self.depth == DEPTH {
            return Err(self.unexpected(&format!("at most {DEPTH} parentheses, calls and negations within each other")));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }

    /// `a or b or c`, or `a and b and c`.
    fn chain(
        &mut self,
        sign: &str,
        part: impl Fn(&mut Self) -> Result<Typed, Mistake>,
        make: impl FnOnce(Vec<Expr>) -> Expr,
    ) -> Result<Typed, Mistake> {
        let mut begin = self.at;
        let (first, ty) = part(self)?;
        if self.word() != Some(sign) {
            return Ok((first, ty));
        }
        let mut ty = ty;
        let mut list = vec![first];
        loop {
            self.need(&[Type::Bool], ty, begin, "a condition on both sides of and, or")?;
            if !self.takes_word(sign) {
                return Ok((make(list), Type::Bool));
            }
            begin = self.at;
            let (next, next_ty) = part(self)?;
            list.push(next);
            ty = next_ty;
        }
    }

    fn or(&mut self) -> Result<Typed, Mistake> {
        self.chain("or", Self::and, Expr::Or)
    }

    fn and(&mut self) -> Result<Typed, Mistake> {
        self.chain("and", Self::not, Expr::And)
    }

    fn not(&mut self) -> Result<Typed, Mistake> {
        if !self.takes_word("not") {
            return self.comparison();
        }
        let begin = self.at;
        let (expr, ty) = self.deeper(Self::not)?;
        self.need(&[Type::Bool], ty, begin, "a condition after not")?;
        Ok((Expr::Not(Box::new(expr)), Type::Bool))
    }

    fn comparison(&mut self) -> Result<Typed, Mistake> {
        let begin = self.at;
        let left = self.sum()?;
        let comparison = match self.word() {
            Some("eq") => Comparison::Eq,
            Some("ne") => Comparison::Ne,
            Some("gt") => Comparison::Gt,
            Some("ge") => Comparison::Ge,
            Some("lt") => Comparison::Lt,
            Some("le") => Comparison::Le,
            _ => return Ok(left),
        };
        self.at += 1;
        let right = self.sum()?;
        let (left, right) = (as_time(left, right.1), right);
        let right = as_time(right, left.1);
        let class = |ty| if ty == Type::Words { Type::Text } else { ty };
        let (a, b) = (class(left.1), class(right.1));
        let never = [Type::Object, Type::Place];
        if never.contains(&a) || never.contains(&b) || (a != b && a != Type::Null && b != Type::Null) {
            let expected = format!("two values of one kind; these are {} and {}", left.1.word(), right.1.word());
            return Err(Mistake::new(self.what, self.rest(begin), expected));
        }
        Ok((Expr::Compare(comparison, Box::new(left.0), Box::new(right.0)), Type::Bool))
    }

    fn sum(&mut self) -> Result<Typed, Mistake> {
        self.computation(Self::product, |word| match word {
            "add" => Some(Arithmetic::Add),
            "sub" => Some(Arithmetic::Sub),
            _ => None,
        })
    }

    fn product(&mut self) -> Result<Typed, Mistake> {
        self.computation(Self::operand, |word| match word {
            "mul" => Some(Arithmetic::Mul),
            "div" => Some(Arithmetic::Div),
            "mod" => Some(Arithmetic::Mod),
            _ => None,
        })
    }

    fn computation(
        &mut self,
        part: impl Fn(&mut Self) -> Result<Typed, Mistake>,
        sign: impl Fn(&str) -> Option<Arithmetic>,
    ) -> Result<Typed, Mistake> {
        let begin = self.at;
        let mut left = part(self)?;
        while let Some(how) = self.word().and_then(&sign) {
            self.at += 1;
            let right = part(self)?;
            let ty = match (left.1, how, right.1) {
                (Type::Number, _, Type::Number) => Type::Number,
                (Type::Time, Arithmetic::Add | Arithmetic::Sub, Type::Span) => Type::Time,
                (Type::Time, Arithmetic::Sub, Type::Time)
                | (Type::Span, Arithmetic::Add | Arithmetic::Sub, Type::Span) => Type::Span,
                (a, _, b) => {
                    let expected =
                        format!("numbers, or a time and a duration; these are {} and {}", a.word(), b.word());
                    return Err(Mistake::new(self.what, self.rest(begin), expected));
                }
            };
            left = (fold(Expr::Compute(how, Box::new(left.0), Box::new(right.0))), ty);
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Typed, Mistake> {
        let expected = "a property, a literal, a function or a parenthesis";
        let Some((token, _)) = self.tokens.get(self.at).cloned() else { return Err(self.unexpected(expected)) };
        let literal = |val, ty| Ok((Expr::Literal(val), ty));
        match token {
            Token::Open => {
                self.at += 1;
                let inner = self.deeper(Self::or)?;
                if !self.takes(&Token::Close) {
                    return Err(self.unexpected("a closing parenthesis"));
                }
                return Ok(inner);
            }
            Token::Word(word) => return self.named(&word),
            _ => self.at += 1,
        }
        match token {
            Token::Text(text) => literal(Val::Text(Cow::Owned(text)), Type::Text),
            Token::Number(number) => literal(Val::Number(number), Type::Number),
            Token::Time(at) => literal(Val::Time(at), Type::Time),
            Token::Span(ms) => literal(Val::Span(ms), Type::Span),
            _ => {
                self.at -= 1;
                Err(self.unexpected(expected))
            }
        }
    }

    fn named(&mut self, word: &str) -> Result<Typed, Mistake> {
        if matches!(self.tokens.get(self.at + 1), Some((Token::Open, _))) {
            return self.call(word);
        }
        let literal = match word {
            "true" | "false" => Some((Val::Bool(word == "true"), Type::Bool)),
            "null" => Some((Val::Null, Type::Null)),
            _ => None,
        };
        if let Some((val, ty)) = literal {
            self.at += 1;
            return Ok((Expr::Literal(val), ty));
        }
        let mut words = vec![word.to_owned()];
        self.at += 1;
        while self.takes(&Token::Slash) {
            let Some(next) = self.word() else { return Err(self.unexpected("a name after the slash")) };
            words.push(next.to_owned());
            self.at += 1;
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let path = self.set.path(self.what, &words)?;
        path.in_memory(self.what, self.set)?;
        let ty = path.ty;
        Ok((Expr::Path(path), ty))
    }

    fn call(&mut self, name: &str) -> Result<Typed, Mistake> {
        let begin = self.at;
        self.at += 2;
        let moment = match name {
            "now" => Some(self.now),
            // what the calendar of the database and of JSON's readers can hold
            "mindatetime" => Some(Timestamp::from_ms(-62_135_596_800_000)),
            "maxdatetime" => Some(Timestamp::from_ms(253_402_300_799_999)),
            _ => None,
        };
        if let Some(at) = moment {
            if !self.takes(&Token::Close) {
                return Err(self.unexpected("a closing parenthesis: this function takes nothing"));
            }
            return Ok((Expr::Literal(Val::Time(at)), Type::Time));
        }
        let Some((_, function, takes, least, gives)) = FUNCTIONS.iter().find(|(known, ..)| *known == name) else {
            let names: Vec<&str> = FUNCTIONS.iter().map(|(known, ..)| *known).collect();
            let expected = format!("one of the functions {}, now, mindatetime, maxdatetime", names.join(", "));
            return Err(Mistake::new(self.what, name, expected));
        };
        let mut arguments = Vec::new();
        for wanted in *takes {
            if arguments.len() >= *least && !matches!(self.tokens.get(self.at), Some((Token::Comma, _))) {
                break;
            }
            if !arguments.is_empty() && !self.takes(&Token::Comma) {
                return Err(self.unexpected("a comma and another argument"));
            }
            let place = self.at;
            let (argument, ty) = self.deeper(Self::or)?;
            let class = if ty == Type::Words { Type::Text } else { ty };
            self.need(&[*wanted, Type::Null], class, place, &format!("{} for {name}", wanted.word()))?;
            arguments.push(argument);
        }
        if !self.takes(&Token::Close) {
            return Err(Mistake::new(
                self.what,
                self.rest(begin),
                format!("{name} with {} arguments and )", takes.len()),
            ));
        }
        Ok((Expr::Call(*function, arguments), *gives))
    }
}

/// Some clients put times in quotes: beside a time, a text that is one is one.
fn as_time(typed: Typed, beside: Type) -> Typed {
    if let (Expr::Literal(Val::Text(text)), Type::Time) = (&typed.0, beside)
        && let Ok(at) = Timestamp::parse(text)
    {
        return (Expr::Literal(Val::Time(at)), Type::Time);
    }
    typed
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<Expr, Mistake> {
        parse(Set::Observations, text, Timestamp::from_ms(0))
    }

    #[test]
    fn precedence_is_that_of_odata() {
        let a = read("result eq 1").unwrap();
        let same = |one: &str, other: &str| assert_eq!(read(one).unwrap(), read(other).unwrap());
        assert!(matches!(a, Expr::Compare(Comparison::Eq, ..)));
        same("result eq 1 or result eq 2 and not result eq 3", "result eq 1 or (result eq 2 and (not (result eq 3)))");
        same("result add 2 mul 3 gt 1", "(result add (2 mul 3)) gt 1");
        same("2 add 2 mul 3 lt result", "8 lt result");
        same("phenomenonTime gt now() sub duration'PT1H'", "phenomenonTime gt 1969-12-31T23:00:00Z");
        same("phenomenonTime gt '1970-01-01T00:00:00Z'", "phenomenonTime gt 1970-01-01T00:00:00Z");
    }

    #[test]
    fn mistakes_are_explained() {
        for (text, expected) in [
            ("", "\"the end\"; expected a property"),
            ("result", "a condition such as"),
            ("result gt", "the end"),
            ("result gt 'high'", "a number and a text"),
            ("resutl gt 1", "one of @iot.id, phenomenonTime, resultTime, result"),
            ("result gt 1 and", "the end"),
            ("result gt 1 result", "and, or, a comparison"),
            ("(result gt 1", "closing parenthesis"),
            ("soundex(result) eq 1", "one of the functions substringof"),
            ("length(result) eq 1", "a text for length"),
            ("substringof('a') eq true", "a comma and another argument"),
            ("now(1) eq null", "takes nothing"),
            ("FeatureOfInterest/feature eq null", "two values of one kind"),
            ("result and result gt 1", "a condition on both sides"),
            ("not result", "a condition after not"),
            ("result add 'x' gt 1", "numbers, or a time and a duration"),
            ("Datastream/unitOfMeasurement eq 'm'", "an object and a text"),
            ("st_within(1,2)", "one of the functions"),
        ] {
            let mistake = read(text).unwrap_err().to_string();
            assert!(mistake.contains(expected), "{text}: {mistake}");
        }
        assert!(read(&format!("{}result gt 1{}", "(".repeat(100), ")".repeat(100))).is_err(), "depth is bounded");
        assert!(read(&"not ".repeat(100)).is_err());
    }

    proptest! {
        #[test]
        fn nothing_makes_it_panic(text in "\\PC{0,80}") {
            let _ = read(&text);
        }

        #[test]
        fn nor_does_what_looks_like_a_filter(
            words in proptest::collection::vec(
                prop_oneof![
                    Just("result"), Just("phenomenonTime"), Just("Datastream"), Just("/"), Just("("), Just(")"), Just("eq"),
                    Just("and"), Just("or"), Just("not"), Just("1"), Just("-1e9"), Just("'x'"), Just("2026-11-22T00:00:00Z"),
                    Just("duration'P1D'"), Just("sub"), Just("div"), Just("0"), Just("substring"), Just(","), Just("null"),
                    Just("name"), Just("maxdatetime()"), Just("add"), Just("duration'P10000D'"), Just("resultQuality"),
                ],
                0..24,
            )
        ) {
            if let Ok(expr) = read(&words.join(" ")) {
                let _ = crate::passes(&expr, &|_| Val::Null);
                let _ = crate::passes(&expr, &|path| match path.ty {
                    Type::Number => Val::Number(f64::MAX),
                    Type::Time => Val::Time(Timestamp::from_ms(i64::MAX)),
                    _ => Val::Text("水".into()),
                });
            }
        }
    }
}
