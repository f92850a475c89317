//! Many objects, written and read as a whole.

use super::Container;
use crate::calls::each;
use crate::context::Context;
use crate::ending::{Outcome, Stop};
use crate::show::Show;

/// A name and its bytes.
pub type Object = (String, Vec<u8>);

/// Random bytes for each of `names`.
pub fn with_bytes<N: AsRef<str>>(cx: &Context, names: &[N]) -> Vec<Object> {
    let bytes = |name: &N| (name.as_ref().to_owned(), cx.random_bytes(9));
    names.iter().map(bytes).collect()
}

/// The names of `objects`.
pub fn names_of(objects: &[Object]) -> Vec<String> {
    objects.iter().map(|(name, _)| name.clone()).collect()
}

/// Writes each of `objects`, and returns their versions.
pub async fn put_all(
    cx: &Context,
    container: &Container,
    objects: &[Object],
) -> Result<Vec<String>, Stop> {
    let written = each(objects, |(name, bytes)| container.put(name, bytes)).await;
    written.into_iter().map(|version| cx.ok(version)).collect()
}

/// Proves that the container has these objects with these bytes, and no other.
pub async fn is_exactly(
    cx: &Context,
    clause: &str,
    container: &Container,
    objects: &[Object],
) -> Outcome {
    let listed = cx.all_names(container, "", None).await?;
    cx.check(clause, "list all objects")
        .keys(&listed, &names_of(objects))?;
    let read = each(objects, |(name, _)| container.get(name)).await;
    for ((name, bytes), read) in objects.iter().zip(read) {
        cx.check(clause, &format!("get of {}", name.shown()))
            .value(read, bytes)?;
    }
    Ok(())
}
