//! Places in texts: from bytes of a file to lines and characters of what a person
//! sees.

use std::collections::BTreeMap;
use std::ops::Range;

use conformance_model::Diagnostic;

use super::Problem;
use crate::source::{CASE_FILE, FEATURE_FILES, PAGE_FILES, PROPOSAL_FILES, WIT_FILES};
use crate::{Source, Sources};

/// A line that is longer is not shown.
const LONGEST: usize = 1000;

/// A place in one of the files.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// From the root, with `/`.
    pub(crate) file: String,
    /// Its bytes; none for the file as a whole.
    pub(crate) at: Option<(usize, usize)>,
}

impl Place {
    pub(crate) fn of(file: impl Into<String>, at: Range<usize>) -> Self {
        Self {
            file: file.into(),
            at: Some((at.start, at.end.max(at.start))),
        }
    }

    pub(crate) fn whole(file: impl Into<String>) -> Self {
        Self {
            file: file.into(),
            at: None,
        }
    }
}

/// The files of a specification by their paths from the root.
#[derive(Debug, Clone, Default)]
pub(crate) struct Texts {
    texts: BTreeMap<String, String>,
    /// Where the folders of the kinds lie.
    pub(crate) roots: Roots,
}

/// The folders of the kinds of files, from the root, with a `/` at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Roots {
    pub(crate) wit: String,
    pub(crate) features: String,
    pub(crate) proposals: String,
    pub(crate) cases: String,
}

impl Default for Roots {
    fn default() -> Self {
        let folder = |(folder, _): (&str, &[&str])| format!("{folder}/");
        Self {
            wit: folder(WIT_FILES),
            features: folder(FEATURE_FILES),
            proposals: folder(PROPOSAL_FILES),
            cases: format!("{}/", CASE_FILE.0),
        }
    }
}

impl Roots {
    /// Of WIT that lies in no checkout: its files are at the root.
    pub(crate) fn wit_alone() -> Self {
        Self {
            wit: String::new(),
            ..Self::default()
        }
    }
}

impl Texts {
    pub(crate) fn of(sources: &Sources, roots: Roots) -> Self {
        // Pages lie where the WIT lies.
        debug_assert_eq!(PAGE_FILES.0, WIT_FILES.0);
        let mut texts = BTreeMap::new();
        let mut add = |root: &str, files: &[Source]| {
            for source in files {
                texts.insert(format!("{root}{}", source.path), source.text.clone());
            }
        };
        add(&roots.wit, &sources.wit);
        add(&roots.wit, &sources.pages);
        add(&roots.features, &sources.features);
        add(&roots.proposals, &sources.proposals);
        add(&roots.cases, sources.cases.as_slice());
        Self { texts, roots }
    }

    pub(crate) fn wit_file(&self, path: &str) -> String {
        format!("{}{path}", self.roots.wit)
    }

    pub(crate) fn cases_file(&self) -> String {
        format!("{}{}", self.roots.cases, CASE_FILE.1)
    }

    pub(crate) fn get(&self, file: &str) -> Option<&str> {
        self.texts.get(file).map(String::as_str)
    }

    /// Adds a file that only a problem made worth reading.
    pub(crate) fn add(&mut self, file: &str, text: String) {
        self.texts.insert(file.to_owned(), text);
    }

    pub(crate) fn count(&self) -> usize {
        self.texts.len()
    }

    /// The problems as diagnostics, by file and place, each once.
    pub(crate) fn diagnose(&self, mut problems: Vec<Problem>) -> Vec<Diagnostic> {
        problems
            .sort_by(|a, b| (&a.place, a.rule, &a.message).cmp(&(&b.place, b.rule, &b.message)));
        problems.dedup();
        let mut cursor = Cursor::default();
        let mut file = String::new();
        let mut found = Vec::new();
        for problem in problems {
            if file != problem.place.file {
                file.clone_from(&problem.place.file);
                cursor = Cursor::default();
            }
            found.push(self.diagnostic(problem, &mut cursor));
        }
        found
    }

