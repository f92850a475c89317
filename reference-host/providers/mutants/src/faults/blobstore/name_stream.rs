//! The stream of names.

use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::blobstore::{Body, Listing, NameStream, NewObject};
use cloud_contract::keyvalue::Version;
use futures::{StreamExt as _, stream};

use super::container;
use super::states::other;
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};

/// Turns the correct stream into another one.
#[derive(Debug)]
struct Changed(fn(NameStream) -> NameStream);

impl ContainerFault for Changed {
    fn names(&self, to: &Arc<Target>, prefix: String) -> NameStream {
        (self.0)(correct(to, prefix))
    }
}

fn correct(to: &Target, prefix: String) -> NameStream {
    Arc::clone(&to.container).names(prefix)
}

/// What happens to each page, in place.
fn each_page(names: NameStream, change: fn(&mut Vec<String>)) -> NameStream {
    Box::pin(names.map(move |page| {
        page.map(|mut names| {
            change(&mut names);
            names
        })
    }))
}

/// A last page that is full is taken for one behind which there are more, and lost.
fn without_full_end(names: NameStream) -> NameStream {
    let is_empty = |page: &Result<Vec<String>>| page.as_ref().is_ok_and(Vec::is_empty);
    let is_full = |page: &Result<Vec<String>>| page.as_ref().is_ok_and(|page| page.len() == 1_000);
    let pages = names.filter(move |page| ready(!is_empty(page))).peekable();
    Box::pin(stream::unfold(
        Box::pin(pages),
        move |mut pages| async move {
            let page = pages.next().await?;
            let is_last = pages.as_mut().peek().await.is_none();
            (!(is_last && is_full(&page))).then_some((page, pages))
        },
    ))
}

/// A stream that is dropped before its end breaks what comes later.
#[derive(Debug, Default)]
struct Fragile {
    broken: Arc<AtomicBool>,
}

/// Breaks the container unless the stream was read to its end.
struct Open(Arc<AtomicBool>, bool);

impl Drop for Open {
    fn drop(&mut self) {
        if !self.1 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

impl Fragile {
    fn whole(&self) -> Result<()> {
        if self.broken.load(Ordering::Relaxed) {
            Err(other("a stream is still open"))
        } else {
            Ok(())
        }
    }
}

#[async_trait]
impl ContainerFault for Fragile {
    fn names(&self, to: &Arc<Target>, prefix: String) -> NameStream {
        if let Err(error) = self.whole() {
            return Box::pin(stream::once(ready(Err(error))));
        }
        let open = Open(Arc::clone(&self.broken), false);
        let state = (correct(to, prefix), open);
        Box::pin(stream::unfold(state, |(mut names, mut open)| async move {
            let page = names.next().await;
            open.1 = page.as_ref().is_none_or(Result::is_err);
            page.map(|page| (page, (names, open)))
        }))
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        self.whole()?;
        to.container.list(prefix, delimiter, cursor, size).await
    }

    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        self.whole()?;
        to.container.put(name, body, object).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-names-loses-full-end",
        "the stream loses its last page where that is full",
        &["BLOB-NAMES-1"],
        container!(Changed(without_full_end)),
    ),
    Mutant::new(
        "blob-names-misses-edge",
        "the stream loses the last name of a full page",
        &["BLOB-NAMES-1"],
        container!(Changed(|names| each_page(names, |names| {
            if names.len() >= 1_000 {
                names.pop();
            }
        }))),
    ),
    Mutant::new(
        "blob-names-folders",
        "the stream leaves out what has two slashes or more",
        &["BLOB-NAMES-1"],
        container!(Changed(|names| each_page(names, |names| {
            names.retain(|name| name.matches('/').count() < 2);
        }))),
    ),
    Mutant::new(
        "blob-names-fails-at-end",
        "the stream ends in an error after the whole list",
        &["BLOB-NAMES-2"],
        container!(Changed(|names| {
            let end = ready(Err(other("the list came to its end")));
            Box::pin(names.chain(stream::once(end)))
        })),
    ),
    Mutant::new(
        "blob-names-never-ends",
        "the stream stays open after the whole list",
        &["BLOB-NAMES-2"],
        container!(Changed(|names| Box::pin(names.chain(stream::pending())))),
    ),
    Mutant::new(
        "blob-names-swallows-error",
        "the stream of a refused prefix ends with ok",
        &["BLOB-NAMES-3", "BLOB-NAMES-4"],
        container!(Changed(|names| {
            Box::pin(names.filter(|page| ready(page.is_ok())))
        })),
    ),
    Mutant::new(
        "blob-names-drop-breaks",
        "a stream that is dropped before its end breaks later calls",
        &["BLOB-NAMES-5", "BLOB-NAMES-7"],
        container!(Fragile::default()),
    ),
    Mutant::new(
        "blob-names-reads-all",
        "the stream reads the whole list before its first name",
        &["BLOB-NAMES-6"],
        container!(Changed(|names| {
            let all = stream::once(names.collect::<Vec<_>>());
            Box::pin(all.flat_map(stream::iter))
        })),
    ),
];
