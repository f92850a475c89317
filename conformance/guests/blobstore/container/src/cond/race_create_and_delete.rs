use conformance_kit::prelude::*;

use crate::objects::unless_failed;
use blobstore::patiently;

case! {
    /// Only the first deletes, and only what it has read; nobody replaces. So what it
    /// reads before each deletion are all the states that there were.
    actors: 6,
    id: "blob.cond.race.create-and-delete",
    title: "of creators and one who deletes, as many succeed in creating as states were there",
    clauses: ["BLOB-COND-3", "BLOB-COND-4"],
    timeout_s: 60,
}

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Returns what it deleted, or what it created.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut texts = Vec::new();
    blobstore::rounds(cx, index, 30, async |round| {
        if index == 0 {
            let Some(bytes) = cx.ok(container.get("object").await)? else {
                return Ok(());
            };
            texts.push(String::from_utf8_lossy(&bytes).into_owned());
            let delete = async || container.delete("object").await;
            return cx.ok(patiently(cx, delete).await);
        }
        let text = format!("{round} of actor {index}");
        let create = async || container.create("object", text.as_bytes()).await;
        let check = cx.check("BLOB-COND-3", "create while others create and delete");
        if unless_failed(check, patiently(cx, create).await)?.is_some() {
            texts.push(text);
        }
        Ok(())
    })
    .await?;
    Ok(texts)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let mut states = seen[0].clone();
    if let Some(bytes) = cx.ok(container.get("object").await)? {
        states.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    let created = seen[1..].concat();
    cx.note(format!("{} creations", created.len()));
    cx.check("BLOB-COND-4", "count the creations").that(
        !created.is_empty(),
        "one or more",
        &created.len(),
    )?;
    cx.check(
        "BLOB-COND-3",
        "compare what was created with what was there",
    )
    .keys(&states, &created)
}
