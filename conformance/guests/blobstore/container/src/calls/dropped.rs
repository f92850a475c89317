use blobstore::unless_expired;
use conformance_kit::prelude::*;

case! {
    /// What a call of these gives up it may have done or not; what it may not do is
    /// disturb what comes after it.
    id: "blob.calls.dropped",
    title: "calls that are dropped in flight disturb no later call",
    clauses: ["TYP-CALL-1"],
    lane: Lane::Concurrency,
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(5_000);
    let large = cx.random_bytes(2 << 20);
    cx.ok(container.put("object", &bytes).await)?;
    let mut dropped = 0;
    for round in 0..24 {
        // What was dropped may still come: each round has an object of its own.
        let own = format!("own-{round}");
        let gone = [&own];
        cx.ok(container.put(&own, &bytes).await)?;
        // Apart from each other: each is dropped before the next begins.
        macro_rules! drop_in_flight {
            ($call:expr) => {{
                let call = begin($call).await;
                dropped += u32::from(call.in_flight());
                drop(call);
            }};
        }
        match round % 8 {
            0 => drop_in_flight!(container.get("object")),
            1 => drop_in_flight!(container.head("object")),
            2 => drop_in_flight!(container.list("", None, None, Some(3))),
            3 => drop_in_flight!(container.delete(&own)),
            4 => drop_in_flight!(container.copy("object", &container, &own)),
            5 => drop_in_flight!(container.delete_many(&gone)),
            6 => {
                // More than a host takes before the call reads it: the call has begun.
                let (mut writer, answer) = container.begin_put(&own, blobstore::options());
                writer.write(&large).await;
                drop(answer);
                dropped += 1;
            }
            _ => drop_in_flight!(container.r#move(&own, &container, "moved")),
        }
        let check = cx.check("TYP-CALL-1", "use the container after a call was dropped");
        check.none(container.get("never").await)?;
        check.value(container.get("object").await, &bytes)?;
        check.none(container.head("never").await)?;
        let info = check.some(container.head("object").await)?;
        check.equal(info.size, bytes.len() as u64)?;
        let listed = cx.all_names(&container, "object", None).await?;
        check.keys(&listed, &["object"])?;
        let after = format!("after-{round}");
        check.ok(container.put(&after, &bytes).await)?;
        check.ok(container.copy(&after, &container, "copied").await)?;
        check.value(container.get("copied").await, &bytes)?;
        check.ok(container.delete(&after).await)?;
        check.none(container.get(&after).await)?;
        let own = unless_expired(cx, async || container.get(&own).await).await;
        let own = check.ok(own)?;
        let whole = own.as_ref().is_none_or(|own| *own == bytes);
        check.that(whole, "none or the whole object", &own)?;
    }
    cx.note(format!("{dropped} of 24 calls were dropped in flight"));
    Ok(())
}
