use conformance_kit::prelude::*;

case! {
    /// The writer signals after its write returned; once the signal is seen, the
    /// visibility bound for the write runs.
    actors: 2,
    id: "kv.visible.after-signal",
    title: "while two instances live, each sees the other's writes after the visibility bound",
    clauses: ["KV-VISIBLE-1"],
    timeout_s: 60,
}

const ROUNDS: usize = 8;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("old", b"value").await)
}

/// Waits until the other instance signalled this round.
async fn signalled(cx: &Context, store: &Store, key: &str, round: usize) -> Outcome {
    let limit = cx.visibility_bound() + cx.patience();
    let expected = Some(round.to_string().into_bytes());
    let came = cx
        .wait_until(limit, async || Ok(cx.ok(store.get(key).await)? == expected))
        .await?;
    cx.check("KV-VISIBLE-1", "wait for a signal of another instance")
        .equal(came, true)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let signal = ["from-0", "from-1"];
    for round in 0..ROUNDS {
        let key = format!("key-{round}");
        // They take turns in writing.
        if round % 2 == index as usize {
            cx.ok(store.set("data", key.as_bytes()).await)?;
            cx.ok(store.set(&key, b"").await)?;
            if round > 0 {
                cx.ok(store.delete(&format!("key-{}", round - 1)).await)?;
            }
            cx.ok(store
                .set(signal[index as usize], round.to_string().as_bytes())
                .await)?;
        } else {
            signalled(cx, &store, signal[1 - index as usize], round).await?;
            cx.sleep(cx.visibility_bound()).await;
            let check = |message| cx.check("KV-VISIBLE-1", message);
            check("get after a signal").value(store.get("data").await, key.as_bytes())?;
            check("exists after a signal").returns(store.exists(&key).await, true)?;
            check("list after a signal")
                .keys(&cx.all_keys(&store, "key-", None).await?, &[&key])?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let expected = format!("key-{}", ROUNDS - 1);
    cx.check("KV-VISIBLE-1", "get after both ended")
        .value(store.get("data").await, expected.as_bytes())
}
