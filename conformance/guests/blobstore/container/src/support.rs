//! What several cases of this component share: puts in pieces, and what is left of a
//! put that was given up.

use blobstore::{Info, PutOptions, options};
use conformance_kit::prelude::*;

use crate::facts::same;
use crate::objects::some_options;

/// How long a case watches for something that must not happen.
pub(crate) const WATCH: Duration = Duration::from_millis(60);

/// The options of a put whose size is stated.
pub(crate) fn sized(size: usize) -> PutOptions {
    PutOptions {
        size: Some(size as u64),
        ..options()
    }
}

/// The same with a content type and an entry that no other object has, so that it shows
/// where a put that must leave no trace leaves one.
pub(crate) fn marked(options: PutOptions) -> PutOptions {
    PutOptions {
        content_type: Some("text/x-lost".to_owned()),
        metadata: vec![("lost".to_owned(), "entry".to_owned())],
        ..options
    }
}

/// Puts what the pieces are together, one write for each.
pub(crate) async fn put_pieces<P: AsRef<[u8]>>(
    container: &Container,
    name: &str,
    pieces: impl IntoIterator<Item = P>,
    options: PutOptions,
) -> Result<String, Error> {
    let (mut writer, answer) = container.begin_put(name, options);
    let write = async {
        for piece in pieces {
            if !writer.write(piece.as_ref()).await {
                break;
            }
        }
        writer.finish().await;
    };
    both(write, answer.wait()).await.1
}

/// Puts bytes and reads them back, exactly. The case lists BLOB-DATA-1.
pub(crate) async fn keeps(
    cx: &Context,
    container: &Container,
    name: &str,
    bytes: &[u8],
    options: PutOptions,
) -> Outcome {
    let message = format!("put of {}", bytes.shown());
    cx.check("BLOB-DATA-1", &message)
        .ok(container.put_with(name, bytes, options).await)?;
    let message = format!("get of {}", bytes.shown());
    cx.check("BLOB-DATA-1", &message)
        .value(container.get(name).await, bytes)
}

/// Lets the provider begin with what was started: to read the clock takes until then.
pub(crate) async fn settle(cx: &Context) {
    for _ in 0..3 {
        cx.now().await;
    }
}

/// Nothing of an object shows: not by `get`, `head` or `list`.
pub(crate) async fn is_absent(
    cx: &Context,
    clause: &str,
    container: &Container,
    name: &str,
) -> Outcome {
    let check = |message| cx.check(clause, message);
    check("get of an object that is not to be there").none(container.get(name).await)?;
    check("head of an object that is not to be there").none(container.head(name).await)?;
    let listed = cx.all_names(container, name, None).await?;
    check("list of an object that is not to be there").keys::<&str>(&listed, &[])
}

/// An object that is to stay as it is, with all that belongs to it.
pub(crate) struct Kept {
    name: String,
    bytes: Vec<u8>,
    info: Info,
}

impl Kept {
    /// Writes one, with a content type and metadata of its own.
    pub(crate) async fn put(
        cx: &Context,
        container: &Container,
        name: &str,
        bytes: &[u8],
    ) -> Result<Self, Stop> {
        cx.ok(container.put_with(name, bytes, some_options(cx)).await)?;
        Ok(Self {
            name: name.to_owned(),
            bytes: bytes.to_owned(),
            info: cx.info(container, name).await?,
        })
    }

    /// Its name.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// It has the bytes and all the rest that it was written with, and was not written
    /// since.
    pub(crate) async fn is_still(
        &self,
        cx: &Context,
        clause: &str,
        container: &Container,
    ) -> Outcome {
        let check = cx.check(clause, "read an object that is to stay as it was");
        check.value(container.get(&self.name).await, &self.bytes)?;
        let info = check.some(container.head(&self.name).await)?;
        same(check, &info, &self.info)
    }
}
