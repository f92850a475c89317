//! What the cases on lists share: objects to write, and lists read page by page.

use conformance_kit::prelude::*;

use blobstore::{Item, Listing};

pub(crate) use blobstore::{ODD_NAMES, name_limit};
pub(crate) use conformance_kit::each;

/// No names.
pub(crate) const NONE: &[&str] = &[];

/// Writes an object under each of `names`.
pub(crate) async fn fill<N: AsRef<str>>(
    cx: &Context,
    container: &Container,
    names: &[N],
) -> Outcome {
    for written in each(names, |name| container.put(name.as_ref(), b"bytes")).await {
        cx.ok(written)?;
    }
    Ok(())
}

/// Deletes each of `names`.
pub(crate) async fn clear<N: AsRef<str>>(
    cx: &Context,
    container: &Container,
    names: &[N],
) -> Outcome {
    for deleted in each(names, |name| container.delete(name.as_ref())).await {
        cx.ok(deleted)?;
    }
    Ok(())
}

/// So many names that start with `prefix` and go on with random letters, in no order,
/// none the start of another. No two calls return the same name.
pub(crate) fn some_names(cx: &Context, prefix: &str, count: usize) -> Vec<String> {
    let mark = cx.random_text(7);
    (0..count)
        .map(|number| {
            let length = 1 + cx.random_below(12) as usize;
            let end = format!("-{mark}{number}.");
            [prefix, &cx.random_text(length), &end].concat()
        })
        .collect()
}

/// So many of the longest names, or of those of a kibibyte, which differ in the last four
/// bytes alone. What goes before is longer in the text of many services.
pub(crate) fn long_names(cx: &Context, count: usize) -> Result<Vec<String>, Stop> {
    let length = cx.limit("blob.name.max-bytes")?.min(1_024) as usize;
    let stem = filled('&', length - 4);
    Ok((0..count)
        .map(|number| format!("{stem}{number:04}"))
        .collect())
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

/// A text of exactly so many bytes: as many of one character as fit, and letters for
/// the rest.
pub(crate) fn filled(character: char, bytes: usize) -> String {
    let width = character.len_utf8();
    let mut text: String = core::iter::repeat_n(character, bytes / width).collect();
    text.extend(core::iter::repeat_n('x', bytes % width));
    text
}

/// An item as a text that tells objects and prefixes apart.
pub(crate) fn line(item: &Item) -> String {
    match item {
        Item::Object(object) => format!("object {}", object.name),
        Item::Prefix(prefix) => format!("prefix {prefix}"),
    }
}

/// The items of one page, or of several, as texts.
pub(crate) fn lines<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<String> {
    items.into_iter().map(line).collect()
}

/// The lines of the list that a container with exactly `names` has, in the order of the
/// bytes of names and prefixes.
pub(crate) fn expected<N: AsRef<str>>(
    names: &[N],
    prefix: &str,
    delimiter: Option<&str>,
) -> Vec<String> {
    let mut texts: Vec<(String, &str)> = names
        .iter()
        .map(AsRef::as_ref)
        .filter_map(|name| {
            let rest = name.strip_prefix(prefix)?;
            let end = delimiter.and_then(|delimiter| Some(rest.find(delimiter)? + delimiter.len()));
            Some(match end {
                Some(end) => (name[..prefix.len() + end].to_owned(), "prefix"),
                None => (name.to_owned(), "object"),
            })
        })
        .collect();
    texts.sort_unstable();
    texts.dedup();
    let line = |(text, kind)| format!("{kind} {text}");
    texts.into_iter().map(line).collect()
}

/// Those of `listed` that are in `names`, as often as they were listed.
pub(crate) fn among<N: AsRef<str>>(listed: &[String], names: &[N]) -> Vec<String> {
    let is_in = |name: &&String| names.iter().any(|other| other.as_ref() == name.as_str());
    listed.iter().filter(is_in).cloned().collect()
}

/// A list that is read page by page.
pub(crate) struct Walk {
    prefix: String,
    delimiter: Option<String>,
    cursor: Option<String>,
    /// The pages so far.
    pub(crate) pages: Vec<Vec<Item>>,
    /// Whether a page came without a cursor.
    pub(crate) ended: bool,
}

impl Walk {
    /// A list of which nothing was read.
    pub(crate) fn new(prefix: &str, delimiter: Option<&str>) -> Self {
        Self {
            prefix: prefix.to_owned(),
            delimiter: delimiter.map(str::to_owned),
            cursor: None,
            pages: Vec::new(),
            ended: false,
        }
    }

    /// The items so far, as they came.
    pub(crate) fn lines(&self) -> Vec<String> {
        lines(self.pages.iter().flatten())
    }

    /// The names of the objects so far, as they came.
    pub(crate) fn names(&self) -> Vec<String> {
        names(self.pages.iter().flatten())
    }

    /// Where the list goes on.
    pub(crate) fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }

    /// Reads one page more, if there may be one.
    pub(crate) async fn step(
        &mut self,
        check: Check<'_>,
        container: &Container,
        size: Option<u32>,
    ) -> Outcome {
        if self.ended {
            return Ok(());
        }
        let delimiter = self.delimiter.as_deref();
        let page = container.list(&self.prefix, delimiter, self.cursor(), size);
        let Listing { items, cursor } = check.ok(page.await)?;
        self.pages.push(items);
        self.ended = cursor.is_none();
        self.cursor = cursor;
        Ok(())
    }

    /// Reads what is left, each page in a size of its own. A list that `items` items
    /// cannot fill in single steps, with two more, does not end.
    pub(crate) async fn finish(
        &mut self,
        check: Check<'_>,
        container: &Container,
        items: usize,
        mut size: impl FnMut() -> Option<u32>,
    ) -> Outcome {
        while !self.ended {
            let expected = format!("no more than {items} pages, plus two");
            check.that(self.pages.len() < items + 2, &expected, &self.pages.len())?;
            self.step(check, container, size()).await?;
        }
        Ok(())
    }
}

