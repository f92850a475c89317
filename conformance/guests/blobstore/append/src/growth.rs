//! What append does to an object that is there, whichever function wrote it.

use blobstore::append::append;
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
