use blobstore::{PutOptions, options};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{put_pieces, sized};

case! {
    id: "blob.data.pieces-odd",
    title: "an object is the same however its writer divides it",
    clauses: ["BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 300_000);
    for piece in [4_095, 4_096, 4_097, 65_537, 262_145] {
        let put = put_pieces(&container, "object", bytes.chunks(piece), options()).await;
        cx.check("BLOB-DATA-1", &format!("put in pieces of {piece} bytes"))
            .ok(put)?;
        cx.check("BLOB-DATA-1", &format!("get of pieces of {piece} bytes"))
            .value(container.get("object").await, &bytes)?;
    }
    let mut rest = bytes.as_slice();
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let length = 1 + cx.random_below(20_000) as usize;
        let (piece, behind) = rest.split_at(length.min(rest.len()));
        pieces.push(piece);
        rest = behind;
    }
    let put = put_pieces(&container, "object", pieces, sized(bytes.len())).await;
    cx.check("BLOB-DATA-1", "put in pieces of any length")
        .ok(put)?;
    cx.check("BLOB-DATA-1", "get of pieces of any length")
        .value(container.get("object").await, &bytes)?;
    for bytes in [&bytes[..], &[]] {
        for options in [options(), sized(bytes.len())] {
            with_empty_pieces(cx, &container, bytes, options).await?;
        }
    }
    Ok(())
}

/// A write of no bytes is none: neither the end of a stream nor a piece of it.
async fn with_empty_pieces(
    cx: &Context,
    container: &Container,
    bytes: &[u8],
    options: PutOptions,
) -> Outcome {
    let (mut writer, answer) = container.begin_put("object", options);
    let write = async {
        // Before the pieces, between them and behind the last one.
        writer.write_nothing().await;
        for piece in bytes.chunks(70_001) {
            writer.write(piece).await;
            writer.write_nothing().await;
            writer.write_nothing().await;
        }
        writer.finish().await;
    };
    let check = |message| cx.check("BLOB-DATA-1", message);
    let ended = cx.within(cx.patience(), both(write, answer.wait())).await;
    match ended {
        Some(((), put)) => check("put with empty pieces").ok(put)?,
        None => return Err(check("put with empty pieces").failed("an end", "none in time")),
    };
    check("get of what came with empty pieces").value(container.get("object").await, bytes)
}
