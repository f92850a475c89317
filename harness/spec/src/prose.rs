//! Doc comments as text: paragraphs of clauses and of commentary. It knows
//! nothing of WIT.
//!
//! A clause is a list item that begins with an id in brackets:
//! `- [KV-GET-2] MUST return none for a key that was never written.` It may go
//! on over further lines that are indented.

use std::ops::Range;

use conformance_model::Word;
use semver::Version;

/// A list item that begins with something in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What stands in the brackets.
    pub(crate) id: String,
    /// Where that stands in the doc comment.
    pub(crate) id_at: Range<usize>,
    /// What stands behind them, on one line.
    pub(crate) text: String,
    /// Where the pieces of the text begin: in it, and in the doc comment.
    pieces: Vec<(usize, usize)>,
}

impl Item {
    /// The place in the doc comment of a byte of the text.
    pub(crate) fn place(&self, at: usize) -> usize {
        let after = self.pieces.partition_point(|&(start, _)| start <= at);
        let piece = after
            .checked_sub(1)
            .and_then(|piece| self.pieces.get(piece));
        piece.map_or(self.id_at.end, |&(start, place)| place + (at - start))
    }
}

/// A doc comment, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    /// The clauses, or what looks like some.
    pub(crate) items: Vec<Item>,
    /// Everything else.
    pub(crate) commentary: String,
    /// Where the lines of everything else stand.
    pub(crate) commentary_at: Vec<Range<usize>>,
}

/// Takes a doc comment apart.
pub(crate) fn parse(docs: &str) -> Prose {
    let mut prose = Prose::default();
    let starred = is_starred(docs);
    // Whether the line before belongs to a clause.
    let mut open = false;
    let mut next = 0;
    for whole in docs.split_inclusive('\n') {
        let start = next;
        next += whole.len();
        let line = whole.trim_end_matches(['\n', '\r']);
        let inner = if starred { unstarred(line) } else { line };
        let place = |part: &str| start + (part.as_ptr() as usize - line.as_ptr() as usize);
        if let Some((id, text)) = item(inner) {
            let id_at = place(id)..place(id) + id.len();
            let text = text.trim();
            prose.items.push(Item {
                id: id.to_owned(),
                id_at,
                text: text.to_owned(),
                pieces: vec![(0, place(text))],
            });
            open = true;
        } else if open && inner.starts_with("  ") && !inner.trim().is_empty() {
            if let Some(last) = prose.items.last_mut() {
                last.text.push(' ');
                last.pieces.push((last.text.len(), place(inner.trim())));
                last.text.push_str(inner.trim());
            }
        } else {
            open = false;
            prose.commentary.push_str(line);
            prose.commentary.push('\n');
            prose.commentary_at.push(start..start + line.len());
        }
    }
    // A list of clauses leaves an empty line where it stood.
    while prose.commentary.contains("\n\n\n") {
        prose.commentary = prose.commentary.replace("\n\n\n", "\n\n");
    }
    prose.commentary = prose.commentary.trim().to_owned();
    prose
}

/// Whether it is written as block comments of other languages are, each line but the
/// first behind a `*`. A clause that ends in a list with stars looks the same, unless
/// another clause stands behind one of them.
fn is_starred(docs: &str) -> bool {
    let mut lines = docs.lines();
    let begins_with_item = lines.next().and_then(item).is_some();
    let mut rest = lines.filter(|line| !line.trim().is_empty()).peekable();
    let has_rest = rest.peek().is_some();
    let mut holds_item = false;
    let all = rest.all(|line| {
        holds_item |= item(unstarred(line)).is_some();
        line.trim_start().starts_with('*')
    });
    has_rest && all && (holds_item || !begins_with_item)
}

/// A line without its `*` and the blank behind it.
fn unstarred(line: &str) -> &str {
    let rest = line.trim_start();
    let rest = rest.strip_prefix('*').unwrap_or(rest);
    rest.strip_prefix(' ').unwrap_or(rest)
}

/// A comment as it is to be read, without such stars.
pub(crate) fn plain(docs: &str) -> String {
    if !is_starred(docs) {
        return docs.to_owned();
    }
    let lines: Vec<&str> = docs.lines().map(unstarred).collect();
    lines.join("\n")
}

/// The id and the text of a list item with something in brackets. A link,
/// `- [text](target)`, is none.
pub(crate) fn item(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix("- [")?;
    let (id, text) = rest.split_once(']')?;
    if text.starts_with('(') || text.starts_with('[') {
        return None;
    }
    Some((id, text))
}

/// Whether a text is the id of a clause: groups of capital letters and digits
/// that begin with a letter, then a number without leading zeros, joined by `-`.
pub(crate) fn is_clause_id(id: &str) -> bool {
    numbered(id).is_some()
}

/// The group and the number of the id of a clause: `KV-GET` and 2.
pub(crate) fn numbered(id: &str) -> Option<(&str, u32)> {
    let (group, number) = id.rsplit_once('-')?;
    let numeric = !number.starts_with('0') && number.bytes().all(|byte| byte.is_ascii_digit());
    let number = number.parse().ok()?;
    (numeric && is_group(group)).then_some((group, number))
}

