//! States of an object that tell a mixture: all bytes of one letter, a size of its own,
//! and metadata and a content type that name the letter.

use blobstore::{Content, Info, PutOptions, patiently};
use conformance_kit::prelude::*;

/// How many there are.
pub(crate) const STATES: usize = 6;

/// The bytes of a state.
pub(crate) fn bytes(number: usize, size: usize) -> Vec<u8> {
    let number = number % STATES;
    vec![b'a' + number as u8; size + 1_000 * number]
}

/// Writes a state whose bytes are of about this size, whatever else writes the object.
pub(crate) async fn write(
    cx: &Context,
    container: &Container,
    name: &str,
    number: usize,
    size: usize,
) -> Result<String, Stop> {
    let number = number % STATES;
    let state = PutOptions {
        content_type: Some(format!("text/x-{number}")),
        metadata: vec![("state".to_owned(), number.to_string())],
        // With a size and without one.
        size: number
            .is_multiple_of(2)
            .then_some((size + 1_000 * number) as u64),
        expected: None,
    };
    let bytes = bytes(number, size);
    let put = async || container.put_with(name, &bytes, state.clone()).await;
    cx.ok(patiently(cx, put).await)
}

/// The number that an info tells of, if all of its fields tell of one.
fn told(info: &Info, size: usize) -> Option<usize> {
    let number: usize = info.content_type.strip_prefix("text/x-")?.parse().ok()?;
    let entry = [("state".to_owned(), number.to_string())];
    let is_whole = info.metadata == entry && info.size == (size + 1_000 * number) as u64;
    is_whole.then_some(number)
}

/// What was read is one state, and its info is of the same.
pub(crate) async fn is_whole(cx: &Context, clause: &str, content: Content, size: usize) -> Outcome {
    let info = content.info.clone();
    let (read, end) = content.collect().await;
    let check = || cx.check(clause, "get while others write");
    match end {
        // Allowed: the state has gone.
        Err(Error::Expired) => return Ok(()),
        end => check().ok(end)?,
    }
    match told(&info, size) {
        Some(number) => check().bytes(&read, &bytes(number, size)),
        None => check().that(false, "the info of one state", &info),
    }
}

/// What head tells is of one state.
pub(crate) fn is_told_whole(cx: &Context, clause: &str, info: &Info, size: usize) -> Outcome {
    cx.check(clause, "head while others write").that(
        told(info, size).is_some(),
        "the info of one state",
        info,
    )
}
