use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};
use keyvalue::{batch, cas, counters::increment};

case! {
    /// A lifetime that is kept beside the value survives it.
    id: "kv.expiry.deleted.any-way",
    title: "a key that any function deleted comes back without the lifetime it had",
    clauses: ["KV-EXPIRY-4", "KV-EXPIRY-6", "KV-REMAINING-1", "KV-INCR-2"],
    requires: ["kv.cas", "kv.batch", "kv.counters", "kv.expiry"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    for delete in 0..3 {
        for create in 0..4 {
            let key = format!("key-{delete}-{create}");
            cx.ok(expiry::set_expiring(&store, &key, b"1", hour).await)?;
            match delete {
                0 => cx.ok(store.delete(&key).await)?,
                1 => cx.ok(batch::delete_many(&store, &[&key]).await)?,
                _ => {
                    let version = cx.version(&store, &key).await?;
                    cx.ok(cas::delete_if(&store, &key, &version).await)?;
                }
            }
            cx.check("KV-REMAINING-1", "remaining of a deleted key")
                .none(expiry::remaining(&store, &key).await)?;
            match create {
                0 => cx.ok(store.set(&key, b"1").await)?,
                1 => cx.ok(batch::set_many(&store, &[(&key, b"1")]).await)?,
                2 => drop(cx.ok(cas::create(&store, &key, b"1").await)?),
                _ => cx
                    .check("KV-INCR-2", "increment of a deleted key")
                    .returns(increment(&store, &key, 1).await, 1)?,
            }
            let rest = cx.ok(expiry::remaining(&store, &key).await)?;
            let clause = if create < 3 {
                "KV-EXPIRY-4"
            } else {
                "KV-INCR-2"
            };
            cx.check(clause, "remaining of a key that was created again")
                .that(
                    matches!(rest, Some(Lifetime::Permanent)),
                    "permanent",
                    &rest,
                )?;
            cx.check("KV-EXPIRY-6", "get of a key that was created again")
                .value(store.get(&key).await, b"1")?;
        }
    }
    Ok(())
}
