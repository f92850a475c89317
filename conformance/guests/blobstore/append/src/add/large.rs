use blobstore::append;
use conformance_kit::prelude::*;

case! {
    id: "blob.append.large",
    title: "6 MiB are added to 6 MiB, byte for byte",
    clauses: ["BLOB-APPEND-1", "BLOB-DATA-1"],
    requires: ["blob.append"],
    lane: Lane::Slow,
    timeout_s: 60,
}

const SIZE: usize = 6 << 20;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut whole = cx.random_bytes(SIZE);
    cx.ok(container.put("object", &whole).await)?;
    let more = cx.random_bytes(SIZE);
    let (mut writer, answer) = append::begin(&container, "object", Some(SIZE as u64));
    let write = async {
        for piece in more.chunks(100_003) {
            if !writer.write(piece).await {
                break;
            }
        }
        writer.finish().await;
    };
    let ((), appended) = both(write, answer.wait()).await;
    cx.check("BLOB-APPEND-1", "append 6 MiB in pieces")
        .ok(appended)?;
    whole.extend(more);
    cx.check("BLOB-DATA-1", "get after append")
        .value(container.get("object").await, &whole)
}
