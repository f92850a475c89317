use conformance_kit::prelude::*;

use crate::support::unless_failed;
use blobstore::{conditional_copy::copy_if, patiently};

case! {
    /// What the writer writes begins with a number, and the metadata tells it too.
    actors: 4,
    id: "blob.copy-if.source-state",
    title: "while others overwrite the source, copy-if copies the state that it expects or fails",
    clauses: ["BLOB-COPY-IF-2"],
    requires: ["blob.conditional-copy"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"first").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut copied = 0;
    blobstore::rounds(cx, index, 25, async |round| {
        if index == 0 {
            let bytes = format!("{round}").repeat(500);
            let put = async || container.put("object", bytes.as_bytes()).await;
            return cx.ok(patiently(cx, put).await).map(drop);
        }
        // The bytes and the version of one state.
        let Some(content) = cx.ok(container.begin_get("object", None, None).await)? else {
            return Ok(());
        };
        let version = content.info.version.clone();
        let (bytes, end) = content.collect().await;
        if matches!(end, Err(Error::Expired)) {
            return Ok(());
        }
        cx.ok(end)?;
        let name = format!("copy-{index}");
        let copy = async || {
            copy_if(
                &container,
                "object",
                Some(&version),
                &container,
                &name,
                None,
            )
            .await
        };
        let check = cx.check("BLOB-COPY-IF-2", "copy-if while the source is overwritten");
        if unless_failed(check, patiently(cx, copy).await)?.is_some() {
            copied += 1;
            check.value(container.get(&name).await, &bytes)?;
        }
        Ok(())
    })
    .await?;
    Ok(vec![copied.to_string()])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    cx.note(format!("copies: {}", seen.concat().join(", ")));
    let container = cx.container().await?;
    cx.info(&container, "object").await.map(drop)
}
