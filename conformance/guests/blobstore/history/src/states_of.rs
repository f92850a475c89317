//! What all cases about the states of an object do.

use blobstore::history::{self, PastState, PastStates};
use blobstore::{Info, Precondition, PutOptions};
use conformance_kit::prelude::*;

/// A state as it was while it was the present one.
pub(crate) struct Seen {
    pub(crate) bytes: Vec<u8>,
    pub(crate) info: Info,
}

/// Writes an object with a content type and metadata of its own, and looks at it.
pub(crate) async fn written(
    cx: &Context,
    container: &Container,
    name: &str,
    number: usize,
) -> Result<Seen, Stop> {
    let bytes = cx.random_bytes(10 + number);
    let options = PutOptions {
        content_type: Some(format!("text/state-{number}")),
        metadata: vec![("number".to_owned(), number.to_string())],
        ..blobstore::options()
    };
    cx.ok(container.put_with(name, &bytes, options).await)?;
    seen(cx, container, name, bytes).await
}

/// Writes an object two times: the state that is an earlier one then, and the present one.
pub(crate) async fn twice(
    cx: &Context,
    container: &Container,
    name: &str,
) -> Result<[Seen; 2], Stop> {
    let earlier = written(cx, container, name, 20).await?;
    Ok([earlier, written(cx, container, name, 21).await?])
}

/// Writes so many bytes and overwrites them: the version that they had, and the bytes.
pub(crate) async fn earlier(
    cx: &Context,
    container: &Container,
    name: &str,
    size: usize,
) -> Result<(String, Vec<u8>), Stop> {
    let bytes = cx.random_bytes(size);
    let version = cx.ok(container.put(name, &bytes).await)?;
    cx.ok(container.put(name, b"the present state").await)?;
    Ok((version, bytes))
}

/// Looks at an object that was just written.
pub(crate) async fn seen(
    cx: &Context,
    container: &Container,
    name: &str,
    bytes: Vec<u8>,
) -> Result<Seen, Stop> {
    let info = cx.info(container, name).await?;
    Ok(Seen { bytes, info })
}

/// The versions of states, in an order of their own.
pub(crate) fn sorted<'a>(versions: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut versions: Vec<String> = versions.map(str::to_owned).collect();
    versions.sort_unstable();
    versions
}

/// The versions of these states, in an order of their own.
pub(crate) fn versions(states: &[PastState]) -> Vec<String> {
    sorted(states.iter().map(|state| state.version.as_str()))
}

/// Checks that a state can be read as it was: whole, and a part of it.
pub(crate) async fn can_be_read(
    cx: &Context,
    container: &Container,
    name: &str,
    state: &Seen,
) -> Outcome {
    let Seen { bytes, info } = state;
    let found = history::begin_get(container, name, &info.version, None).await;
    let check = || cx.check("BLOB-GETVERSION-1", "get-version of a kept state");
    let content = check().some(found)?;
    let told = &content.info;
    check().equal(told.size, info.size)?;
    check().equal(told.version.as_str(), info.version.as_str())?;
    check().equal(told.modified, info.modified)?;
    check().equal(told.content_type.as_str(), info.content_type.as_str())?;
    check().that(
        told.metadata == info.metadata,
        "the metadata that it was written with",
        &told.metadata.len(),
    )?;
    check().delivers(content, bytes).await?;
    let part = blobstore::range(1, 3);
    let read = history::get(container, name, &info.version, part).await;
    cx.check("BLOB-GETVERSION-1", "get-version of three bytes")
        .value(read, &bytes[1..4])
}

/// Proves that these are the states of an object: each can be read as it was, and all of
/// them are listed as they were, with no other.
pub(crate) async fn are_kept(
    cx: &Context,
    container: &Container,
    name: &str,
    states: &[Seen],
) -> Outcome {
    for state in states {
        can_be_read(cx, container, name, state).await?;
    }
    let listed = history::all(cx, container, name, None).await?;
    let expected = sorted(states.iter().map(|state| state.info.version.as_str()));
    cx.check("BLOB-VERSIONS-1", "list all states of an object")
        .keys(&versions(&listed), &expected)?;
    for told in &listed {
        for Seen { info, .. } in states {
            if info.version == told.version {
                let check = cx.check("BLOB-VERSIONS-3", "look at a state in a list");
                check.equal(told.size, info.size)?;
                check.equal(told.modified, info.modified)?;
            }
        }
    }
    Ok(())
}

/// Proves that an object has no states but these, of whichever it was copied. The case
/// lists BLOB-VERSIONS-2.
pub(crate) async fn has_no_others(
    cx: &Context,
    container: &Container,
    name: &str,
    states: &[Seen],
) -> Outcome {
    let listed = history::all(cx, container, name, None).await?;
    let is_own = |version: &str| states.iter().any(|state| state.info.version == version);
    cx.check("BLOB-VERSIONS-2", "list the states of what was copied")
        .that(
            listed.iter().all(|state| is_own(&state.version)),
            "no states of what it was copied from",
            &listed,
        )
}

/// The condition that an object has the version of a state.
pub(crate) fn version_of(state: &Seen) -> Option<Precondition> {
    Some(Precondition::Version(state.info.version.clone()))
}

/// One page of the states of an object.
pub(crate) async fn page(
    cx: &Context,
    container: &Container,
    name: &str,
    cursor: Option<&str>,
    page_size: Option<u32>,
) -> Result<PastStates, Stop> {
    cx.ok(history::versions(container, name, cursor, page_size).await)
}

/// A cursor behind the first states of an object that has more of them than `page_size`.
pub(crate) async fn cursor(
    cx: &Context,
    container: &Container,
    name: &str,
    page_size: u32,
) -> Result<String, Stop> {
    let first = page(cx, container, name, None, Some(page_size)).await?;
    first.cursor.ok_or_else(|| {
        let check = cx.check("TYP-PAGE-4", "read a page while states are left");
        check.failed("a cursor", &first.states.len())
    })
}
