//! Names come from devices and from people, and go into headers, Markdown and chats: here they become one harmless line. A
//! character that would mean something there is replaced by its full-width twin, which looks the same and means nothing.

/// One line of at most `most` characters, without anything that moves the writing about.
pub(super) fn plain(text: &str, most: usize) -> String {
    let kept = text.chars().map(|c| if c.is_whitespace() { ' ' } else { c });
    let kept: String = kept.filter(|c| !c.is_control() && !is_hidden(*c)).collect();
    let mut words = kept
        .split(' ')
        .filter(|word| !word.is_empty())
        .fold(String::new(), |line, word| if line.is_empty() { word.to_owned() } else { line + " " + word });
    if let Some((end, _)) = words.char_indices().nth(most) {
        words.truncate(end);
        words.push('…');
    }
    words
}

/// Marks that turn the direction of writing, or are not seen at all.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// For Markdown and chats: no link, no image, no mention of `@all`, no tag.
pub(crate) fn in_markup(text: &str) -> String {
    let twin = |c: char| match c {
        '<' | '>' | '*' | '`' | '#' | '@' => char::from_u32(c as u32 + 0xfee0).unwrap_or(' '),
        '\r' | '\n' => ' ',
        _ => c,
    };
    text.replace("](", "］(").chars().map(twin).collect()
}

/// As many of the lines as fit into `bytes` together, and how many were left out.
pub(crate) fn fit(lines: &[String], bytes: usize) -> (&[String], usize) {
    let mut left = bytes;
    let fitting = lines.iter().take_while(|line| {
        let fits = line.len() < left;
        left = left.saturating_sub(line.len() + 1);
        fits
    });
    let count = fitting.count();
    (&lines[..count], lines.len() - count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_harmless() {
        assert_eq!(plain(" 东门桥\r\nBcc: x@y  \u{202e}z\t", 80), "东门桥 Bcc: x@y z");
        assert_eq!(plain("一二三四", 3), "一二三…");
        assert_eq!(in_markup("<@all> [a](http://b) **c** MY_1"), "＜＠all＞ [a］(http://b) ＊＊c＊＊ MY_1");
        let lines = ["ab".to_owned(), "cd".to_owned(), "e".to_owned()];
        assert_eq!(fit(&lines, 6).1, 1);
        assert_eq!(fit(&lines, 100), (&lines[..], 0));
        assert_eq!(fit(&lines, 0).1, 3);
    }
}
