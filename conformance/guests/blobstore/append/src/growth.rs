//! What append does to an object that is there, whichever function wrote it.

use blobstore::append::append;
use blobstore::{PutOptions, is_described, options};
use conformance_kit::prelude::*;

/// Proves that append adds to the object `name`, which has these bytes. The case lists
/// BLOB-APPEND-1, BLOB-APPEND-2 and BLOB-APPEND-6.
pub(crate) async fn grows(
    cx: &Context,
    container: &Container,
    name: &str,
    bytes: &[u8],
) -> Outcome {
    let mut whole = bytes.to_owned();
    let mut before = cx.info(container, name).await?;
    // No bytes at all, and what append itself wrote.
    for size in [1, 500, 0, 7] {
        let bytes = cx.random_bytes(size);
        let appended = cx
            .check("BLOB-APPEND-1", "append to an object")
            .ok(append(container, name, &bytes, None).await)?;
        whole.extend(bytes);
        cx.check("BLOB-APPEND-6", "compare the size that append returned")
            .equal(appended.size, whole.len() as u64)?;
        cx.check("BLOB-APPEND-1", "get after append")
            .value(container.get(name).await, &whole)?;
        let info = cx.info(container, name).await?;
        cx.check("BLOB-APPEND-2", "head after append").that(
            info.content_type == before.content_type && info.metadata == before.metadata,
            "the content type and the metadata of before",
            &info,
        )?;
        cx.check("BLOB-APPEND-6", "compare the versions of append and head")
            .equal(appended.version, info.version.clone())?;
        cx.check("BLOB-APPEND-6", "compare the versions before and after")
            .that(info.version != before.version, "another version", &info)?;
        before = info;
    }
    Ok(())
}

/// An object that was added to, with the content type and the metadata that it has.
pub(crate) struct Grown {
    bytes: Vec<u8>,
    options: PutOptions,
}

impl Grown {
    /// Makes one of some pieces: the first is put, with a content type and metadata, or
    /// appended like the others.
    pub(crate) async fn new(
        cx: &Context,
        container: &Container,
        name: &str,
        put: bool,
    ) -> Result<Self, Stop> {
        let mut options = options();
        cx.ok(container.delete(name).await)?;
        let mut bytes = Vec::new();
        if put {
            options.content_type = Some("text/log".to_owned());
            options.metadata = vec![("of".to_owned(), cx.random_text(9))];
            bytes = cx.random_bytes(700);
            cx.ok(container.put_with(name, &bytes, options.clone()).await)?;
        }
        for size in [300, 1, 900] {
            let more = cx.random_bytes(size);
            cx.ok(append(container, name, &more, None).await)?;
            bytes.extend(more);
        }
        Ok(Self { bytes, options })
    }

    /// All of its bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Proves that an object is this, in all that belongs to it.
    pub(crate) async fn is(&self, check: Check<'_>, container: &Container, name: &str) -> Outcome {
        let info = is_described(check, container, name, &self.options).await?;
        check.equal(info.size, self.bytes.len() as u64)?;
        check.value(container.get(name).await, &self.bytes)
    }
}
