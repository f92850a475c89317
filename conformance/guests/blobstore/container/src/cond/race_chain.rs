use conformance_kit::prelude::*;

use crate::objects::unless_failed;
use blobstore::patiently;

case! {
    actors: 6,
    id: "blob.cond.race.chain",
    title: "a number that instances raise by read and conditional put loses none of their steps",
    clauses: ["BLOB-COND-4", "BLOB-COND-3"],
    timeout_s: 60,
}

const STEPS: usize = 10;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("number", b"0").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    blobstore::share(cx, index, STEPS, async |_| {
        loop {
            let check = cx.check("BLOB-COND-3", "read the number");
            let content = check.some(container.begin_get("number", None, None).await)?;
            let version = content.info.version.clone();
            let (bytes, end) = content.collect().await;
            // Overwritten while it was read: read it again.
            if matches!(end, Err(Error::Expired)) {
                continue;
            }
            check.ok(end)?;
            let number: u64 = String::from_utf8_lossy(&bytes).parse().unwrap_or(0);
            let next = (number + 1).to_string();
            let replace = async || container.replace("number", next.as_bytes(), &version).await;
            let check = cx.check("BLOB-COND-4", "raise the number");
            if unless_failed(check, patiently(cx, replace).await)?.is_some() {
                return Ok(());
            }
        }
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let sum = (seen.len() * STEPS).to_string();
    cx.check("BLOB-COND-3", "get of the number after all steps")
        .value(container.get("number").await, sum.as_bytes())
}
