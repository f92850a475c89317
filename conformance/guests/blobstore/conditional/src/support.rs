//! What several cases of this component share: objects with all that belongs to them,
//! and calls that others overlap.

use conformance_kit::prelude::*;

use blobstore::{Info, Precondition, PutOptions, foreign_versions, options, patiently};

pub(crate) use blobstore::{settle, unless_failed};

/// An object with bytes, a content type and metadata of its own.
#[derive(Clone)]
pub(crate) struct State {
    bytes: Vec<u8>,
    options: PutOptions,
}

impl State {
    /// A new one, of so many bytes.
    pub(crate) fn new(cx: &Context, size: usize) -> Self {
        let entry = |key: &str| (key.to_owned(), cx.random_text(12));
        Self {
            bytes: cx.random_bytes(size),
            options: PutOptions {
                content_type: Some(format!("text/{}", cx.random_text(5))),
                metadata: vec![entry("colour"), entry(&format!("x-{}", cx.random_text(4)))],
                ..options()
            },
        }
    }

    /// Writes it, and returns its version. What was dropped before may overlap it.
    pub(crate) async fn put(
        &self,
        cx: &Context,
        container: &Container,
        name: &str,
    ) -> Result<String, Stop> {
        let write = async || {
            let options = self.options.clone();
            container.put_with(name, &self.bytes, options).await
        };
        cx.ok(patiently(cx, write).await)
    }

    /// Proves that an object is this; returns what there is to know about it.
    pub(crate) async fn is(
        &self,
        check: Check<'_>,
        container: &Container,
        name: &str,
    ) -> Result<Info, Stop> {
        let info = check.some(container.head(name).await)?;
        check.equal(info.size, self.bytes.len() as u64)?;
        let content_type = Some(info.content_type.clone());
        check.equal(content_type, self.options.content_type.clone())?;
        let texts = |entries: &[(String, String)]| -> Vec<String> {
            let text = |(key, value): &(String, String)| format!("{key}: {value}");
            entries.iter().map(text).collect()
        };
        check.keys(&texts(&info.metadata), &texts(&self.options.metadata))?;
        check.value(container.get(name).await, &self.bytes)?;
        Ok(info)
    }
}

/// The condition that an object has a version.
pub(crate) fn version(version: &str) -> Option<Precondition> {
    Some(Precondition::Version(version.to_owned()))
}

/// The condition that there is no object.
pub(crate) fn absent() -> Option<Precondition> {
    Some(Precondition::Absent)
}

/// Where the version of an object is noted.
fn note_of(name: &str) -> String {
    ["version of ", name].concat()
}

/// Writes an object, and its version into another one, where other instances find it.
pub(crate) async fn noted(cx: &Context, container: &Container, name: &str) -> Outcome {
    let version = cx.ok(container.put(name, b"old").await)?;
    let noted = container.put(&note_of(name), version.as_bytes()).await;
    cx.ok(noted).map(drop)
}

/// The condition that an object is as it was left: with the version that was noted, or
/// absent.
pub(crate) async fn left(
    cx: &Context,
    container: &Container,
    name: &str,
) -> Result<Option<Precondition>, Stop> {
    let noted = cx.ok(container.get(&note_of(name)).await)?;
    Ok(noted.map_or_else(absent, |noted| version(&String::from_utf8_lossy(&noted))))
}

/// Proves that the container has these objects and no other.
pub(crate) async fn has_only(check: Check<'_>, container: &Container, names: &[&str]) -> Outcome {
    let (listed, end) = container.names("").collect().await;
    check.ok(end)?;
    check.keys(&listed, names)
}

/// Versions that an object called `object` does not have: old ones, those of others, and
/// texts that nobody issued. The object is there afterwards, as `state`.
pub(crate) async fn other_versions(
    cx: &Context,
    container: &Container,
    state: &State,
) -> Result<(String, Vec<String>), Stop> {
    let other = cx.second_container().await?;
    let mut versions = vec![
        State::new(cx, 20).put(cx, container, "object").await?,
        state.put(cx, container, "other").await?,
        state.put(cx, &other, "object").await?,
        // The same state, once before and once after another one.
        state.put(cx, container, "object").await?,
        State::new(cx, 20).put(cx, container, "object").await?,
    ];
    cx.ok(container.delete("object").await)?;
    versions.push(state.put(cx, container, "object").await?);
    cx.ok(container.delete("other").await)?;
    let present = state.put(cx, container, "object").await?;
    versions.extend(foreign_versions(cx, &present));
    versions.push(present.repeat(40));
    versions.retain(|version| *version != present);
    Ok((present, versions))
}
