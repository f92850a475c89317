//! Lists of objects, page by page and as a stream.

use core::future::Future;
use core::panic::Location;

use super::{Container, Item};
use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::context::Context;
use crate::ending::{Outcome, Stop};
use crate::lists::{self, circles};
use crate::show::Show;

/// The names of a container as a stream. Dropping it ends the stream.
pub struct NameStream {
    names: NameReader,
    end: wit_bindgen::FutureReader<Result<(), Error>>,
}

/// The names of a [`NameStream`] without the future beside them.
pub struct NameReader {
    stream: wit_bindgen::StreamReader<String>,
    ended: bool,
}

impl NameReader {
    /// The next name, or none at the end of the stream and behind it.
    pub async fn next(&mut self) -> Option<String> {
        // A stream that has ended traps who reads it again.
        if self.ended {
            return None;
        }
        let name = self.stream.next().await;
        self.ended = name.is_none();
        name
    }
}

impl NameStream {
    pub(super) fn new(
        stream: wit_bindgen::StreamReader<String>,
        end: wit_bindgen::FutureReader<Result<(), Error>>,
    ) -> Self {
        let names = NameReader {
            stream,
            ended: false,
        };
        Self { names, end }
    }

    /// The next name, or none at the end of the stream and behind it.
    pub async fn next(&mut self) -> Option<String> {
        self.names.next().await
    }

    /// How the stream ended. Gives up what is left of it.
    pub async fn end(self) -> Result<(), Error> {
        drop(self.names);
        self.end.await
    }

    /// The names and the future that tells how their stream ended, apart.
    pub fn split(self) -> (NameReader, wit_bindgen::FutureReader<Result<(), Error>>) {
        (self.names, self.end)
    }

    /// All names and how the stream ended. A stream that repeats itself is given up, as
    /// if it had ended well: the names show it.
    pub async fn collect(mut self) -> (Vec<String>, Result<(), Error>) {
        let mut names = Vec::new();
        while let Some(name) = self.names.next().await {
            names.push(name);
            if circles(names.len(), &names, String::clone) {
                return (names, Ok(()));
            }
        }
        (names, self.end.await)
    }
}

/// The text of an item: a name, or a prefix with `*` behind it.
fn text(item: &Item) -> String {
    match item {
        Item::Object(object) => object.name.clone(),
        Item::Prefix(prefix) => [prefix, "*"].concat(),
    }
}

impl Context {
    /// All items behind `prefix`, read page by page.
    ///
    /// Stops the case when a page fails, or when the pages do not end as TYP-PAGE-5
    /// says, for a list that nobody changes.
    #[track_caller]
    pub fn all_items(
        &self,
        container: &Container,
        prefix: &str,
        delimiter: Option<&str>,
        page_size: Option<u32>,
    ) -> impl Future<Output = Result<Vec<Item>, Stop>> {
        let location = Location::caller();
        async move {
            let check = |clause, message| Check {
                clause,
                message,
                location,
            };
            let page = async |cursor: Option<String>| {
                let page = container
                    .list(prefix, delimiter, cursor.as_deref(), page_size)
                    .await;
                let page = check("TYP-FEAT-3", "read a page of a list").ok(page)?;
                Ok((page.items, page.cursor))
            };
            lists::all(check("TYP-PAGE-5", "read a list to its end"), page, text).await
        }
    }

    /// The names of all objects that start with `prefix`, read page by page, as
    /// [`Context::all_items`] does.
    #[track_caller]
    pub fn all_names(
        &self,
        container: &Container,
        prefix: &str,
        page_size: Option<u32>,
    ) -> impl Future<Output = Result<Vec<String>, Stop>> {
        let items = self.all_items(container, prefix, None, page_size);
        async move { Ok(items.await?.iter().map(text).collect()) }
    }
}

impl Check<'_> {
    /// The items are exactly these, each once, in any order: names of objects, and
    /// prefixes with `*` behind them.
    pub fn items<K: AsRef<str>>(self, actual: &[Item], expected: &[K]) -> Outcome {
        let texts: Vec<String> = actual.iter().map(text).collect();
        self.keys(&texts, expected)
    }
}

impl Show for Item {
    fn show(&self, out: &mut String) {
        text(self).show(out);
    }
}
