use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.session",
    title: "every read after set-expiring, set or delete sees it, its lifetime included",
    clauses: ["KV-SESSION-1", "KV-SESSION-3", "KV-EXPIRY-4"],
    requires: ["kv.expiry"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let stores = [cx.store().await?, cx.store().await?];
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    for round in 0..36 {
        let (store, other) = (&stores[round % 2], &stores[(round + 1) % 2]);
        let key = format!("key-{}", cx.random_below(3));
        let value = cx.random_bytes(cx.random_below(9) as usize);
        let kind = cx.random_below(5);
        match kind {
            0 => cx.ok(store.delete(&key).await)?,
            1 | 2 => cx.ok(store.set(&key, &value).await)?,
            _ => cx.ok(expiry::set_expiring(store, &key, &value, hour).await)?,
        }
        let present = kind > 0;
        let rest = cx.ok(expiry::remaining(other, &key).await)?;
        let right = match &rest {
            None => !present,
            Some(Lifetime::Permanent) => kind == 1 || kind == 2,
            Some(Lifetime::Remaining(_)) => kind > 2,
        };
        cx.check("KV-EXPIRY-4", "remaining right after a write")
            .that(right, "the lifetime that the write gave", &rest)?;
        let got = cx.ok(other.get(&key).await)?;
        cx.check("KV-SESSION-1", "get right after a write")
            .equal(got, present.then_some(value))?;
        cx.check("KV-SESSION-3", "exists right after a write")
            .returns(other.exists(&key).await, present)?;
        let listed = cx.all_keys(other, &key, None).await?;
        cx.check("KV-SESSION-3", "list right after a write")
            .equal(listed.len(), usize::from(present))?;
    }
    Ok(())
}
