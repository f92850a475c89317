//! `cloud:blobstore/history`.

use core::future::Future;

use super::{Container, Content, Range};
use crate::bindings::cloud::blobstore::history as wit;
use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::context::Context;
use crate::ending::Stop;
use crate::lists;

pub use wit::{PastState, PastStates};

/// `versions`: one page.
pub async fn versions(
    container: &Container,
    name: &str,
    cursor: Option<&str>,
    page_size: Option<u32>,
) -> Result<PastStates, Error> {
    let cursor = cursor.map(str::to_owned);
    wit::versions(&container.0, name.to_owned(), cursor, page_size).await
}

/// All states of an object, page by page.
#[track_caller]
pub fn all(
    cx: &Context,
    container: &Container,
    name: &str,
    page_size: Option<u32>,
) -> impl Future<Output = Result<Vec<PastState>, Stop>> {
    let check = cx.needed("TYP-PAGE-5", "read a list of states to its end");
    async move {
        let page = async |cursor: Option<String>| {
            let page = versions(container, name, cursor.as_deref(), page_size).await;
            let page = Check {
                clause: "TYP-FEAT-3",
                ..check
            }
            .ok(page)?;
            Ok((page.states, page.cursor))
        };
        lists::all(check, page, |state| state.version.clone()).await
    }
}

/// `get-version`, whose bytes the case reads by and by.
pub async fn begin_get(
    container: &Container,
    name: &str,
    version: &str,
    range: Option<Range>,
) -> Result<Option<Content>, Error> {
    let found = wit::get_version(&container.0, name.to_owned(), version.to_owned(), range);
    Ok(found.await?.map(Content::new))
}

/// `get-version`: all bytes of the range. A stream that ends badly is an error.
pub async fn get(
    container: &Container,
    name: &str,
    version: &str,
    range: Option<Range>,
) -> Result<Option<Vec<u8>>, Error> {
    let Some(content) = begin_get(container, name, version, range).await? else {
        return Ok(None);
    };
    let (bytes, end) = content.collect().await;
    end.map(|()| Some(bytes))
}

/// `delete-version`.
pub async fn delete(container: &Container, name: &str, version: &str) -> Result<(), Error> {
    wit::delete_version(&container.0, name.to_owned(), version.to_owned()).await
}
