//! What the cases on lists share: keys to write, and lists read page by page.

use conformance_kit::prelude::*;

use crate::support::each;

/// No keys.
pub(crate) const NONE: &[&str] = &[];

/// Keys that something between guest and service might take for something else.
pub(crate) const ODD_KEYS: &[&str] = &[
    " ",
    " a",
    "a ",
    "a b",
    "/",
    "//",
    "/a",
    "a/",
    "a/b",
    "a//b",
    ".",
    "..",
    "../a",
    "a/../b",
    "./a",
    ".a",
    "\\",
    "a\\b",
    "\"",
    "'",
    "`",
    "%",
    "%2F",
    "%00",
    "+",
    "#",
    "?",
    "&",
    "=",
    "*",
    "a*",
    ">",
    "<a>",
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
    "cursor",
    "CON",
    "NUL",
    "nodes:",
    "__proto__",
    "_id",
    "SELECT",
];

/// Writes each of `keys`.
pub(crate) async fn fill<K: AsRef<str>>(cx: &Context, store: &Store, keys: &[K]) -> Outcome {
    for written in each(keys, |key| store.set(key.as_ref(), b"value")).await {
        cx.ok(written)?;
    }
    Ok(())
}

/// Deletes each of `keys`.
pub(crate) async fn clear<K: AsRef<str>>(cx: &Context, store: &Store, keys: &[K]) -> Outcome {
    for deleted in each(keys, |key| store.delete(key.as_ref())).await {
        cx.ok(deleted)?;
    }
    Ok(())
}

/// So many keys that start with `prefix` and go on with random letters, in no
/// order, none the start of another. No two calls return the same key.
pub(crate) fn some_keys(cx: &Context, prefix: &str, count: usize) -> Vec<String> {
    let mark = cx.random_text(7);
    (0..count)
        .map(|number| {
            let length = 1 + cx.random_below(12) as usize;
            let end = format!("-{mark}{number}.");
            [prefix, &cx.random_text(length), &end].concat()
        })
        .collect()
}

/// A random page size from 1 to `most`.
pub(crate) fn some_size(cx: &Context, most: u64) -> Option<u32> {
    u32::try_from(1 + cx.random_below(most)).ok()
}

/// Puts `items` into a random order.
pub(crate) fn shuffle<T>(cx: &Context, items: &mut [T]) {
    for place in (1..items.len()).rev() {
        items.swap(place, cx.random_below(place as u64 + 1) as usize);
    }
}

/// Those of `keys` that start with `prefix`.
pub(crate) fn starting<K: AsRef<str>>(keys: &[K], prefix: &str) -> Vec<String> {
    let keys = keys.iter().map(AsRef::as_ref);
    keys.filter(|key| key.as_bytes().starts_with(prefix.as_bytes()))
        .map(str::to_owned)
        .collect()
}

/// Those of `listed` that are in `keys`, as often as they were listed.
pub(crate) fn among<K: AsRef<str>>(listed: &[String], keys: &[K]) -> Vec<String> {
    let is_in = |key: &&String| keys.iter().any(|other| other.as_ref() == key.as_str());
    listed.iter().filter(is_in).cloned().collect()
}

/// A list that is read page by page.
pub(crate) struct Walk {
    prefix: String,
    cursor: Option<String>,
    /// The pages so far.
    pub(crate) pages: Vec<Vec<String>>,
    /// Whether a page came without a cursor.
    pub(crate) ended: bool,
}

impl Walk {
    /// A list of which nothing was read.
    pub(crate) fn new(prefix: &str) -> Self {
        Self {
            prefix: prefix.to_owned(),
            cursor: None,
            pages: Vec::new(),
            ended: false,
        }
    }

    /// The keys so far, as they came.
    pub(crate) fn keys(&self) -> Vec<String> {
        self.pages.concat()
    }

    /// Where the list goes on.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Reads one page more, if there may be one.
    pub(crate) async fn step(
        &mut self,
        check: Check<'_>,
        store: &Store,
        size: Option<u32>,
    ) -> Outcome {
        if self.ended {
            return Ok(());
        }
        let page = store.list(&self.prefix, self.cursor(), size).await;
        let page = check.ok(page)?;
        self.pages.push(page.keys);
        self.ended = page.cursor.is_none();
        self.cursor = page.cursor;
        Ok(())
    }

    /// Reads what is left, each page in a size of its own. A list that `items`
    /// keys cannot fill in single steps, with two more, does not end.
    pub(crate) async fn finish(
        &mut self,
        check: Check<'_>,
        store: &Store,
        items: usize,
        mut size: impl FnMut() -> Option<u32>,
    ) -> Outcome {
        while !self.ended {
            let expected = format!("no more than {items} pages, plus two");
            check.that(self.pages.len() < items + 2, &expected, &self.pages.len())?;
            self.step(check, store, size()).await?;
        }
        Ok(())
    }
}

/// The pages of a list of `items` keys, or of fewer.
pub(crate) async fn read(
    check: Check<'_>,
    store: &Store,
    prefix: &str,
    items: usize,
    size: impl FnMut() -> Option<u32>,
) -> Result<Vec<Vec<String>>, Stop> {
    let mut walk = Walk::new(prefix);
    walk.finish(check, store, items, size).await?;
    Ok(walk.pages)
}

/// Proves of a store that holds exactly `keys` that its lists by each of
/// `prefixes` are right, read at once and in pages of up to three keys.
pub(crate) async fn listed_by<K: AsRef<str>, P: AsRef<str>>(
    cx: &Context,
    clause: &str,
    store: &Store,
    keys: &[K],
    prefixes: &[P],
) -> Outcome {
    let small = some_size(cx, 3);
    for size in [None, small] {
        let check = cx.check(clause, "read a list by prefix");
        let lists = each(prefixes, |prefix| {
            read(check, store, prefix.as_ref(), keys.len(), move || size)
        });
        for (prefix, pages) in prefixes.iter().zip(lists.await) {
            let prefix = prefix.as_ref();
            let message = format!("read a list by the prefix {}", prefix.shown());
            cx.check(clause, &message)
                .keys(&pages?.concat(), &starting(keys, prefix))?;
        }
    }
    Ok(())
}

/// As [`listed_by`], with streams.
pub(crate) async fn streamed_by<K: AsRef<str>, P: AsRef<str>>(
    cx: &Context,
    clause: &str,
    store: &Store,
    keys: &[K],
    prefixes: &[P],
) -> Outcome {
    let streams = each(prefixes, |prefix| store.keys(prefix.as_ref()).collect());
    for (prefix, (streamed, end)) in prefixes.iter().zip(streams.await) {
        let prefix = prefix.as_ref();
        let message = format!("read a stream by the prefix {}", prefix.shown());
        let check = cx.check(clause, &message);
        check.ok(end)?;
        check.keys(&streamed, &starting(keys, prefix))?;
    }
    Ok(())
}
