//! Texts that other people wrote, made safe for where they go, and small
//! helpers for text. It knows no format and no report.

use std::fmt::Write as _;

/// The longest text from a guest that a format for people repeats in full, in
/// characters. `report.json` has all of it.
pub(crate) const SHOWN: usize = 400;

/// A text on one line without anything that a terminal acts on: control
/// characters and those that turn the direction of writing become visible
/// escapes.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        push_plain(&mut out, c);
    }
    out
}

/// As [`plain`], but line breaks stay.
pub(crate) fn plain_lines(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\n' {
            out.push(c);
        } else {
            push_plain(&mut out, c);
        }
    }
    out
}

fn push_plain(out: &mut String, c: char) {
    let acts = c.is_control()
        || matches!(
            c,
            '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{fff0}'..='\u{ffff}'
                | '\u{e0000}'..='\u{e007f}'
        );
    if acts {
        out.extend(c.escape_default());
    } else {
        out.push(c);
    }
}

/// The text, or its beginning and how much is missing.
pub(crate) fn short(text: &str, characters: usize) -> String {
    match text.char_indices().nth(characters) {
        None => text.to_owned(),
        Some((at, _)) => {
            let left = text.chars().count() - characters;
            format!(
                "{}... ({left} more characters)",
                text.get(..at).unwrap_or(text)
            )
        }
    }
}

/// A text as a paragraph of Markdown or a cell of its tables: on one line, with
/// no markup, no link and no mention in it.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in plain(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("&#64;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            _ => out.push(c),
        }
    }
    out
}

/// A text as a code span of Markdown, also inside a table.
pub(crate) fn code(text: &str) -> String {
    let text = plain(text).replace('|', "\\|");
    let ticks = "`".repeat(longest_run(&text, '`') + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') || text.is_empty() {
        " "
    } else {
        ""
    };
    format!("{ticks}{pad}{text}{pad}{ticks}")
}

/// A text as a fenced block of Markdown.
pub(crate) fn fenced(text: &str) -> String {
    let text = plain_lines(text);
    let fence = "`".repeat(longest_run(&text, '`').max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

fn longest_run(text: &str, wanted: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for c in text.chars() {
        run = if c == wanted { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

/// How wide a text is: its characters, which is right for ids and English.
pub(crate) fn width(text: &str) -> usize {
    text.chars().count()
}

/// A text in lines of at most so many characters, broken between words. A word
/// that is longer has a line of its own.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match lines.last_mut() {
            Some(line) if width(line) + 1 + width(word) <= columns => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// A number of things: `1 case`, `2 cases`.
pub(crate) fn count(number: u64, noun: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {noun}{plural}")
}

/// Some names, and how many more there are: `a, b and 3 more`.
pub(crate) fn names(all: &[&str], shown: usize) -> String {
    if all.len() <= shown {
        return all.join(", ");
    }
    let first = all.get(..shown).unwrap_or(all).join(", ");
    format!("{first} and {} more", all.len() - shown)
}

/// A time as people write it: `2026-11-20 12:00:00 UTC`.
pub(crate) fn utc(unix_ms: u64) -> String {
    let seconds = unix_ms / 1000;
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    // Days since 0000-03-01, so that a leap day is the last of its year; eras of
    // 400 years all have the same length.
    let shifted = days + 719_468;
    let (era, day_of_era) = (shifted / 146_097, shifted % 146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let (month, carry) = if month < 10 {
        (month + 3, 0)
    } else {
        (month - 9, 1)
    };
    let year = era * 400 + year_of_era + carry;
    let mut out = String::new();
    // Writing to a string does not fail.
    let _ = write!(
        out,
        "{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC",
        rest / 3600,
        rest / 60 % 60,
        rest % 60
    );
    out
}

/// A duration as people say it, from milliseconds.
pub(crate) fn duration(ms: f64) -> String {
    if ms < 1.0 {
        format!("{ms:.2} ms")
    } else if ms < 1000.0 {
        format!("{ms:.0} ms")
    } else {
        format!("{:.2} s", ms / 1000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_acts_on_becomes_visible() {
        assert_eq!(
            plain("a\u{1b}[2Jb\u{9b}c\u{202e}d\r\n"),
            "a\\u{1b}[2Jb\\u{9b}c\\u{202e}d\\r\\n"
        );
        assert_eq!(plain_lines("a\nb\u{7}"), "a\nb\\u{7}");
        assert_eq!(plain("käse 🧀"), "käse 🧀");
    }

    #[test]
    fn markdown_has_no_markup_left() {
        assert_eq!(
            markdown("a|b<c>@d `e`\nf"),
            "a\\|b&lt;c&gt;&#64;d \\`e\\`\\\\nf"
        );
        assert_eq!(code("a`b|c"), "``a`b\\|c``");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(fenced("x\n```\ny"), "````text\nx\n```\ny\n````\n");
    }

    #[test]
    fn texts_are_shortened_and_wrapped_by_characters() {
        assert_eq!(short("äöü", 3), "äöü");
        assert_eq!(short("äöüß", 3), "äöü... (1 more characters)");
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("overlong a", 3), ["overlong", "a"]);
        assert!(wrap("", 3).is_empty());
    }

    #[test]
    fn times() {
        assert_eq!(utc(0), "1970-01-01 00:00:00 UTC");
        assert_eq!(utc(951_782_400_000), "2000-02-29 00:00:00 UTC");
        assert_eq!(utc(1_795_175_999_999), "2026-11-20 11:59:59 UTC");
        // No panic at the end of all numbers.
        assert!(utc(u64::MAX).ends_with("UTC"));
    }
}
