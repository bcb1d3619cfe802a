//! What the name of an account may be: short, of signs that every keyboard has and no address or log takes for something
//! else. Whose it is, and whether it is taken, is not known here.

/// True for a name that an account may have: 2 to 64 letters, digits, dots, - or _.
#[must_use]
pub fn is_login(text: &str) -> bool {
    (2..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_short_and_plain() {
        for (name, good) in [
            ("wang", true),
            ("Wang.Yi-2_a", true),
            ("w", false),
            ("", false),
            (" wang", false),
            ("王一", false),
            ("wang@gov", false),
            ("wang\n", false),
        ] {
            assert_eq!(is_login(name), good, "{name:?}");
        }
        assert!(is_login(&"a".repeat(64)) && !is_login(&"a".repeat(65)));
    }
}
