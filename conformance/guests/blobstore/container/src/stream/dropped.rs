use blobstore::{options, patiently};
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, WATCH, is_absent, marked, settle};

case! {
    id: "blob.stream.dropped",
    title: "a put whose call is dropped before it was said to be whole changes nothing",
    clauses: ["BLOB-STREAM-3", "TYP-CALL-1"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
    let bytes = big(cx, 100_000);
    let mut open = Vec::new();
    for count in [0, 1, 50_000, 100_000] {
        for name in [format!("new-{count}"), "old".to_owned()] {
            let (mut writer, answer) = container.begin_put(&name, marked(options()));
            writer.write(&bytes[..count]).await;
            settle(cx).await;
            drop(answer);
            // Some streams stay open behind the call, the others end with it.
            if count % 4 == 0 {
                open.push(writer);
            }
        }
    }
    for _ in 0..2 {
        // A write that was on its way would come by now.
        cx.sleep(WATCH).await;
        old.is_still(cx, "BLOB-STREAM-3", &container).await?;
        is_absent(cx, "BLOB-STREAM-3", &container, "new").await?;
        open.clear();
    }
    // What is left of them may overlap it.
    let put = async || container.put("old", &bytes).await;
    cx.check("TYP-CALL-1", "put after puts were dropped")
        .ok(patiently(cx, put).await)?;
    cx.check("TYP-CALL-1", "get after puts were dropped")
        .value(container.get("old").await, &bytes)
}
