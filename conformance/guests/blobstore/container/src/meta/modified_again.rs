use blobstore::Moment;
use conformance_kit::prelude::*;

use crate::time;

case! {
    id: "blob.meta.modified-again",
    title: "an overwrite gives an object another time of modification, a move one to the new object, and reading does not",
    clauses: ["BLOB-META-8"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let first = time::write(cx, &container, "object").await?;
    let old = time::write(cx, &container, "source").await?;
    let targets = ["copied-over", "moved-over"];
    for name in targets {
        time::write(cx, &container, name).await?;
    }
    cx.sleep(Duration::from_secs(4)).await;
    cx.ok(container.get("object").await)?;
    cx.ok(container.copy("object", &container, "copy").await)?;
    let copied = cx.info(&container, "copy").await?.modified;
    let now = cx.info(&container, "object").await?.modified;
    let check = cx.check("BLOB-META-8", "head after the object was read and copied");
    check.equal(now, first.modified())?;
    let check = cx.check("BLOB-META-8", "head of a copy of an old object");
    let moved = copied.saturating_sub(first.modified());
    check.that(moved >= 2_000_000_000, "seconds later", &moved)?;
    // Over what is there, and out of what is as old.
    let put = async || {
        cx.ok(container.copy("source", &container, targets[0]).await)
            .map(drop)
    };
    let copied = Moment::of(cx, &container, targets[0], put).await?;
    let check = cx.check("BLOB-META-8", "head after a copy over an old object");
    copied.is_behind(check, old)?;
    let put = async || {
        cx.ok(container.r#move("source", &container, targets[1]).await)
            .map(drop)
    };
    let moved = Moment::of(cx, &container, targets[1], put).await?;
    let check = cx.check("BLOB-META-8", "head after a move over an old object");
    moved.is_behind(check, old)?;
    let overwritten = time::write(cx, &container, "object").await?;
    let check = cx.check("BLOB-META-8", "head after an overwrite seconds later");
    overwritten.is_behind(check, first)?;
    let put = async || {
        cx.ok(container.r#move("object", &container, "moved").await)
            .map(drop)
    };
    let moved = Moment::of(cx, &container, "moved", put).await?;
    let check = cx.check("BLOB-META-8", "head after a move seconds later");
    moved.is_behind(check, first)?;
    let second = time::write(cx, &container, "object").await?;
    let check = cx.check("BLOB-META-8", "head after a write seconds later");
    second.is_behind(check, first)
}
