use blobstore::append::append;
use blobstore::{patiently, rounds, share, unless_expired};
use conformance_kit::prelude::*;

case! {
    /// The first instance appends, the other puts and deletes, and looks at what it wrote:
    /// nothing of before may come back with what is added.
    actors: 2,
    id: "blob.append.race-writers",
    title: "an append beside puts and deletions adds to what these leave, and undoes none of them",
    clauses: ["BLOB-APPEND-1", "BLOB-SESSION-1"],
    requires: ["blob.append"],
    timeout_s: 60,
}

const WRITES: usize = 12;
/// Takes longer to be written than a plus sign.
const SIZE: usize = 256 << 10;
/// A wrong append takes effect some time after the write that it undoes.
const LOOKS: usize = 3;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// What the object is put with in a round; none where it is deleted.
fn written(round: usize) -> Option<Vec<u8>> {
    let letter = b'a' + (round % 26) as u8;
    (!round.is_multiple_of(3)).then(|| vec![letter; SIZE])
}

/// Proves that the object is as the write of a round left it, and what was added since.
async fn is_left_by(cx: &Context, container: &Container, round: usize) -> Outcome {
    let read = unless_expired(cx, async || container.get("log").await).await;
    let read = cx.ok(read)?.unwrap_or_default();
    let own = written(round).unwrap_or_default();
    let (start, added) = read.split_at(own.len().min(read.len()));
    cx.check("BLOB-SESSION-1", "get behind a write beside appends")
        .bytes(start, &own)?;
    cx.check("BLOB-APPEND-1", "get of what was added behind a write")
        .bytes(added, &vec![b'+'; added.len()])
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    if index == 0 {
        rounds(cx, index, WRITES, async |_| {
            let add = async || append(&container, "log", b"+", None).await;
            let added = patiently(cx, add).await;
            let check = cx.check("BLOB-APPEND-1", "append beside other writes");
            check.ok(added).map(drop)
        })
        .await?;
    } else {
        share(cx, index, WRITES, async |round| {
            let write = async || match written(round) {
                Some(bytes) => container.put("log", &bytes).await.map(drop),
                None => container.delete("log").await,
            };
            cx.ok(patiently(cx, write).await)?;
            for _ in 0..LOOKS {
                is_left_by(cx, &container, round).await?;
            }
            Ok(())
        })
        .await?;
    }
    Ok(Vec::new())
}

async fn verify(_cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    Ok(())
}
