//! Names of objects for cases that try some in many functions.

use crate::context::Context;
use crate::ending::Stop;
use crate::kind::Kind;

/// The greatest limit of a name that is tried.
const MOST_NAME_BYTES: usize = 64 * 1024;

/// Names that something between guest and service might take for something else.
pub const ODD_NAMES: &[&str] = &[
    " ",
    " a",
    "a ",
    "a b",
    "a+b",
    "a%20b",
    "/",
    "//",
    "///",
    "/a",
    "a/",
    "a/b",
    "a//b",
    "a/b/",
    ".",
    "..",
    "../a",
    "a/../b",
    "./a",
    "a/.",
    ".a",
    "a.",
    "\\",
    "a\\b",
    "..\\a",
    "\"",
    "'",
    "`",
    "%",
    "%2F",
    "%2f",
    "%00",
    "+",
    "#",
    "?",
    "a?b",
    "&",
    "&amp;",
    "=",
    "*",
    "a*",
    "<a>",
    "]]>",
    "[a]",
    "{a}",
    "(a)",
    "^",
    "$a",
    "~",
    "_",
    "-",
    "-1",
    "0",
    "00",
    "a:b",
    "a|b",
    "a;b",
    "a,b",
    "@",
    "\t",
    "\n",
    "a\n",
    "\r\n",
    "\u{1}",
    "\u{1b}[2K",
    "\u{7f}",
    "\0",
    "a\0",
    "a\0b",
    "\0\0",
    "\u{80}",
    "\u{85}",
    "\u{a0}",
    "é",
    "e\u{301}",
    "ß",
    "ss",
    "İ",
    "ﬁ",
    "Σ",
    "ς",
    "\u{202e}a",
    "עב",
    "\u{200d}",
    "👩\u{200d}🚀",
    "😀",
    "\u{2028}",
    "\u{feff}a",
    "\u{fffd}",
    "\u{ffff}",
    "\u{10000}",
    "\u{10ffff}",
    "a",
    "A",
    "aa",
    "AA",
    "null",
    "CON",
    ".hidden",
    "__proto__",
    "index.html",
    ".well-known/a",
];

/// Names of the greatest length, of bytes that are coded as one and as several; none if
/// the limit is too large to be tried.
pub fn longest_names(cx: &Context) -> Result<Vec<String>, Stop> {
    let limit = name_limit(cx)?;
    let names = limit.map(|limit| ["x", "\u{1}", "%"].map(|one| one.repeat(limit)));
    Ok(names.into_iter().flatten().collect())
}

/// Names of all kinds: [`ODD_NAMES`] and [`longest_names`].
pub fn odd_names(cx: &Context) -> Result<Vec<String>, Stop> {
    let odd = ODD_NAMES.iter().map(|name| (*name).to_owned());
    Ok(odd.chain(longest_names(cx)?).collect())
}

/// The limit of a name if it is small enough to be tried with several names; otherwise
/// notes that it was not tried.
pub fn name_limit(cx: &Context) -> Result<Option<usize>, Stop> {
    let limit = cx.small_limit("blob.name.max-bytes")?;
    if limit.is_some_and(|limit| limit > MOST_NAME_BYTES) {
        cx.note("the limit of a name was not tried");
        return Ok(None);
    }
    Ok(limit)
}

/// A name that every function refuses.
#[derive(Debug, Clone)]
pub struct BadName {
    /// The clause that says so.
    pub clause: &'static str,
    /// The name.
    pub name: String,
    /// How it is refused.
    pub refused: Kind,
}

/// The empty name and, unless the limit is too large to be tried, some that are too
/// long. The case lists BLOB-NAME-4 and BLOB-NAME-5.
pub fn bad_names(cx: &Context) -> Result<Vec<BadName>, Stop> {
    let mut names = vec![BadName {
        clause: "BLOB-NAME-4",
        name: String::new(),
        refused: Kind::InvalidArgument,
    }];
    if let Some(limit) = name_limit(cx)? {
        for over in [1, limit] {
            names.push(BadName {
                clause: "BLOB-NAME-5",
                name: cx.random_text(limit + over),
                refused: Kind::TooLarge(limit as u64),
            });
        }
    }
    Ok(names)
}
