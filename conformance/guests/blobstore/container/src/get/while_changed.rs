use blobstore::range;
use conformance_kit::prelude::*;

use crate::meanwhile::{SIZE, begun_range, goes_on};
use crate::pattern::big;

case! {
    id: "blob.get.while-changed",
    title: "a get of a range or of all goes on with its state, or expires, by whichever function the object changes",
    clauses: ["BLOB-GET-11"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let new = big(cx, SIZE);
    cx.ok(container.put("source", &new).await)?;
    for range in [None, range(1_000, SIZE as u64 - 2_000)] {
        for change in [
            "put",
            "copy",
            "copy from another",
            "move",
            "move away",
            "delete",
        ] {
            // Whole objects that are overwritten by a put have cases of their own.
            if range.is_none() && ["put", "delete", "move away"].contains(&change) {
                continue;
            }
            let (content, old) = begun_range(cx, &container, "object", range).await?;
            let is_gone = match change {
                "put" => cx.ok(container.put("object", &new).await).map(|_| false)?,
                "copy" => {
                    let copied = container.copy("source", &container, "object").await;
                    cx.ok(copied).map(|_| false)?
                }
                "copy from another" => {
                    cx.ok(container.copy("source", &other, "source").await)?;
                    let copied = other.copy("source", &container, "object").await;
                    cx.ok(copied).map(|_| false)?
                }
                "move" => {
                    cx.ok(container.copy("source", &container, "moved").await)?;
                    let moved = container.r#move("moved", &container, "object").await;
                    cx.ok(moved).map(|_| false)?
                }
                "move away" => {
                    let moved = container.r#move("object", &container, "away").await;
                    cx.ok(moved).map(|_| true)?
                }
                _ => cx.ok(container.delete("object").await).map(|()| true)?,
            };
            goes_on(cx, content, &old, &format!("changed by {change}")).await?;
            let message = format!("get after {change}");
            let check = cx.check("BLOB-GET-11", &message);
            let now = container.get("object").await;
            if is_gone {
                check.none(now)?;
            } else {
                check.value(now, &new)?;
            }
        }
    }
    Ok(())
}
