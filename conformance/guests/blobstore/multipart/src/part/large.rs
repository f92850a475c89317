use blobstore::{multipart, range};
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, send};

case! {
    /// A part of more than a service takes at once is divided on its way.
    id: "blob.multipart.part-large",
    title: "a part of 18 MiB has its bytes in their order, in whatever pieces it is sent",
    clauses: ["BLOB-PART-1", "BLOB-PARTS-1", "BLOB-GET-5"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
    timeout_s: 120,
}

const MIB: usize = 1 << 20;
const SIZE: usize = 18 * MIB + 1;
/// No divisor of anything.
const PIECE: usize = 100_003;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let [large, small] = [SIZE, 10].map(|size| cx.random_bytes(size));
    let begun = multipart::begin_part(&container, NAME, &upload, 1, SIZE as u64);
    let (mut writer, answer) = begun;
    let write = async {
        for piece in large.chunks(PIECE) {
            if !writer.write(piece).await {
                break;
            }
        }
        writer.finish().await;
    };
    let ((), sent) = both(write, answer.wait()).await;
    let first = cx.check("BLOB-PART-1", "put-part of 18 MiB").ok(sent)?;
    let second = send(cx, &container, &upload, 2, &small).await?;
    let has = cx.ok(multipart::parts(&container, NAME, &upload).await)?;
    let sizes: Vec<u64> = has.iter().map(|received| received.size).collect();
    cx.check("BLOB-PARTS-1", "compare the sizes of the parts")
        .equal(sizes, vec![SIZE as u64, small.len() as u64])?;
    cx.ok(multipart::complete(&container, NAME, &upload, &[first, second]).await)?;

    let whole = [large, small].concat();
    cx.check("BLOB-PART-1", "get of an object with a part of 18 MiB")
        .value(container.get(NAME).await, &whole)?;
    for border in [8 * MIB, 16 * MIB, SIZE] {
        let message = format!("get of a few bytes around byte {border}");
        let around = range(border as u64 - 5, Some(10));
        cx.check("BLOB-GET-5", &message).value(
            container.get_range(NAME, around).await,
            &whole[border - 5..border + 5],
        )?;
    }
    Ok(())
}
