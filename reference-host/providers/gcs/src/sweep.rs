//! Removes what lies under a prefix, and nothing else.

use cloud_contract::Result;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use serde::Deserialize;

use crate::link::{Request, Service};
use crate::object::Object;

/// How many objects are removed at a time.
const AT_ONCE: usize = 16;

/// A page of a list of the service.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Listed {
    #[serde(default)]
    pub(crate) items: Vec<Object>,
    #[serde(default)]
    pub(crate) prefixes: Vec<String>,
    #[serde(default, rename = "nextPageToken")]
    pub(crate) next: Option<String>,
}

impl Listed {
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty() && self.prefixes.is_empty()
    }
}

/// Deletes all objects but `kept` whose keys start with `prefix`, for good.
pub(crate) async fn clear(service: &Service, prefix: &str, kept: Option<&str>) -> Result<()> {
    let request = Request::get(service.objects())
        .with("fields", "items(name,generation),nextPageToken")
        .with("prefix", prefix)
        .with_some("versions", service.has_history.then_some(true));
    let mut page = Listed::default();
    loop {
        let asked = request.clone().with_some("pageToken", page.next.take());
        page = service.read(&asked).await?.json()?;
        let found = page
            .items
            .iter()
            .filter(|object| object.name.starts_with(prefix) && Some(object.name.as_str()) != kept);
        stream::iter(found)
            .map(Ok)
            .try_for_each_concurrent(AT_ONCE, async |object| {
                // Without a generation a state would be left behind.
                let generation = service.has_history.then_some(object.generation);
                service.remove(&object.name, generation).await.map(drop)
            })
            .await?;
        if page.next.is_none() {
            return Ok(());
        }
    }
}

/// Whether no object is there whose key starts with `prefix`.
pub(crate) async fn is_empty(service: &Service, prefix: &str) -> Result<bool> {
    let request = Request::get(service.objects())
        .with("fields", "items(name,generation),nextPageToken")
        .with("prefix", prefix)
        .with("maxResults", 1);
    let mut page = Listed::default();
    loop {
        let asked = request.clone().with_some("pageToken", page.next.take());
        page = service.read(&asked).await?.json()?;
        if !page.is_empty() {
            return Ok(false);
        }
        if page.next.is_none() {
            return Ok(true);
        }
    }
}
