//! Collects what is wrong with a theme, so that all of it is told at once. It judges nothing itself.

/// The mistakes of one theme's files.
#[derive(Default)]
pub(crate) struct Mistakes(Vec<(&'static str, usize, String)>);

impl Mistakes {
    /// Something wrong at a line (from 1; 0 = the whole file), with what was read and what would be right.
    pub(crate) fn add(&mut self, file: &'static str, line: usize, text: impl Into<String>) {
        self.0.push((file, line, text.into()));
    }

    /// One mistake a line as `folder/file:line: …`, in the order of the files; none if there was no mistake.
    pub(crate) fn into_text(mut self, at: &str) -> Option<String> {
        self.0.sort_by_key(|(file, line, _)| (crate::folder::FILES.iter().position(|name| name == file), *line));
        let lines = self.0.into_iter().map(|(file, line, text)| match line {
            0 => format!("{at}/{file}: {text}"),
            line => format!("{at}/{file}:{line}: {text}"),
        });
        Some(lines.collect::<Vec<_>>().join("\n")).filter(|text| !text.is_empty())
    }
}

/// What was read, short enough to be shown.
pub(crate) fn short(read: &str) -> String {
    let read = read.trim();
    let cut: String = read.chars().take(80).collect();
    if cut.len() < read.len() { format!("{cut}…") } else { cut }
}

/// The line (from 1) in which a byte of `source` stands.
pub(crate) fn line_of(source: &str, offset: usize) -> usize {
    1 + source.as_bytes().iter().take(offset).filter(|byte| **byte == b'\n').count()
}
