//! `cloud:keyvalue/store`, and the ways in which cases open and list stores.

use core::future::Future;
use core::panic::Location;

use crate::bindings::cloud::keyvalue::store as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::context::Context;
use crate::ending::Stop;
use crate::lists::{self, circles};
use crate::show::Show;
use wit::Page;

/// An open store.
#[derive(Debug)]
pub struct Store(pub(crate) wit::Store);

/// Opens a store by its name.
pub async fn open(name: &str) -> Result<Store, Error> {
    wit::open(name.to_owned()).await.map(Store)
}

impl Store {
    /// `get`.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Error> {
        self.0.get(key.to_owned()).await
    }

    /// `set`.
    pub async fn set(&self, key: &str, value: &[u8]) -> Result<(), Error> {
        self.0.set(key.to_owned(), value.to_owned()).await
    }

    /// `delete`.
    pub async fn delete(&self, key: &str) -> Result<(), Error> {
        self.0.delete(key.to_owned()).await
    }

    /// `exists`.
    pub async fn exists(&self, key: &str) -> Result<bool, Error> {
        self.0.exists(key.to_owned()).await
    }

    /// `list`: one page.
    pub async fn list(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Page, Error> {
        let cursor = cursor.map(str::to_owned);
        self.0.list(prefix.to_owned(), cursor, page_size).await
    }

    /// `keys`.
    pub fn keys(&self, prefix: &str) -> KeyStream {
        let (stream, end) = self.0.keys(prefix);
        let keys = KeyReader {
            stream,
            ended: false,
        };
        KeyStream { keys, end }
    }
}

/// The keys of a store as a stream. Dropping it ends the stream.
pub struct KeyStream {
    keys: KeyReader,
    end: wit_bindgen::FutureReader<Result<(), Error>>,
}

/// The keys of a [`KeyStream`] without the future beside them.
pub struct KeyReader {
    stream: wit_bindgen::StreamReader<String>,
    ended: bool,
}

impl KeyReader {
    /// The next key, or none at the end of the stream and behind it.
    pub async fn next(&mut self) -> Option<String> {
        // A stream that has ended traps who reads it again.
        if self.ended {
            return None;
        }
        let key = self.stream.next().await;
        self.ended = key.is_none();
        key
    }

    /// Up to so many keys, in one read; none at all only at the end of the stream
    /// and behind it, or if none were asked for.
    pub async fn next_up_to(&mut self, count: usize) -> Vec<String> {
        if self.ended {
            return Vec::new();
        }
        let (result, keys) = self.stream.read(Vec::with_capacity(count)).await;
        self.ended = matches!(result, wit_bindgen::StreamResult::Dropped);
        keys
    }
}

impl KeyStream {
    /// The next key, or none at the end of the stream and behind it.
    pub async fn next(&mut self) -> Option<String> {
        self.keys.next().await
    }

    /// How the stream ended. Gives up what is left of it.
    pub async fn end(self) -> Result<(), Error> {
        drop(self.keys);
        self.end.await
    }

    /// The keys and the future that tells how their stream ended, apart.
    pub fn split(self) -> (KeyReader, wit_bindgen::FutureReader<Result<(), Error>>) {
        (self.keys, self.end)
    }

    /// All keys and how the stream ended. A stream that repeats itself is given
    /// up, as if it had ended well: the keys show it.
    pub async fn collect(mut self) -> (Vec<String>, Result<(), Error>) {
        let mut keys = Vec::new();
        while let Some(key) = self.keys.next().await {
            keys.push(key);
            if circles(keys.len(), &keys, String::clone) {
                return (keys, Ok(()));
            }
        }
        (keys, self.end.await)
    }
}

impl Context {
    /// Opens the store that every case has: empty at the start.
    #[track_caller]
    pub fn store(&self) -> impl Future<Output = Result<Store, Stop>> {
        self.open_granted(&self.names().primary)
    }

    /// Opens another store, empty at the start.
    #[track_caller]
    pub fn second_store(&self) -> impl Future<Output = Result<Store, Stop>> {
        self.open_granted(&self.names().secondary)
    }

    /// Opens the store whose binding has no extended feature.
    #[track_caller]
    pub fn restricted_store(&self) -> impl Future<Output = Result<Store, Stop>> {
        self.open_granted(&self.names().restricted)
    }

    #[track_caller]
    fn open_granted(&self, name: &str) -> impl Future<Output = Result<Store, Stop>> {
        let check = self.needed("KV-OPEN-3", "open a granted store");
        async move { check.ok(open(name).await) }
    }

    /// All keys that start with `prefix`, read page by page.
    ///
    /// Stops the case when a page fails, or when the pages do not end as
    /// TYP-PAGE-5 says, for a list that nobody changes.
    #[track_caller]
    pub fn all_keys(
        &self,
        store: &Store,
        prefix: &str,
        page_size: Option<u32>,
    ) -> impl Future<Output = Result<Vec<String>, Stop>> {
        let location = Location::caller();
        async move {
            let check = |clause, message| Check {
                clause,
                message,
                location,
            };
            let page = async |cursor: Option<String>| {
                let page = store.list(prefix, cursor.as_deref(), page_size).await;
                let page = check("TYP-FEAT-3", "read a page of keys").ok(page)?;
                Ok((page.keys, page.cursor))
            };
            lists::all(
                check("TYP-PAGE-5", "read a list to its end"),
                page,
                String::clone,
            )
            .await
        }
    }
}

impl Show for Store {
    fn show(&self, out: &mut String) {
        out.push_str("a store");
    }
}

impl Show for Page {
    fn show(&self, out: &mut String) {
        out.push_str("a page ");
        self.keys.show(out);
        out.push_str(if self.cursor.is_some() {
            " with a cursor"
        } else {
            " without a cursor"
        });
    }
}
