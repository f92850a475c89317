use conformance_kit::prelude::*;

case! {
    /// Each writer has a letter and a length of its own, so that a mixture of two
    /// values shows as such.
    actors: 6,
    id: "kv.race.not-torn",
    title: "readers see only whole values while several instances write one key",
    clauses: ["KV-VALUE-4", "KV-SET-4"],
}

/// The value of one writer.
fn value(writer: u32) -> Vec<u8> {
    vec![b'a' + writer as u8; 12_000 + 2_000 * writer as usize]
}

/// Whether a value is that of a writer.
fn whole(seen: &[u8]) -> bool {
    (0..6).any(|writer| seen == value(writer))
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    // The longest: whoever writes first writes a shorter one over it.
    cx.ok(store.set("key", &value(5)).await)
}

/// Even actors write, odd ones read.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.rounds(index, 20, async |_| {
        if index.is_multiple_of(2) {
            cx.ok(store.set("key", &value(index)).await)?;
        } else {
            let check = cx.check("KV-VALUE-4", "get while others write");
            let seen = check.some(store.get("key").await)?;
            check.that(whole(&seen), "the value of one writer", &seen)?;
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let check = cx.check("KV-SET-4", "get after all writers ended");
    let last = check.some(store.get("key").await)?;
    check.that(whole(&last), "the value of one writer", &last)
}
