//! What becomes of an append whose object others change while its stream is open.

use blobstore::append::{self, append};
use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

/// What happens to the object meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Change {
    /// It was absent, and is put.
    Created,
    /// It is put with another number of bytes.
    Overwritten,
    /// It is put with other bytes, as many as before.
    SameSize,
    /// It is appended to.
    Grown,
    /// It is deleted.
    Deleted,
}

const BEFORE: &str = "text/before";
const MEANWHILE: &str = "text/meanwhile";
const OLD: usize = 40;

/// A state of the object: its bytes, and the content type that its metadata tells too.
type State = (Vec<u8>, &'static str);

fn described(content_type: &str) -> PutOptions {
    PutOptions {
        content_type: Some(content_type.to_owned()),
        metadata: vec![("of".to_owned(), content_type.to_owned())],
        ..options()
    }
}

impl Change {
    /// Makes the change, and returns the state that is there then.
    async fn make(
        self,
        cx: &Context,
        container: &Container,
        name: &str,
        old: &[u8],
    ) -> Result<Option<State>, Error> {
        let size = match self {
            Self::SameSize => OLD,
            _ => OLD + 20,
        };
        match self {
            Self::Deleted => {
                container.delete(name).await?;
                Ok(None)
            }
            Self::Grown => {
                let more = cx.random_bytes(20);
                append(container, name, &more, None).await?;
                Ok(Some(([old, &more].concat(), BEFORE)))
            }
            Self::Created | Self::Overwritten | Self::SameSize => {
                let new = cx.random_bytes(size);
                container.put_with(name, &new, described(MEANWHILE)).await?;
                Ok(Some((new, MEANWHILE)))
            }
        }
    }
}

/// Proves that an append decides on the object that is there when it takes effect, not on
/// the one that was there when it began. The case lists BLOB-COND-1, BLOB-COND-3,
/// BLOB-APPEND-1, BLOB-APPEND-2, BLOB-APPEND-3, BLOB-APPEND-4 and BLOB-APPEND-6.
pub(crate) async fn decides_late(
    cx: &Context,
    container: &Container,
    change: Change,
    added: &[u8],
    is_placed: bool,
) -> Outcome {
    let name = format!("{change:?}/{}/{is_placed}", added.len());
    let mut old = Vec::new();
    if change != Change::Created {
        old = cx.random_bytes(OLD);
        cx.ok(container.put_with(&name, &old, described(BEFORE)).await)?;
    }
    let at = is_placed.then_some(old.len() as u64);
    let (mut writer, answer) = append::begin(container, &name, at);
    let answer = begin(answer.wait()).await;
    let (first, rest) = added.split_at(added.len() / 2);
    writer.write(first).await;
    // To read the clock takes until the append has begun.
    for _ in 0..3 {
        cx.now().await;
    }
    // Either of the two writes may be told to come again (BLOB-COND-6).
    let after = match change.make(cx, container, &name, &old).await {
        Err(Error::Throttled(_)) => {
            cx.note("a write that an append overlaps is throttled");
            return Ok(());
        }
        made => cx.ok(made)?,
    };
    writer.write(rest).await;
    writer.finish().await;
    let ended = answer.finish().await;
    let message = format!("append to an object, meanwhile: {change:?}");
    let present = after.as_ref().map(|(bytes, _)| bytes.clone());
    let size = present.as_ref().map_or(0, Vec::len) as u64;
    if matches!(ended, Err(Error::Throttled(_))) {
        cx.note("an append that a write overlaps is throttled");
        return cx
            .check("BLOB-APPEND-1", "get after an append that was throttled")
            .returns(container.get(&name).await, present);
    }
    if at.is_some_and(|at| at != size) {
        cx.check("BLOB-COND-3", &message)
            .fails(ended, Kind::PreconditionFailed)?;
        return cx
            .check("BLOB-APPEND-4", "get after an append that came too late")
            .returns(container.get(&name).await, present);
    }
    let clause = at.map_or("BLOB-APPEND-1", |_| "BLOB-COND-1");
    let appended = cx.check(clause, &message).ok(ended)?;
    let whole = [&present.unwrap_or_default(), added].concat();
    cx.check("BLOB-APPEND-1", &format!("get after an {message}"))
        .value(container.get(&name).await, &whole)?;
    let info = cx.info(container, &name).await?;
    cx.check("BLOB-APPEND-6", "compare the sizes of append and get")
        .equal(appended.size, whole.len() as u64)?;
    cx.check("BLOB-APPEND-6", "compare the versions of append and head")
        .equal(appended.version, info.version.clone())?;
    match after {
        Some((_, content_type)) => {
            let expected = described(content_type);
            cx.check("BLOB-APPEND-2", &format!("head after an {message}"))
                .that(
                    Some(&info.content_type) == expected.content_type.as_ref()
                        && info.metadata == expected.metadata,
                    "the content type and the metadata of the object that was added to",
                    &info,
                )
        }
        None => cx
            .check("BLOB-APPEND-3", &format!("head after an {message}"))
            .that(
                info.content_type == "application/octet-stream" && info.metadata.is_empty(),
                "what a put without options writes",
                &info,
            ),
    }
}
