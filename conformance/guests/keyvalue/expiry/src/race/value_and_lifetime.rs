use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    /// A lifetime that is set in a second step can end up on the value of
    /// another write.
    id: "kv.expiry.race.set",
    title: "a set and a set-expiring in flight at a time leave value and lifetime of one of them",
    clauses: ["KV-SETEXP-1", "KV-EXPIRY-4", "KV-EXPIRY-6"],
    requires: ["kv.expiry"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    let (mut permanent, mut ending) = (0_u32, 0_u32);
    for round in 0..48 {
        let key = format!("key-{}", round % 5);
        if round % 3 == 0 {
            cx.ok(store.delete(&key).await)?;
        }
        let set = store.set(&key, b"permanent");
        let expire = expiry::set_expiring(&store, &key, b"ending", hour);
        let (one, two) = if round % 2 == 0 {
            both(set, expire).await
        } else {
            both(expire, set).await
        };
        cx.ok(one)?;
        cx.ok(two)?;
        let check = cx.check("KV-SETEXP-1", "read after a set and a set-expiring");
        let value = check.some(store.get(&key).await)?;
        let rest = check.some(expiry::remaining(&store, &key).await)?;
        if value == b"ending" {
            ending += 1;
            check.that(matches!(rest, Lifetime::Remaining(_)), "an end", &rest)?;
        } else {
            permanent += 1;
            cx.check("KV-EXPIRY-6", "read what a set beside set-expiring wrote")
                .bytes(&value, b"permanent")?;
            cx.check("KV-EXPIRY-4", "remaining after a set beside set-expiring")
                .that(matches!(rest, Lifetime::Permanent), "permanent", &rest)?;
        }
    }
    cx.note(format!(
        "{permanent} times set came last, {ending} times set-expiring"
    ));
    Ok(())
}
