use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment, expiry};

case! {
    /// Each writer has a key of its own and a function of its own.
    actors: 8,
    id: "kv.race.never-absent-extended",
    title: "keys that set, swap, set-many, increment and set-expiring overwrite again and again are present all the time",
    clauses: ["KV-GET-1", "KV-EXISTS-1", "KV-LIST-1", "KV-KEYS-1", "KV-GETMANY-2", "KV-CURRENT-1"],
    requires: ["kv.cas", "kv.batch", "kv.counters", "kv.expiry"],
    timeout_s: 60,
}

const KEYS: [&str; 5] = [
    "by-set",
    "by-swap",
    "by-set-many",
    "by-increment",
    "by-set-expiring",
];

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for key in KEYS {
        cx.ok(store.set(key, b"0").await)?;
    }
    Ok(())
}

async fn write(cx: &Context, index: u32, store: &Store, key: &str) -> Outcome {
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let mut version = cx.version(store, key).await?;
    cx.rounds(index, 40, async |_| {
        match key {
            "by-set" => cx.ok(store.set(key, b"0").await)?,
            "by-swap" => version = cx.ok(cas::swap(store, key, b"0", &version).await)?,
            "by-set-many" => cx.ok(batch::set_many(store, &[(key, b"0")]).await)?,
            "by-increment" => drop(cx.ok(increment(store, key, 1).await)?),
            _ => cx.ok(expiry::set_expiring(store, key, b"0", hour).await)?,
        }
        Ok(())
    })
    .await
}

async fn read(cx: &Context, index: u32, store: &Store) -> Outcome {
    cx.rounds(index, 20, async |round| {
        let listed = cx.all_keys(store, "by-", None).await?;
        cx.check("KV-LIST-1", "list keys that others overwrite")
            .keys(&listed, &KEYS)?;
        let (streamed, end) = store.keys("by-").collect().await;
        let check = cx.check("KV-KEYS-1", "stream keys that others overwrite");
        check.ok(end)?;
        check.keys(&streamed, &KEYS)?;
        let values = cx
            .check("KV-GETMANY-2", "get-many of keys that others overwrite")
            .ok(batch::get_many(store, &KEYS).await)?;
        cx.check("KV-GETMANY-2", "get-many of keys that others overwrite")
            .that(
                values.iter().all(Option::is_some),
                "a value of each",
                &values,
            )?;
        let key = KEYS[round % KEYS.len()];
        cx.check("KV-EXISTS-1", "exists of a key that another overwrites")
            .returns(store.exists(key).await, true)?;
        cx.check("KV-GET-1", "get of a key that another overwrites")
            .some(store.get(key).await)?;
        cx.check("KV-CURRENT-1", "current of a key that another overwrites")
            .some(cas::current(store, key).await)
            .map(drop)
    })
    .await
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    match KEYS.get(index as usize) {
        Some(key) => write(cx, index, &store, key).await?,
        None => read(cx, index, &store).await?,
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let listed = cx.all_keys(&store, "by-", None).await?;
    cx.check("KV-LIST-1", "list after all writers ended")
        .keys(&listed, &KEYS)
}
