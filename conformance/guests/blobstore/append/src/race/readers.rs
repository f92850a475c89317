use blobstore::append::append;
use blobstore::{patiently, rounds, share, unless_expired};
use conformance_kit::prelude::*;

case! {
    /// The first instance appends, the others read: each record is of one letter, and of
    /// more bytes than a service takes in one go.
    actors: 3,
    id: "blob.append.race-readers",
    title: "readers beside an instance that appends find whole records, and the size of as many",
    clauses: ["BLOB-DATA-3", "BLOB-DATA-4", "BLOB-APPEND-1"],
    requires: ["blob.append"],
    timeout_s: 60,
}

const APPENDS: usize = 12;
const RECORD: usize = 64 << 10;

fn record(number: usize) -> Vec<u8> {
    vec![b'a' + number as u8; RECORD]
}

/// The first records, one behind the other.
fn records(count: usize) -> Vec<u8> {
    (0..count).flat_map(record).collect()
}

async fn add(cx: &Context, container: &Container, number: usize) -> Outcome {
    let bytes = record(number);
    let added = async || append(container, "log", &bytes, None).await;
    cx.ok(patiently(cx, added).await).map(drop)
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    add(cx, &container, 0).await
}

/// The size that a get tells, and the bytes that it delivers.
async fn read(cx: &Context, container: &Container) -> Result<(u64, Vec<u8>), Stop> {
    let read = async || {
        let Some(content) = container.begin_get("log", None, None).await? else {
            return Ok(None);
        };
        let size = content.info.size;
        let (bytes, end) = content.collect().await;
        end.map(|()| Some((size, bytes)))
    };
    cx.check("BLOB-DATA-3", "get while another instance appends")
        .some(unless_expired(cx, read).await)
}

async fn is_whole(cx: &Context, container: &Container) -> Outcome {
    let (size, bytes) = read(cx, container).await?;
    cx.check("BLOB-DATA-3", "compare the size and the bytes of a get")
        .equal(size, bytes.len() as u64)?;
    let whole = records(bytes.len() / RECORD);
    cx.check("BLOB-DATA-4", "get while another instance appends")
        .bytes(&bytes, &whole)?;
    let info = cx.info(container, "log").await?;
    cx.check("BLOB-DATA-4", "head while another instance appends")
        .that(
            info.size.is_multiple_of(RECORD as u64),
            "the size of whole records",
            &info,
        )
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    if index == 0 {
        share(cx, index, APPENDS, async |round| {
            add(cx, &container, round).await
        })
        .await?;
    } else {
        rounds(cx, index, APPENDS, async |_| is_whole(cx, &container).await).await?;
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let (_, bytes) = read(cx, &container).await?;
    cx.check("BLOB-APPEND-1", "get after all appends")
        .bytes(&bytes, &records(APPENDS + 1))
}