/// The names of the objects among `items`.
pub(crate) fn names<'a>(items: impl IntoIterator<Item = &'a Item>) -> Vec<String> {
    let name = |item: &Item| match item {
        Item::Object(object) => Some(object.name.clone()),
        Item::Prefix(_) => None,
    };
    items.into_iter().filter_map(name).collect()
}

/// A list of `items` items, or of fewer, read to its end.
pub(crate) async fn read(
    check: Check<'_>,
    container: &Container,
    prefix: &str,
    delimiter: Option<&str>,
    items: usize,
    size: impl FnMut() -> Option<u32>,
) -> Result<Walk, Stop> {
    let mut walk = Walk::new(prefix, delimiter);
    walk.finish(check, container, items, size).await?;
    Ok(walk)
}

/// Proves of a container that holds exactly `names` that each of `lists`, which are
/// prefixes and delimiters, is right: read at once and in pages of up to three items.
pub(crate) async fn listed_by<N: AsRef<str>>(
    cx: &Context,
    clause: &str,
    container: &Container,
    names: &[N],
    lists: &[(&str, Option<&str>)],
) -> Outcome {
    let small = some_size(cx, 3);
    for size in [None, small] {
        let check = cx.check(clause, "read a list to its end");
        let walks = each(lists, |(prefix, delimiter)| {
            read(
                check,
                container,
                prefix,
                *delimiter,
                names.len(),
                move || size,
            )
        });
        for ((prefix, delimiter), walk) in lists.iter().zip(walks.await) {
            let by = delimiter.map_or(String::new(), |text| {
                format!(" divided by {}", text.shown())
            });
            let message = format!("read a list of the prefix {}{by}", prefix.shown());
            cx.check(clause, &message)
                .keys(&walk?.lines(), &expected(names, prefix, *delimiter))?;
        }
    }
    Ok(())
}
