//! A filter cut into words, literals and signs, each with its place.

use chengshu_core::model::Timestamp;

use crate::Mistake;

/// Characters of a filter at most.
const LENGTH: usize = 4_000;
/// Tokens of a filter at most.
const TOKENS: usize = 400;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// A name, an operator, true, false, null.
    Word(String),
    Text(String),
    Number(f64),
    Time(Timestamp),
    /// Milliseconds.
    Span(i64),
    Slash,
    Open,
    Close,
    Comma,
}

/// Cuts `text`; each token with the byte where it begins.
pub(crate) fn tokens(what: &str, text: &str) -> Result<Vec<(Token, usize)>, Mistake> {
    if text.len() > LENGTH {
        return Err(Mistake::new(what, text, format!("at most {LENGTH} bytes")));
    }
    let mut list = Vec::new();
    let mut at = 0;
    while let Some(c) = text[at..].chars().next() {
        let rest = &text[at..];
        let (token, length) = match c {
            ' ' | '\t' | '\r' | '\n' => {
                at += 1;
                continue;
            }
            '/' => (Token::Slash, 1),
            '(' => (Token::Open, 1),
            ')' => (Token::Close, 1),
            ',' => (Token::Comma, 1),
            '\'' => {
                let (text, length) = quoted(rest).ok_or_else(|| Mistake::new(what, rest, "a closing quote '"))?;
                (Token::Text(text), length)
            }
            '0'..='9' | '-' => number_or_time(what, rest)?,
            'a'..='z' | 'A'..='Z' | '_' | '@' => word(what, rest)?,
            _ => return Err(Mistake::new(what, rest, "a name, a number, a 'text', a time or a parenthesis")),
        };
        if list.len() == TOKENS {
            return Err(Mistake::new(what, rest, format!("at most {TOKENS} words and signs")));
        }
        list.push((token, at));
        at += length;
    }
    Ok(list)
}

/// A text in quotes at the beginning of `rest`, two quotes standing for one, and its length.
pub(crate) fn quoted(rest: &str) -> Option<(String, usize)> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1).peekable();
    while let Some((at, c)) = chars.next() {
        if c != '\'' {
            text.push(c);
        } else if chars.next_if(|(_, next)| *next == '\'').is_some() {
            text.push('\'');
        } else {
            return Some((text, at + 1));
        }
    }
    None
}

fn length_of(rest: &str, takes: impl Fn(u8) -> bool) -> usize {
    rest.bytes().position(|byte| !takes(byte)).unwrap_or(rest.len())
}

fn word(what: &str, rest: &str) -> Result<(Token, usize), Mistake> {
    let length = length_of(rest, |byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'@' | b'.'));
    let (name, after) = rest.split_at(length);
    if !after.starts_with('\'') {
        return Ok((Token::Word(name.to_owned()), length));
    }
    let (text, more) = quoted(after).ok_or_else(|| Mistake::new(what, after, "a closing quote '"))?;
    if name != "duration" {
        return Err(Mistake::new(what, rest, "'text' or duration'PT1H': geometries are not compared here"));
    }
    let span = text.parse::<jiff::Span>().ok();
    let span = span.and_then(|span| span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok());
    let ms = span.and_then(|span| i64::try_from(span.as_millis()).ok());
    let ms =
        ms.ok_or_else(|| Mistake::new(what, &text, "a duration of days, hours, minutes and seconds such as P1DT12H"))?;
    Ok((Token::Span(ms), length + more))
}

fn number_or_time(what: &str, rest: &str) -> Result<(Token, usize), Mistake> {
    let shape = rest.bytes().take(11).collect::<Vec<_>>();
    let day = shape.len() >= 10
        && shape
            .iter()
            .take(10)
            .enumerate()
            .all(|(n, byte)| if n == 4 || n == 7 { *byte == b'-' } else { byte.is_ascii_digit() });
    if day {
        return time(what, rest);
    }
    let bytes = rest.as_bytes();
    let mut length = usize::from(bytes.first() == Some(&b'-'));
    let digits = |from: usize| from + length_of(rest.get(from..).unwrap_or_default(), |byte| byte.is_ascii_digit());
    length = digits(length);
    if bytes.get(length) == Some(&b'.') {
        length = digits(length + 1);
    }
    if matches!(bytes.get(length), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(length + 1), Some(b'+' | b'-' | b' ')));
        length = digits(length + 1 + sign);
    }
    let read = &rest[..length];
    let number = read.replace(' ', "+").parse::<f64>().ok().filter(|number| number.is_finite());
    number
        .map(|number| (Token::Number(number), length))
        .ok_or_else(|| Mistake::new(what, rest, "a number such as -3.5 or a time such as 2026-11-22T08:42:00Z"))
}

/// A day, or a day and a time of day with or without a zone; without one it means +08:00.
fn time(what: &str, rest: &str) -> Result<(Token, usize), Mistake> {
    let bad = || Mistake::new(what, rest, "a time such as 2026-11-22T08:42:00Z or 2026-11-22T16:42:00+08:00");
    let mut length = 10;
    if matches!(rest.as_bytes().get(10), Some(b'T' | b't')) {
        let clock = |byte: u8| byte.is_ascii_digit() || matches!(byte, b':' | b'.');
        length = 11 + length_of(&rest[11..], clock);
        match rest.as_bytes().get(length) {
            Some(b'Z' | b'z') => length += 1,
            Some(b'+' | b'-') => {
                length += 1 + length_of(&rest[length + 1..], |byte| byte.is_ascii_digit() || byte == b':')
            }
            // a plus sign that was not escaped comes as a space
            Some(b' ') if rest.as_bytes().get(length + 1).is_some_and(u8::is_ascii_digit) => {
                length += 1 + length_of(&rest[length + 1..], |byte| byte.is_ascii_digit() || byte == b':');
            }
            _ => {}
        }
    }
    if rest.as_bytes().get(length) == Some(&b'/') {
        return Err(Mistake::new(what, rest, "a moment: intervals are not compared here; use two comparisons"));
    }
    let text = rest[..length].replace(' ', "+");
    let text = if length == 10 { format!("{text}T00:00:00") } else { text };
    Ok((Token::Time(Timestamp::parse(&text).map_err(|_| bad())?), length))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> Vec<Token> {
        tokens("$filter", text).unwrap().into_iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn literals_are_read() {
        let t = |ms| Token::Time(Timestamp::from_ms(ms));
        assert_eq!(all("'it''s' -3.5e2 12"), [Token::Text("it's".into()), Token::Number(-350.0), Token::Number(12.0)]);
        assert_eq!(all("2026-11-22T08:42:00Z"), [t(1_795_336_920_000)]);
        assert_eq!(
            all("2026-11-22T16:42:00+08:00"),
            all("2026-11-22T16:42:00 08:00"),
            "a plus sign that was not escaped"
        );
        assert_eq!(all("2026-11-22T16:42:00.000 eq"), [t(1_795_336_920_000), Token::Word("eq".into())]);
        assert_eq!(all("2026-11-22"), [t(1_795_276_800_000)]);
        assert_eq!(all("duration'P1DT1H'"), [Token::Span(90_000_000)]);
        for bad in [
            "'open",
            "1.2.3",
            "-",
            "#",
            "水",
            "duration'P1Y'",
            "duration'x",
            "geography'POINT(1 2)'",
            "2026-13-01",
            "1e999",
            "2026-11-22/2026-11-23",
        ] {
            assert!(tokens("$filter", bad).is_err(), "{bad}");
        }
        assert!(tokens("$filter", &"(".repeat(2_000)).is_err());
    }
}
