//! Doc comments as they go into a page: clauses with an anchor and with what proves
//! them, ids as links, headings below those of the page.

use conformance_model::ClauseCoverage;

use super::{Book, anchor, verdicts};
use crate::prose;

/// Where a page lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here<'a> {
    /// Its path from the folder of the pages.
    pub(super) page: &'a str,
}

impl Here<'_> {
    /// The way from the page to the root of the repository.
    pub(super) fn root(self) -> &'static str {
        if self.page.contains('/') {
            "../../../"
        } else {
            "../../"
        }
    }

    /// The way from the page to a place within the pages.
    pub(super) fn to(self, place: &str) -> String {
        if let Some(anchor) = place.strip_prefix(self.page)
            && anchor.starts_with('#')
        {
            return anchor.to_owned();
        }
        let Some((folder, _)) = self.page.split_once('/') else {
            return place.to_owned();
        };
        match place
            .strip_prefix(folder)
            .and_then(|rest| rest.strip_prefix('/'))
        {
            Some(beside) => beside.to_owned(),
            None => format!("../{place}"),
        }
    }
}

/// A doc comment whose headings begin at this level.
pub(super) fn comment(book: &Book<'_>, here: Here<'_>, docs: &str, level: usize) -> String {
    let mut out = String::new();
    let mut open: Option<&ClauseCoverage> = None;
    let mut in_item = false;
    let mut in_block = false;
    for line in prose::plain(docs).trim_end().lines() {
        let continues = in_item && line.starts_with("  ") && !line.trim().is_empty();
        if !continues {
            in_item = false;
            if let Some(entry) = open.take() {
                out.push_str(&verdicts::proofs(book, here, entry));
            }
        }
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        if in_block {
            out.push_str(line);
        } else if let Some((id, text)) = prose::item(line).filter(|_| !continues) {
            in_item = true;
            open = book.clauses.get(id).copied();
            out.push_str(&clause(book, here, id, text));
        } else if line.starts_with('#') {
            out.push_str(&heading(line, level));
        } else {
            out.push_str(&linked(book, here, line));
        }
        out.push('\n');
    }
    if let Some(entry) = open {
        out.push_str(&verdicts::proofs(book, here, entry));
    }
    out
}

/// The first line of a clause or of a tombstone.
fn clause(book: &Book<'_>, here: Here<'_>, id: &str, text: &str) -> String {
    let text = text.trim();
    if book.clauses.contains_key(id) {
        let text = linked(book, here, text);
        format!("- <a id=\"{}\"></a>**{id}** {text}", anchor(id))
    } else if prose::is_clause_id(id) && prose::tombstone(text).is_some() {
        format!("- <a id=\"{}\"></a>~~{id}~~ {text}", anchor(id))
    } else {
        format!("- \\[{id}\\] {text}")
    }
}

/// A heading of a comment, moved down so that the highest has this level.
fn heading(line: &str, level: usize) -> String {
    let title = line.trim_start_matches('#');
    // Comments have no heading above the second level.
    let depth = (line.len() - title.len()).max(2) - 2 + level;
    format!("{}{title}", "#".repeat(depth.min(6)))
}

/// A line in which each id of a clause leads to the clause. What stands in code stays
/// as it is.
pub(super) fn linked(book: &Book<'_>, here: Here<'_>, line: &str) -> String {
    let mut out = String::new();
    for (number, piece) in line.split('`').enumerate() {
        if number > 0 {
            out.push('`');
        }
        if number % 2 == 1 {
            out.push_str(piece);
            continue;
        }
        let part_of_id = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let mut rest = piece;
        while let Some(start) = rest.find(part_of_id) {
            let (before, from) = rest.split_at(start);
            out.push_str(before);
            let end = from.find(|c| !part_of_id(c)).unwrap_or(from.len());
            let (word, after) = from.split_at(end);
            match book.place(word) {
                Some(place) if !before.ends_with(['[', '#', '/']) => {
                    out.push_str(&format!("[{word}]({})", here.to(&place)));
                }
                _ => out.push_str(word),
            }
            rest = after;
        }
        out.push_str(rest);
    }
    out
}

/// A text from elsewhere as code, also within a table.
pub(super) fn code(text: &str) -> String {
    let text: String = text
        .chars()
        .map(|c| if c == '`' || c.is_control() { ' ' } else { c })
        .collect();
    format!("`{}`", text.replace('|', "\\|"))
}

/// A text from elsewhere without any markup in it.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' => {
                out.push('\\');
                out.push(c);
            }
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// The first sentence of a doc comment, on one line.
pub(super) fn summary(docs: &str) -> String {
    let paragraph: Vec<&str> = docs
        .lines()
        .map(str::trim)
        .take_while(|line| !line.is_empty())
        .collect();
    let text = paragraph.join(" ");
    match text.find(". ") {
        Some(end) => text.get(..=end).unwrap_or(&text).to_owned(),
        None => text,
    }
}

/// A table of Markdown.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let mut out = format!("| {} |\n|{}\n", head.join(" | "), "---|".repeat(head.len()));
    for row in rows {
        out.push_str(&format!("| {} |\n", row.join(" | ")));
    }
    out
}

/// A number with its noun.
pub(super) fn count(number: usize, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
