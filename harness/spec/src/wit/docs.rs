//! Doc comments: their text as the tools show it, and where it stands.

use super::lexer::Token;

/// The comments in front of an item.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Docs {
    /// Without the slashes and the blanks that all lines begin with.
    pub(crate) text: String,
    /// Where each line begins: in the text, and in the file.
    lines: Vec<(usize, usize)>,
}

impl Docs {
    /// The place in the file of a byte of the text.
    pub(crate) fn place(&self, at: usize) -> usize {
        let after = self.lines.partition_point(|&(start, _)| start <= at);
        match after.checked_sub(1).and_then(|line| self.lines.get(line)) {
            Some(&(start, place)) => place + (at - start),
            None => 0,
        }
    }

    /// Reads comments. What is taken away is what `wit-parser` takes away, so that
    /// every tool sees the same text.
    pub(super) fn of(comments: &[Token], source: &str) -> Self {
        let mut parts: Vec<(&str, usize)> = Vec::new();
        for comment in comments {
            let Some(text) = source.get(comment.at.clone()) else {
                continue;
            };
            let inner = match text.strip_prefix("/**") {
                Some(block) => block.strip_suffix("*/").unwrap_or(block),
                None => text.trim_start_matches('/'),
            };
            let skipped = match text.strip_prefix("/**") {
                Some(_) => 3,
                None => text.len() - inner.len(),
            };
            parts.push((inner.trim_end(), comment.at.start + skipped));
        }
        let blanks = |text: &str| text.bytes().take_while(u8::is_ascii_whitespace).count();
        let filled = parts.iter().filter(|(text, _)| !text.is_empty());
        let common = filled.map(|(text, _)| blanks(text)).min().unwrap_or(0);
        let common = " ".repeat(common);
        let mut docs = Self::default();
        for (text, place) in parts {
            let (text, place) = match text.strip_prefix(&common) {
                Some(rest) => (rest, place + common.len()),
                None => (text, place),
            };
            if text.is_empty() {
                docs.push("", place);
            }
            let mut from = 0;
            for line in text.split_inclusive('\n') {
                docs.push(line.trim_end_matches(['\r', '\n']), place + from);
                from += line.len();
            }
        }
        docs.text.truncate(docs.text.trim_end_matches('\n').len());
        docs
    }

    fn push(&mut self, line: &str, place: usize) {
        self.lines.push((self.text.len(), place));
        self.text.push_str(line);
        self.text.push('\n');
    }
}
