use conformance_kit::prelude::*;

case! {
    /// Values of one length, so that parts of several fit together unnoticed by
    /// anything but their bytes; big enough for several packets and pages.
    actors: 5,
    id: "kv.race.not-torn-same-length",
    title: "readers see no mixture of values of one length",
    clauses: ["KV-VALUE-4", "KV-SET-4"],
    timeout_s: 30,
}

const LENGTH: usize = 24_576;

fn check_whole(check: Check<'_>, seen: &[u8]) -> Outcome {
    let first = seen.first().copied().unwrap_or_default();
    let whole = seen.len() == LENGTH && seen.iter().all(|byte| *byte == first);
    check.that(whole, "one byte, as often as it was written", seen)
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", &vec![b'0'; LENGTH]).await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.rounds(index, 24, async |round| {
        if index < 2 {
            let byte = b'a' + (index as u8) * 64 + (round % 20) as u8;
            cx.ok(store.set("key", &vec![byte; LENGTH]).await)?;
        } else {
            let check = cx.check("KV-VALUE-4", "get while others write");
            check_whole(check, &check.some(store.get("key").await)?)?;
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let check = cx.check("KV-SET-4", "get after all writers ended");
    check_whole(check, &check.some(store.get("key").await)?)
}
