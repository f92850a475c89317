use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.remaining.permanent",
    title: "a key that was only set is permanent, whatever its value is",
    clauses: ["KV-REMAINING-2"],
    requires: ["kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let large = cx.random_bytes(24_576);
    cx.ok(expiry::set_expiring(&store, "neighbour", b"value", hour).await)?;
    for (key, value) in [
        ("text", &b"value"[..]),
        ("empty", b""),
        ("number", b"60"),
        ("large", &large),
    ] {
        cx.ok(store.set(key, value).await)?;
        let check = cx.check("KV-REMAINING-2", "remaining of a key that was set");
        for _ in 0..2 {
            let rest = check.some(expiry::remaining(&store, key).await)?;
            check.that(matches!(rest, Lifetime::Permanent), "permanent", &rest)?;
        }
    }
    Ok(())
}