/// Whether a text is what comes before the number in the id of a clause.
pub(crate) fn is_group(group: &str) -> bool {
    group.split('-').all(|word| {
        word.starts_with(|c: char| c.is_ascii_uppercase())
            && word
                .bytes()
                .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
    })
}

/// Whether the text behind an id says that the clause is no more, completely or not.
pub(crate) fn is_removed(text: &str) -> bool {
    text.starts_with("REMOVED")
}

/// The version that a complete tombstone names: `REMOVED in 0.2.0: ` and the reason.
pub(crate) fn tombstone(text: &str) -> Option<Version> {
    let (version, reason) = text.strip_prefix("REMOVED in ")?.split_once(": ")?;
    let version = Version::parse(version).ok()?;
    let plain = version.pre.is_empty() && version.build.is_empty();
    let told = !reason.trim().is_empty() && normative(reason).0.is_empty();
    (plain && told).then_some(version)
}

/// Whether a tombstone names a version that its package has not come to yet. A draft of
/// a version counts as that version.
pub(crate) fn is_early(removed: &Version, package: Option<&Version>) -> bool {
    package.is_some_and(|package| {
        let numbers = |version: &Version| (version.major, version.minor, version.patch);
        numbers(removed) > numbers(package)
    })
}

/// Words of RFC 2119 that the specification does not use.
const FOREIGN: [&str; 4] = ["SHALL", "REQUIRED", "RECOMMENDED", "OPTIONAL"];

/// A word of RFC 2119.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Normative<'a> {
    /// One that the specification uses.
    Known(Word),
    /// One that it does not use.
    Foreign(&'a str),
}

/// Whether a word denies the one that ends at `end`, though it is not in capitals: to
/// read it as anything else would turn the demand around.
fn is_negation_after(text: &str, end: usize, at: usize, word: &str) -> bool {
    let is_beside = text
        .get(end..at)
        .is_some_and(|between| between.trim().is_empty());
    let denies = ["not", "never"].contains(&word.to_lowercase().as_str());
    is_beside && denies
}

/// The place of the first normative word that is denied other than by `NOT`: `MUST not`,
/// `MAY never`.
pub(crate) fn loose_negation(text: &str) -> Option<Range<usize>> {
    let mut before: Option<(usize, &str)> = None;
    for (at, word) in tokens(text) {
        if let Some((start, normative)) = before
            && is_negation_after(text, start + normative.len(), at, word)
            && (word != "NOT" || normative == "MAY")
        {
            return Some(start..at + word.len());
        }
        before = ["MUST", "SHOULD", "MAY"]
            .contains(&word)
            .then_some((at, word));
    }
    None
}

/// The words of RFC 2119 in a text, with their places.
pub(crate) fn words(text: &str) -> Vec<(Normative<'_>, Range<usize>)> {
    let mut found = Vec::new();
    let mut tokens = tokens(text).peekable();
    while let Some((start, token)) = tokens.next() {
        let mut end = start + token.len();
        let word = match token {
            "MUST" | "SHOULD" => {
                let negation = tokens
                    .next_if(|&(at, next)| next == "NOT" || is_negation_after(text, end, at, next));
                if let Some((at, not)) = negation {
                    end = at + not.len();
                }
                Normative::Known(match (token, negation.is_some()) {
                    ("MUST", false) => Word::Must,
                    ("MUST", true) => Word::MustNot,
                    (_, false) => Word::Should,
                    (_, true) => Word::ShouldNot,
                })
            }
            "MAY" => Normative::Known(Word::May),
            other if FOREIGN.contains(&other) => Normative::Foreign(other),
            _ => continue,
        };
        found.push((word, start..end));
    }
    found
}

/// The words of a text, which hyphens may join, with their places.
pub(crate) fn tokens(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let of_word = |c: char| c.is_alphanumeric() || c == '-';
    let mut next = 0;
    std::iter::from_fn(move || {
        let rest = text.get(next..)?;
        let start = next + rest.find(of_word)?;
        let rest = text.get(start..)?;
        let length = rest.find(|c| !of_word(c)).unwrap_or(rest.len());
        next = start + length;
        Some((start, rest.get(..length)?))
    })
}

