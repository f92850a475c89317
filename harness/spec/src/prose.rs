//! Doc comments as text: paragraphs of clauses and of commentary. It knows
//! nothing of WIT.
//!
//! A clause is a list item that begins with an id in brackets:
//! `- [KV-GET-2] MUST return none for a key that was never written.` It may go
//! on over further lines that are indented.

use conformance_model::Word;

/// A list item that begins with something in brackets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Item {
    /// What stands in the brackets.
    pub(crate) id: String,
    /// What stands behind them, on one line.
    pub(crate) text: String,
}

/// A doc comment, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    /// The clauses, or what looks like some.
    pub(crate) items: Vec<Item>,
    /// Everything else.
    pub(crate) commentary: String,
}

/// Takes a doc comment apart.
pub(crate) fn parse(docs: &str) -> Prose {
    let mut prose = Prose::default();
    // Whether the line before belongs to a clause.
    let mut open = false;
    for line in docs.lines() {
        if let Some((id, text)) = item(line) {
            prose.items.push(Item {
                id: id.to_owned(),
                text: text.trim().to_owned(),
            });
            open = true;
        } else if open && line.starts_with("  ") && !line.trim().is_empty() {
            if let Some(last) = prose.items.last_mut() {
                last.text.push(' ');
                last.text.push_str(line.trim());
            }
        } else {
            open = false;
            prose.commentary.push_str(line);
            prose.commentary.push('\n');
        }
    }
    // A list of clauses leaves an empty line where it stood.
    while prose.commentary.contains("\n\n\n") {
        prose.commentary = prose.commentary.replace("\n\n\n", "\n\n");
    }
    prose.commentary = prose.commentary.trim().to_owned();
    prose
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
    let Some((area, number)) = id.rsplit_once('-') else {
        return false;
    };
    let numeric = !number.is_empty()
        && !number.starts_with('0')
        && number.bytes().all(|byte| byte.is_ascii_digit());
    numeric
        && area.split('-').all(|group| {
            group.starts_with(|c: char| c.is_ascii_uppercase())
                && group
                    .bytes()
                    .all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })
}

/// Whether the text behind an id says that the clause is no more: `REMOVED in
/// 0.2.0: ` and the reason.
pub(crate) fn is_tombstone(text: &str) -> bool {
    let told = text
        .strip_prefix("REMOVED in ")
        .and_then(|rest| rest.split_once(": "));
    told.is_some_and(|(version, reason)| {
        version.split('.').count() == 3
            && version
                .split('.')
                .all(|number| number.parse::<u64>().is_ok())
            && !reason.trim().is_empty()
            && normative(reason).0.is_empty()
    })
}

/// Words of RFC 2119 that the specification does not use.
const FOREIGN: [&str; 4] = ["SHALL", "REQUIRED", "RECOMMENDED", "OPTIONAL"];

/// The normative words of a text, in their order: those that the specification
/// uses, and the others.
pub(crate) fn normative(text: &str) -> (Vec<Word>, Vec<&str>) {
    let mut words = Vec::new();
    let mut foreign = Vec::new();
    let mut tokens = text
        .split(|c: char| !(c.is_alphanumeric() || c == '-'))
        .filter(|token| !token.is_empty())
        .peekable();
    while let Some(token) = tokens.next() {
        match token {
            "MUST" | "SHOULD" => {
                let negated = tokens.next_if_eq(&"NOT").is_some();
                words.push(match (token, negated) {
                    ("MUST", false) => Word::Must,
                    ("MUST", true) => Word::MustNot,
                    (_, false) => Word::Should,
                    (_, true) => Word::ShouldNot,
                });
            }
            "MAY" => words.push(Word::May),
            other if FOREIGN.contains(&other) => foreign.push(other),
            _ => {}
        }
    }
    (words, foreign)
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
        assert_eq!(normative("SHALL").1, ["SHALL"]);
    }
}
