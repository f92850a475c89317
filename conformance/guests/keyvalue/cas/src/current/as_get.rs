use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.current.as-get",
    title: "current returns the value that get returns, through every kind of write",
    clauses: ["KV-CURRENT-1", "KV-CURRENT-2", "KV-SESSION-3"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys = ["one", "two", "three"];
    for _ in 0..40 {
        let key = keys[cx.random_below(3) as usize];
        let length = [0, 1, 10, 5000][cx.random_below(4) as usize];
        let value = cx.random_bytes(length);
        let known = cx.ok(cas::current(&store, key).await)?;
        let mut written = None;
        match (cx.random_below(4), &known) {
            (0, _) => {
                cx.ok(store.delete(key).await)?;
                cx.check("KV-SESSION-3", "current right after delete")
                    .none(cas::current(&store, key).await)?;
                continue;
            }
            (1, Some(entry)) => {
                let swap = cas::swap(&store, key, &value, &entry.version).await;
                written = Some(
                    cx.check("KV-CURRENT-2", "swap by the version of current")
                        .ok(swap)?,
                );
            }
            (1, None) => {
                written = Some(cx.ok(cas::create(&store, key, &value).await)?);
            }
            _ => cx.ok(store.set(key, &value).await)?,
        }
        let check = cx.check("KV-SESSION-3", "current right after a write");
        let version = check.entry(cas::current(&store, key).await, &value)?;
        if let Some(written) = written {
            cx.check(
                "KV-CURRENT-2",
                "compare with the version that swap returned",
            )
            .equal(&version, &written)?;
        }
        cx.check("KV-CURRENT-1", "get beside current")
            .value(store.get(key).await, &value)?;
    }
    Ok(())
}
