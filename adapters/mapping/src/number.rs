//! From what stands in the message to a finite number: words by the declared map, then the declared linear scale. No
//! unit is known here and none is guessed.

use std::collections::BTreeMap;

use chengshu_core::model::Reason;

use crate::tree::Tree;

/// How a value becomes a number.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Convert {
    pub(crate) scale: Scale,
    pub(crate) offset: f64,
    /// The numbers of words, final as they are.
    pub(crate) words: BTreeMap<String, f64>,
    /// A number may come as a text.
    pub(crate) text: bool,
}

/// A factor. A decimal one such as 0.1 divides by its inverse, so that 35 becomes 3.5 and not 3.5000000000000004.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Scale {
    Times(f64),
    By(f64),
}

impl Scale {
    pub(crate) fn new(factor: f64) -> Self {
        let inverse = (1.0 / factor).round();
        let whole = inverse.abs() > 1.0 && inverse.abs() < 1e15 && (inverse * factor - 1.0).abs() < 1e-12;
        if whole { Self::By(inverse) } else { Self::Times(factor) }
    }

    fn of(self, value: f64) -> f64 {
        match self {
            Self::Times(factor) => value * factor,
            Self::By(divisor) => value / divisor,
        }
    }
}

impl Convert {
    /// The number.
    ///
    /// # Errors
    /// The reason, and `is …; expected …`.
    pub(crate) fn number(&self, tree: &Tree) -> Result<f64, (Reason, String)> {
        let value = match self.plain(tree)? {
            Plain::Word(value) => return Ok(value),
            Plain::Number(value) => self.scale.of(value) + self.offset,
        };
        if value.is_finite() {
            return Ok(value);
        }
        let read = tree.show();
        Err((Reason::NotFinite, format!("is {read}; expected a number that stays finite, scale and offset included")))
    }

    fn plain(&self, tree: &Tree) -> Result<Plain, (Reason, String)> {
        let not = |expected: &str| Err((Reason::NotANumber, format!("is {}; expected {expected}", tree.show())));
        if let Some(value) = tree.word().and_then(|word| self.words.get(&word)) {
            return Ok(Plain::Word(*value));
        }
        match tree {
            Tree::TooLarge(text) => {
                Err((Reason::NotFinite, format!("is {text}; expected a number that a 64-bit float holds")))
            }
            // a map that lists numbers is a list of codes: an unknown code is no measurement
            Tree::Number(_) | Tree::Bool(_) if self.lists_codes() => not(&self.known()),
            Tree::Number(number) => number.as_f64().map_or_else(|| not("a number"), |value| Ok(Plain::Number(value))),
            Tree::Bool(flag) => Ok(Plain::Number(f64::from(u8::from(*flag)))),
            Tree::Text(text) if self.text => match text.trim().parse() {
                Ok(value) => Ok(Plain::Number(value)),
                Err(_) => not("a number in the text"),
            },
            _ if self.words.is_empty() => not("a number"),
            _ => not(&self.known()),
        }
    }

    fn lists_codes(&self) -> bool {
        self.words.keys().any(|word| word.parse::<f64>().is_ok())
    }

    fn known(&self) -> String {
        format!("one of {}", self.words.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
    }
}

enum Plain {
    /// From the map; no scale applies.
    Word(f64),
    Number(f64),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::read;

    fn convert(scale: f64, offset: f64, words: &[(&str, f64)], text: bool) -> Convert {
        let words = words.iter().map(|(word, value)| ((*word).to_owned(), *value)).collect();
        Convert { scale: Scale::new(scale), offset, words, text }
    }

    #[test]
    fn numbers_words_and_scales() {
        let on = [("ON", 1.0), ("OFF", 0.0)];
        let codes = [("0", 1.0), ("1", 0.0)];
        for (convert, json, expected) in [
            (convert(1.0, 0.0, &[], false), "3.21", Ok(3.21)),
            (convert(0.1, 0.0, &[], false), "35", Ok(3.5)),
            (convert(0.01, -40.0, &[], false), "6250", Ok(22.5)),
            (convert(1.8, 32.0, &[], false), "100", Ok(212.0)),
            (convert(1.0, 0.0, &[], false), "true", Ok(1.0)),
            (convert(1.0, 0.0, &[], false), "\"3.21\"", Err(Reason::NotANumber)),
            (convert(1.0, 0.0, &[], true), "\" 3.21 \"", Ok(3.21)),
            (convert(1.0, 0.0, &[], true), "\"inf\"", Err(Reason::NotFinite)),
            (convert(1.0, 0.0, &[], true), "\"high\"", Err(Reason::NotANumber)),
            (convert(1e300, 0.0, &[], false), "1e300", Err(Reason::NotFinite)),
            (convert(1.0, 0.0, &[], false), "[1]", Err(Reason::NotANumber)),
            (convert(1.0, 0.0, &[], false), "null", Err(Reason::NotANumber)),
            (convert(0.1, 0.0, &on, false), "\"ON\"", Ok(1.0)),
            (convert(0.1, 0.0, &on, false), "35", Ok(3.5)),
            (convert(1.0, 0.0, &on, false), "\"on\"", Err(Reason::NotANumber)),
            (convert(1.0, 0.0, &codes, false), "1.0", Ok(0.0)),
            (convert(1.0, 0.0, &codes, false), "7", Err(Reason::NotANumber)),
        ] {
            assert_eq!(
                convert.number(&read(json.as_bytes()).unwrap()).map_err(|(reason, _)| reason),
                expected,
                "{json}"
            );
        }
        let (_, detail) = convert(1.0, 0.0, &on, false).number(&Tree::Text("x".to_owned())).unwrap_err();
        assert_eq!(detail, "is the text \"x\"; expected one of OFF, ON");
        let too_large = read(b"1e400").unwrap();
        assert_eq!(convert(1.0, 0.0, &[], false).number(&too_large).unwrap_err().0, Reason::NotFinite);
    }
}
