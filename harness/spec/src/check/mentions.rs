//! What a text mentions: clauses, features, declarations. It knows the shapes of
//! the names and none of the names.

use std::ops::Range;

use crate::prose;

/// A stretch of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// Its bytes, without the backticks of code.
    pub(crate) at: Range<usize>,
    pub(crate) is_code: bool,
}

/// A text as prose and code: what stands between backticks is code, and so are the
/// fenced blocks, which are left out as a whole. A backtick without a partner in
/// its paragraph is a character like any other.
pub(crate) fn spans(text: &str) -> Vec<Span> {
    let mut found = Vec::new();
    let mut paragraph: Option<Range<usize>> = None;
    let mut in_block = false;
    let mut next = 0;
    for line in text.split_inclusive('\n') {
        let start = next;
        next += line.len();
        let fence = line.trim_start().starts_with("```");
        if fence || in_block || line.trim().is_empty() {
            in_block ^= fence;
            if let Some(whole) = paragraph.take() {
                in_paragraph(text, whole, &mut found);
            }
        } else {
            let begun = paragraph.map_or(start, |whole| whole.start);
            paragraph = Some(begun..next);
        }
    }
    if let Some(whole) = paragraph {
        in_paragraph(text, whole, &mut found);
    }
    found
}

fn in_paragraph(text: &str, whole: Range<usize>, found: &mut Vec<Span>) {
    let mut push = |at: Range<usize>, is_code| {
        if !at.is_empty() {
            found.push(Span { at, is_code });
        }
    };
    let end = whole.end;
    let mut from = whole.start;
    let mut looked = from;
    while let Some(open) = run(text, looked..end) {
        looked = open.end;
        let ticks = open.len();
        let mut closing = open.end;
        let close = loop {
            match run(text, closing..end) {
                Some(close) if close.len() == ticks => break Some(close),
                Some(other) => closing = other.end,
                None => break None,
            }
        };
        let Some(close) = close else { continue };
        push(from..open.start, false);
        push(open.end..close.start, true);
        from = close.end;
        looked = from;
    }
    push(from..end, false);
}

/// The next backticks in a row.
fn run(text: &str, within: Range<usize>) -> Option<Range<usize>> {
    let part = text.get(within.clone())?;
    let start = part.find('`')?;
    let rest = part.get(start..)?;
    let length = rest.len() - rest.trim_start_matches('`').len();
    Some(within.start + start..within.start + start + length)
}

/// The ids of clauses in a text, with their places. `KV-GET-1 to 3` is two of
/// them, `KV-GET-1` and `KV-GET-3`.
pub(super) fn clause_ids(text: &str) -> Vec<(String, Range<usize>)> {
    let mut found = Vec::new();
    for (at, token) in prose::tokens(text) {
        let Some((group, first)) = prose::numbered(token) else {
            continue;
        };
        let end = at + token.len();
        found.push((token.to_owned(), at..end));
        let rest = text.get(end..).unwrap_or_default();
        let Some(rest) = rest.strip_prefix(" to ") else {
            continue;
        };
        let digits = rest
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(rest.len());
        let last = rest.get(..digits).unwrap_or_default();
        let ends = !rest
            .get(digits..)
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_alphanumeric() || c == '-'));
        if ends && last.parse::<u32>().is_ok_and(|last| last > first) {
            let start = end + " to ".len();
            found.push((format!("{group}-{last}"), start..start + digits));
        }
    }
    found
}

/// A declaration as a text names it: `cloud:types/errors.error`, `store.get`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct ItemName<'a> {
    /// The package without its version, where it is named.
    pub(super) package: Option<&'a str>,
    /// The interface, or what else stands before the first point.
    pub(super) first: &'a str,
    /// What stands behind it.
    pub(super) rest: Option<&'a str>,
}

/// Reads the name of a declaration. It has a package or a point; one word alone may
/// be anything.
pub(super) fn item_name(code: &str) -> Option<ItemName<'_>> {
    let kebab = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && !word.ends_with('-')
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };
    let (package, path) = match code.split_once('/') {
        Some((package, path)) => (Some(package), path),
        None => (None, code),
    };
    if let Some(package) = package {
        let (namespace, name) = package.split_once(':')?;
        if !kebab(namespace) || !kebab(name) {
            return None;
        }
    }
    // A version stands behind the interface, and has points of its own.
    let (first, rest) = match path.split_once('@') {
        Some((first, version)) => {
            let end = version.find(|c: char| !(c.is_ascii_digit() || c == '.'));
            let rest = end
                .and_then(|end| version.get(end..))
                .filter(|rest| !rest.is_empty());
            (first, rest)
        }
        None => match path.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (path, None),
        },
    };
    let named = package.is_some() || rest.is_some();
    let fine = kebab(first) && rest.is_none_or(|rest| rest.split('.').all(kebab));
    (named && fine).then_some(ItemName {
        package,
        first,
        rest,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<(&str, bool)> {
        spans(text)
            .into_iter()
            .map(|s| (&text[s.at], s.is_code))
            .collect()
    }

    #[test]
    fn code_is_told_from_prose() {
        assert_eq!(
            parts("a `b` c ``d ` e`` f"),
            [
                ("a ", false),
                ("b", true),
                (" c ", false),
                ("d ` e", true),
                (" f", false)
            ]
        );
        assert_eq!(
            parts("a ` b\n\nc ` d"),
            [("a ` b\n", false), ("c ` d", false)]
        );
        assert_eq!(parts("a\n```x\nb\n```\nc"), [("a\n", false), ("c", false)]);
        assert_eq!(parts("`a\nb`"), [("a\nb", true)]);
        assert_eq!(parts(""), []);
        assert_eq!(parts("``"), [("``", false)]);
    }

    #[test]
    fn ids_are_found_with_their_ranges() {
        let ids =
            |text| -> Vec<String> { clause_ids(text).into_iter().map(|(id, _)| id).collect() };
        assert_eq!(ids("(KV-GET-1, KV-SET-2)"), ["KV-GET-1", "KV-SET-2"]);
        assert_eq!(ids("KV-GET-1 to 3."), ["KV-GET-1", "KV-GET-3"]);
        assert_eq!(
            ids("KV-GET-1 to 3-4, KV-GET-3 to 1"),
            ["KV-GET-1", "KV-GET-3"]
        );
        assert_eq!(ids("kv-get-1 xKV-GET-1 KV-GET-01 KV-GET"), [""; 0]);
        assert_eq!(clause_ids("ä KV-GET-1 to 3")[1].1, 15..16);
    }

    #[test]
    fn names_of_declarations() {
        let name = |code| item_name(code).map(|n| (n.package, n.first, n.rest));
        assert_eq!(name("store.get"), Some((None, "store", Some("get"))));
        assert_eq!(name("a:b/c"), Some((Some("a:b"), "c", None)));
        assert_eq!(name("a:b/c.d.e"), Some((Some("a:b"), "c", Some("d.e"))));
        assert_eq!(name("a:b/c@0.1.0"), Some((Some("a:b"), "c", None)));
        assert_eq!(name("a:b/c@0.1.0.d"), Some((Some("a:b"), "c", Some("d"))));
        for other in [
            "store", "a/b.c", "a.b()", "A.b", "a..b", "a.", ".", "a:b/c d", "1.2",
        ] {
            assert_eq!(name(other), None, "{other}");
        }
    }
}
