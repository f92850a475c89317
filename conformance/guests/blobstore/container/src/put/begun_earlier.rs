use blobstore::options;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::sized;

case! {
    /// A put takes effect only when it was said to be whole: what others did by then is
    /// older, also if it began later.
    id: "blob.put.begun-earlier",
    title: "of writes that overlap the one that ends last stays, whichever began first",
    clauses: ["BLOB-PUT-1", "BLOB-PUT-7", "BLOB-SESSION-1"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("source", b"copied").await)?;
    // Half of the larger one is more than a host takes before the put has begun.
    for size in [4, 4 << 20] {
        let bytes = big(cx, size);
        for meanwhile in ["put", "copied over", "deleted"] {
            for options in [options(), sized(size)] {
                cx.ok(container.put("object", b"before").await)?;
                let (mut writer, answer) = container.begin_put("object", options);
                let answer = begin(answer.wait()).await;
                let is_read = writer.write(&bytes[..size / 2]).await;
                let changed = match meanwhile {
                    "put" => container.put("object", b"meanwhile").await.map(drop),
                    "deleted" => container.delete("object").await,
                    _ => {
                        let copy = container.copy("source", &container, "object");
                        copy.await.map(drop)
                    }
                };
                // Either of the two may be told to come again (BLOB-COND-6).
                if !matches!(changed, Err(Error::Throttled(_))) {
                    cx.ok(changed)?;
                }
                if is_read {
                    writer.write(&bytes[size / 2..]).await;
                }
                writer.finish().await;
                let ended = answer.finish().await;
                if matches!(ended, Err(Error::Throttled(_))) {
                    cx.note("a put that another write overlaps is throttled");
                    continue;
                }
                let message = format!("put of an object that was {meanwhile} meanwhile");
                let version = cx.check("BLOB-PUT-1", &message).ok(ended)?;
                cx.check("BLOB-SESSION-1", &message)
                    .value(container.get("object").await, &bytes)?;
                let info = cx
                    .check("BLOB-PUT-1", &message)
                    .some(container.head("object").await)?;
                cx.check("BLOB-PUT-7", &message)
                    .equal(info.version, version)?;
            }
        }
    }
    Ok(())
}
