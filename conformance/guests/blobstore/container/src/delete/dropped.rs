use blobstore::{patiently, unless_expired};
use conformance_kit::prelude::*;

case! {
    id: "blob.delete.dropped",
    title: "a delete that is dropped in flight leaves the whole object or none",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut dropped = 0;
    for round in 0..12 {
        let name = format!("object-{}", round / 2);
        let bytes = cx.random_bytes(3_000);
        // What was dropped in the round before may overlap it.
        let put = async || container.put(&name, &bytes).await;
        cx.ok(patiently(cx, put).await)?;
        cx.ok(container.put("other", &bytes).await)?;
        let call = begin(container.delete(&name)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        let check = cx.check("TYP-CALL-1", "read after a delete was dropped");
        let get = async || container.get(&name).await;
        let seen = check.ok(unless_expired(cx, get).await)?;
        let whole = seen.as_ref().is_none_or(|seen| *seen == bytes);
        check.that(whole, "none or the bytes", &seen)?;
        check.value(container.get("other").await, &bytes)?;
        // A delete that is carried out to its end decides.
        let delete = async || container.delete(&name).await;
        check.ok(patiently(cx, delete).await)?;
        check.none(container.get(&name).await)?;
    }
    cx.note(format!("{dropped} of 12 calls were dropped in flight"));
    Ok(())
}
