use conformance_kit::prelude::*;

use crate::facts::entries;
use crate::objects::some_options;
use crate::pattern::Pattern;
use crate::support::put_pieces;

case! {
    /// More than a guest has in memory: it is made and compared piece by piece.
    id: "blob.data.size-100mib",
    title: "an object of 100 MiB can be put without a size and read again",
    clauses: ["BLOB-DATA-1", "BLOB-PUT-1", "BLOB-PUT-5"],
    lane: Lane::Slow,
    timeout_s: 300,
}

const PIECE: usize = 256 << 10;
const PIECES: usize = 400;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let pattern = Pattern::new(cx);
    let pieces = (0..PIECES).map(|place| pattern.piece(place * PIECE, PIECE));
    let options = some_options(cx);
    let put = put_pieces(&container, "object", pieces, options.clone()).await;
    cx.check("BLOB-PUT-5", "put of 100 MiB without a size")
        .ok(put)?;
    let found = container.begin_get("object", None, None).await;
    let mut content = cx.check("BLOB-DATA-1", "get of 100 MiB").some(found)?;
    cx.check("BLOB-DATA-1", "size of 100 MiB")
        .equal(content.info.size, (PIECES * PIECE) as u64)?;
    let check = cx.check("BLOB-PUT-1", "read what describes 100 MiB");
    let content_type = Some(content.info.content_type.clone());
    check.equal(content_type, options.content_type)?;
    let told = entries(&content.info.metadata);
    check.equal(told, entries(&options.metadata))?;
    for place in 0..PIECES {
        let read = content.read_exact(PIECE).await;
        cx.check("BLOB-DATA-1", &format!("read piece {place} of 100 MiB"))
            .bytes(&read, &pattern.piece(place * PIECE, PIECE))?;
    }
    cx.check("BLOB-DATA-1", "wait for the end of 100 MiB")
        .ok(content.end().await)
}