    fn diagnostic(&self, problem: Problem, cursor: &mut Cursor) -> Diagnostic {
        let text = self.get(&problem.place.file);
        let seen = match (problem.place.at, text) {
            (Some((start, end)), Some(text)) => cursor.to(text, start, end),
            _ => Seen::default(),
        };
        Diagnostic {
            rule: problem.rule.id().to_owned(),
            severity: problem.rule.severity(),
            message: one_line(&problem.message),
            help: problem.help,
            file: problem.place.file,
            line: seen.line.max(1),
            column: seen.column.max(1),
            length: seen.length,
            source_line: seen.source_line,
        }
    }
}

/// A message of several lines is one of the parser, with its advice behind it.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How a place looks to a person.
#[derive(Debug, Default)]
struct Seen {
    line: u32,
    column: u32,
    length: u32,
    source_line: Option<String>,
}

/// Where in a file the places before were. They come in their order, so that a file
/// is gone through once, however much is wrong with it.
#[derive(Debug, Default)]
struct Cursor {
    /// The line, and how many lines are before it.
    line_start: usize,
    line_end: Option<usize>,
    lines: u32,
    /// How far its characters are counted.
    counted: usize,
    characters: u32,
}

impl Cursor {
    fn to(&mut self, text: &str, start: usize, end: usize) -> Seen {
        let start = floor(text, start);
        let end = floor(text, end.max(start));
        let from = self.counted.min(start);
        for (at, _) in text
            .get(from..start)
            .unwrap_or_default()
            .match_indices('\n')
        {
            self.line_start = from + at + 1;
            self.line_end = None;
            self.lines = self.lines.saturating_add(1);
            self.counted = self.line_start;
            self.characters = 0;
        }
        let between = text.get(self.counted..start).unwrap_or_default();
        self.characters = self.characters.saturating_add(count(between));
        self.counted = start.max(self.counted);
        let line_end = *self.line_end.get_or_insert_with(|| {
            let rest = text.get(self.line_start..).unwrap_or_default();
            self.line_start + rest.find('\n').unwrap_or(rest.len())
        });
        let line = text.get(self.line_start..line_end).unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        let stop = end.min(self.line_start + line.len()).max(start);
        let meant = text.get(start..stop).unwrap_or_default();
        Seen {
            line: self.lines.saturating_add(1),
            column: self.characters.saturating_add(1),
            length: count(meant).max(1),
            source_line: (line.len() <= LONGEST).then(|| line.to_owned()),
        }
    }
}

fn count(text: &str) -> u32 {
    u32::try_from(text.chars().count()).unwrap_or(u32::MAX)
}

/// The nearest start of a character at or before a byte.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::Rule;

    fn seen(text: &str, places: &[(usize, usize)]) -> Vec<(u32, u32, u32)> {
        let mut texts = Texts::default();
        texts.add("x", text.to_owned());
        let problems = places
            .iter()
            .map(|&(start, end)| Problem::new(Rule::Case, Place::of("x", start..end), "m"))
            .collect();
        let found = texts.diagnose(problems);
        found.iter().map(|d| (d.line, d.column, d.length)).collect()
    }

    #[test]
    fn places_are_lines_and_characters() {
        let text = "äb\r\nc 🧀 d\n\nx";
        assert_eq!(
            seen(
                text,
                &[
                    (0, 2),
                    (2, 3),
                    (5, 6),
                    (7, 11),
                    (12, 13),
                    (14, 14),
                    (15, 16)
                ]
            ),
            [
                (1, 1, 1),
                (1, 2, 1),
                (2, 1, 1),
                (2, 3, 1),
                (2, 5, 1),
                (3, 1, 1),
                (4, 1, 1)
            ]
        );
        // Beyond a line, beyond the file, inside of a character.
        assert_eq!(seen(text, &[(0, 12)]), [(1, 1, 2)]);
        assert_eq!(seen(text, &[(90, 99)]), [(4, 2, 1)]);
        assert_eq!(seen(text, &[(1, 2)]), [(1, 1, 1)]);
        assert_eq!(seen("", &[(0, 9)]), [(1, 1, 1)]);
    }
}