/// The normative words of a text, in their order: those that the specification
/// uses, and the others.
pub(crate) fn normative(text: &str) -> (Vec<Word>, Vec<&str>) {
    let (mut known, mut foreign) = (Vec::new(), Vec::new());
    for (word, _) in words(text) {
        match word {
            Normative::Known(word) => known.push(word),
            Normative::Foreign(word) => foreign.push(word),
        }
    }
    (known, foreign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_and_commentary_are_told_apart() {
        let prose = parse(
            "Reads a key.\n\n- [KV-GET-1] MUST return\n  the value.\n- [KV-GET-2] MUST NOT trap.\n\
             \nErrors: none.\n- [a link](x) MUST not count\n",
        );
        assert_eq!(prose.items.len(), 2);
        assert_eq!(prose.items[0].id, "KV-GET-1");
        assert_eq!(prose.items[0].text, "MUST return the value.");
        assert_eq!(prose.items[1].text, "MUST NOT trap.");
        assert_eq!(
            prose.commentary,
            "Reads a key.\n\nErrors: none.\n- [a link](x) MUST not count"
        );
    }

    /// ` * ` in front of each line, as in other languages.
    #[test]
    fn stars_of_block_comments_are_no_text() {
        let docs =
            "\n * Reads.\n *\n    * - [KV-GET-1] MUST return\n    *   the value.\n     * It.\n *";
        let prose = parse(docs);
        let item = &prose.items[0];
        assert_eq!(prose.items.len(), 1);
        assert_eq!(item.text, "MUST return the value.");
        for word in ["MUST", "value"] {
            let at = item.place(item.text.find(word).unwrap());
            assert!(docs[at..].starts_with(word), "{word}");
        }
        assert!(
            prose.commentary.ends_with("* It.\n *"),
            "{}",
            prose.commentary
        );
        // A list with stars is one.
        let list = parse("- [KV-GET-1] MUST return\n  * this,\n  * that.\n");
        assert_eq!(list.items[0].text, "MUST return * this, * that.");
    }

    #[test]
    fn tombstones() {
        let version = |text| tombstone(text).map(|version| version.to_string());
        assert_eq!(
            version("REMOVED in 0.2.0: no use."),
            Some("0.2.0".to_owned())
        );
        for bad in [
            "REMOVED",
            "REMOVED in 0.2: no use.",
            "REMOVED in 0.2.0-rc: no use.",
            "REMOVED in 0.2.0:",
            "REMOVED in 0.2.0: it MUST go.",
        ] {
            assert!(is_removed(bad) && version(bad).is_none(), "{bad}");
        }
        let early = |removed: &str, package: &str| {
            is_early(&removed.parse().unwrap(), Some(&package.parse().unwrap()))
        };
        assert!(early("0.2.0", "0.1.9") && !early("0.2.0", "0.2.0-draft"));
        assert!(!is_early(&Version::new(9, 9, 9), None));
    }

    #[test]
    fn places_are_those_of_the_comment() {
        let docs = "Reads.\n\n- [KV-GET-1]  MUST return\n  the value.\nIt goes on.";
        let prose = parse(docs);
        let item = &prose.items[0];
        assert_eq!(&docs[item.id_at.clone()], "KV-GET-1");
        for word in ["MUST", "return", "the", "value"] {
            let at = item.place(item.text.find(word).unwrap());
            assert!(docs[at..].starts_with(word), "{word}");
        }
        let lines: Vec<&str> = prose
            .commentary_at
            .into_iter()
            .map(|at| &docs[at])
            .collect();
        assert_eq!(lines, ["Reads.", "", "It goes on."]);
        assert_eq!(
            words("a MUST  NOT b"),
            [(Normative::Known(Word::MustNot), 2..11)]
        );
    }

    #[test]
    fn ids() {
        for good in ["KV-GET-2", "KV-DELETE-IF-1", "TYP-ERR-10", "A1-2"] {
            assert!(is_clause_id(good), "{good}");
        }
        for bad in [
            "",
            "KV",
            "KV-GET",
            "KV-GET-",
            "KV-GET-02",
            "kv-get-2",
            "KV--2",
            "-2",
            "2-2",
            "KV-GET-+2",
            "KV-GET-99999999999",
        ] {
            assert!(!is_clause_id(bad), "{bad}");
        }
    }

    #[test]
    fn normative_words() {
        let words = |text| normative(text).0;
        assert_eq!(words("MUST NOT do, MUST do"), [Word::MustNot, Word::Must]);
        assert_eq!(words("SHOULD NOT; MAY"), [Word::ShouldNot, Word::May]);
        assert_eq!(words("must should may MUSTER"), []);
        assert_eq!(words("MUST not do"), [Word::MustNot]);
        assert_eq!(words("SHOULD never do"), [Word::ShouldNot]);
        assert_eq!(words("do what you MUST, not more"), [Word::Must]);
        assert_eq!(normative("SHALL").1, ["SHALL"]);
    }

    #[test]
    fn a_word_is_denied_in_capitals_or_not_at_all() {
        let loose = |text| loose_negation(text).map(|at| text.get(at).unwrap());
        assert_eq!(loose("MUST not do"), Some("MUST not"));
        assert_eq!(loose("MUST Not do"), Some("MUST Not"));
        assert_eq!(loose("it SHOULD never do"), Some("SHOULD never"));
        assert_eq!(loose("MAY NOT do"), Some("MAY NOT"));
        assert_eq!(loose("MUST NOT do, not even once"), None);
        assert_eq!(loose("do what you MUST, not more"), None);
    }
}
