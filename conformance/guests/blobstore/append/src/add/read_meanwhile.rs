use blobstore::{append::append, range};
use conformance_kit::prelude::*;

case! {
    /// Of an object of this size a part is still with the service when the append comes.
    id: "blob.append.read-meanwhile",
    title: "a get that has begun delivers the bytes of before an append, or is expired",
    clauses: ["BLOB-GET-11", "BLOB-DATA-3"],
    requires: ["blob.append"],
    lane: Lane::Slow,
    timeout_s: 60,
}

const SIZE: usize = 4 << 20;
const MEANWHILE: &[u8] = b"meanwhile";

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut present = cx.random_bytes(SIZE);
    cx.ok(container.put("object", &present).await)?;
    for begun in [0, 1_000] {
        let content = cx.ok(container.begin_get("object", None, None).await)?;
        let mut content = cx
            .check("BLOB-GET-11", "get of a present object")
            .some(Ok::<_, Error>(content))?;
        let mut read = content.read_exact(begun).await;
        cx.ok(append(&container, "object", MEANWHILE, None).await)?;
        cx.check("BLOB-DATA-3", "compare the size that get returned")
            .equal(content.info.size, present.len() as u64)?;
        let (rest, end) = content.collect().await;
        read.extend(rest);
        let check = cx.check("BLOB-GET-11", "read on after an append");
        match end {
            Ok(()) => check.bytes(&read, &present)?,
            // What came before is of the state that was found, all the same.
            Err(error) => {
                check.fails(Err::<(), _>(error), Kind::Expired)?;
                check.bytes(&read, &present[..read.len().min(present.len())])?;
            }
        }
        // The end of it is enough: the whole is for other cases.
        let from = present.len() as u64 - 1_000;
        present.extend(MEANWHILE);
        let tail = container.get_range("object", range(from, None)).await;
        cx.check("BLOB-DATA-3", "get of the end after the append")
            .value(tail, &present[from as usize..])?;
    }
    Ok(())
}
