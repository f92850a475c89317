//! Diagnostics for a person: each with its line and what is meant in it underlined.
//!
//! The text has colours as ANSI escapes; whoever prints it leaves them out where
//! the output is no terminal.

use anstyle::{AnsiColor, Style};
use conformance_model::{CheckReport, Diagnostic, RuleInfo, Severity};

use super::{shown, summary};
use crate::table::paint;
use crate::text::{plain, width, wrap};

const BOLD: Style = Style::new().bold();
const FRAME: Style = AnsiColor::Blue.on_default();
const ERROR: Style = AnsiColor::Red.on_default().bold();
const WARNING: Style = AnsiColor::Yellow.on_default().bold();
const GOOD: Style = AnsiColor::Green.on_default();

/// The report as text with ANSI escapes, its lines no wider than so many characters
/// where that is possible.
#[must_use]
pub fn render(report: &CheckReport, columns: usize) -> String {
    let columns = columns.clamp(40, 200);
    let mut out = String::new();
    for diagnostic in &report.diagnostics {
        one(report, diagnostic, columns, &mut out);
        out.push('\n');
    }
    for sentence in &report.not_checked {
        let note = paint(BOLD, "not checked");
        out.push_str(&format!("{note}: {}\n", plain(sentence)));
    }
    let style = match (
        report.count(Severity::Error),
        report.count(Severity::Warning),
    ) {
        (0, 0) => GOOD,
        (0, _) => WARNING,
        _ => ERROR,
    };
    let last = summary(report);
    let (found, rest) = last.split_once(':').unwrap_or((&last, ""));
    out.push_str(&format!("{}:{rest}\n", paint(style, found)));
    out
}

/// The rules as a list.
#[must_use]
pub fn rules(rules: &[RuleInfo], columns: usize) -> String {
    let widest = rules.iter().map(|rule| width(&rule.id)).max().unwrap_or(0);
    let indent = widest + "  warning  ".len();
    let room = columns.clamp(60, 200).saturating_sub(indent);
    let mut out = String::new();
    for rule in rules {
        let mut lines = wrap(&rule.summary, room).into_iter();
        out.push_str(&format!(
            "{:widest$}  {:7}  {}\n",
            rule.id,
            rule.severity.as_str(),
            lines.next().unwrap_or_default()
        ));
        for line in lines {
            out.push_str(&format!("{:indent$}{line}\n", ""));
        }
    }
    out
}

fn one(report: &CheckReport, diagnostic: &Diagnostic, columns: usize, out: &mut String) {
    let style = match diagnostic.severity {
        Severity::Error => ERROR,
        Severity::Warning => WARNING,
    };
    let head = format!(
        "{}[{}]",
        diagnostic.severity.as_str(),
        plain(&diagnostic.rule)
    );
    let message = paint(BOLD, &format!(": {}", plain(&diagnostic.message)));
    out.push_str(&format!("{}{message}\n", paint(style, &head)));
    let number = diagnostic.line.to_string();
    let margin = " ".repeat(number.len());
    let file = plain(&shown(report, &diagnostic.file));
    let place = match diagnostic.length {
        0 => file,
        _ => format!("{file}:{}:{}", diagnostic.line, diagnostic.column),
    };
    out.push_str(&format!("{margin}{} {place}\n", paint(FRAME, "-->")));
    let bar = paint(FRAME, "|");
    if let Some(line) = diagnostic.source_line.as_deref()
        && diagnostic.length > 0
    {
        let room = columns.saturating_sub(number.len() + 3).max(30);
        let window = Window::of(line, diagnostic.column, diagnostic.length, room);
        let marks = paint(style, &"^".repeat(window.length));
        let gap = " ".repeat(window.before);
        out.push_str(&format!("{margin} {bar}\n"));
        out.push_str(&format!(
            "{} {bar} {}\n",
            paint(FRAME, &number),
            window.text
        ));
        out.push_str(&format!("{margin} {bar} {gap}{marks}\n"));
    }
    if let Some(help) = &diagnostic.help {
        let lead = "help: ";
        let room = columns
            .saturating_sub(number.len() + 3 + lead.len())
            .max(30);
        for (index, line) in wrap(&plain(help), room).iter().enumerate() {
            let (sign, lead) = match index {
                0 => ("=", lead.to_owned()),
                _ => (" ", " ".repeat(lead.len())),
            };
            out.push_str(&format!("{margin} {} {lead}{line}\n", paint(FRAME, sign)));
        }
    }
}

/// The part of a line that fits, and where in it the marks go.
struct Window {
    text: String,
    before: usize,
    length: usize,
}

/// What stands for the rest of a line.
const MORE: &str = "...";

impl Window {
    fn of(line: &str, column: u32, length: u32, room: usize) -> Self {
        let first = (column as usize).saturating_sub(1);
        let last = first.saturating_add(length as usize);
        // Each character as it is shown: a tab takes four places.
        let cells: Vec<String> = line
            .chars()
            .map(|c| match c {
                '\t' => "    ".to_owned(),
                c => plain(c.encode_utf8(&mut [0; 4])),
            })
            .collect();
        let sizes: Vec<usize> = cells.iter().map(|cell| width(cell)).collect();
        let size = |from: usize, to: usize| -> usize { sizes.iter().take(to).skip(from).sum() };
        let all = cells.len();
        let (mut from, mut to) = (0, all);
        if size(0, all) > room {
            // Some words of what stands before, and of the rest what fits.
            let room = room.saturating_sub(2 * MORE.len());
            let lead = room / 3;
            from = first.min(all);
            while from > 0 && size(from - 1, first) <= lead {
                from -= 1;
            }
            to = from;
            while to < all && size(from, to + 1) <= room {
                to += 1;
            }
        }
        let mut text = String::new();
        let mut before = size(from, first.max(from));
        if from > 0 {
            text.push_str(MORE);
            before += MORE.len();
        }
        text.extend(cells.iter().take(to).skip(from).map(String::as_str));
        if to < all {
            text.push_str(MORE);
        }
        Self {
            text: text.trim_end().to_owned(),
            before,
            length: size(first, last.min(to)).max(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(line: &str, column: u32, length: u32, room: usize) -> (String, String) {
        let window = Window::of(line, column, length, room);
        let marks = format!("{}{}", " ".repeat(window.before), "^".repeat(window.length));
        (window.text, marks)
    }

    #[test]
    fn a_line_that_fits_is_shown_whole() {
        assert_eq!(marked("ab cd", 4, 2, 40), ("ab cd".into(), "   ^^".into()));
        assert_eq!(marked("\tab", 2, 1, 40), ("    ab".into(), "    ^".into()));
        assert_eq!(
            marked("a\u{1b}b", 3, 1, 40),
            ("a\\u{1b}b".into(), "       ^".into())
        );
        assert_eq!(marked("", 1, 1, 40), (String::new(), "^".into()));
        assert_eq!(marked("ab", 9, 9, 40).0, "ab");
    }

    #[test]
    fn of_a_long_line_the_part_that_is_meant_is_shown() {
        let line = format!("{}XY{}", "a".repeat(100), "b".repeat(100));
        let (text, marks) = marked(&line, 101, 2, 40);
        assert!(text.starts_with("...a") && text.ends_with("b..."), "{text}");
        assert!(text.len() <= 40);
        let at = marks.find('^').unwrap();
        assert_eq!((&text[at..at + 2], marks.len() - at), ("XY", 2));
        // What is meant can be wider than the room.
        let (text, marks) = marked(&line, 1, 200, 40);
        assert!(marks.len() <= text.len() && text.ends_with("..."));
    }
}
