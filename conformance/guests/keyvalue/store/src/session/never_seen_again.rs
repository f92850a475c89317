use conformance_kit::prelude::*;

case! {
    /// No value is written twice. What a session saw before its own write, and
    /// what it saw replaced, is over and must not be read again.
    actors: 4,
    id: "kv.session.never-seen-again",
    title: "a value that was replaced never returns to a session that saw it",
    clauses: ["KV-SESSION-1", "KV-SESSION-2"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", b"start").await)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut over: Vec<Vec<u8>> = Vec::new();
    let mut latest = b"start".to_vec();
    for round in 0..25 {
        let own = format!("{round} of {index}").into_bytes();
        cx.ok(store.set("key", &own).await)?;
        over.push(core::mem::replace(&mut latest, own));
        for read in 0..3 {
            let clause = if read == 0 {
                "KV-SESSION-1"
            } else {
                "KV-SESSION-2"
            };
            let check = cx.check(clause, "get while several instances write");
            let seen = check.some(store.get("key").await)?;
            let new = !over.contains(&seen);
            check.that(new, "no value that was replaced before", &seen)?;
            if seen != latest {
                over.push(core::mem::replace(&mut latest, seen));
            }
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let check = cx.check("KV-SESSION-2", "get after all writers ended");
    let last = check.some(store.get("key").await)?;
    let of = |index| format!("24 of {index}").into_bytes();
    let own = (0..seen.len()).any(|index| last == of(index));
    check.that(own, "the last value of one of the writers", &last)
}
