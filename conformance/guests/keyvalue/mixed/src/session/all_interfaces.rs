use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment, expiry};

case! {
    id: "kv.session.all-interfaces",
    title: "a write of any interface is seen at once by the reads of all others",
    clauses: ["KV-SESSION-1", "KV-SESSION-3"],
    requires: ["kv.cas", "kv.batch", "kv.counters", "kv.expiry"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let stores = [cx.store().await?, cx.store().await?];
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    for round in 0..48 {
        let (store, other) = (&stores[round % 2], &stores[(round + 1) % 2]);
        let number = cx.random_below(1000) as i64;
        let text = number.to_string();
        let value = text.as_bytes();
        // What is there, so that each kind of write can come after each other.
        let before = cx.ok(cas::current(store, "key").await)?;
        let kind = cx.random_below(6);
        let expected = match (kind, before) {
            (0, _) => {
                cx.ok(batch::delete_many(store, &["key"]).await)?;
                None
            }
            (1, Some(entry)) => {
                cx.ok(cas::delete_if(store, "key", &entry.version).await)?;
                None
            }
            (2, Some(entry)) => {
                cx.ok(cas::swap(store, "key", value, &entry.version).await)?;
                Some(text.clone())
            }
            (3, _) => {
                cx.ok(expiry::set_expiring(store, "key", value, hour).await)?;
                Some(text.clone())
            }
            (4, _) => Some(cx.ok(increment(store, "key", number).await)?.to_string()),
            _ => {
                cx.ok(batch::set_many(store, &[("key", value)]).await)?;
                Some(text.clone())
            }
        };
        let expected = expected.map(String::into_bytes);
        let read = |clause| cx.check(clause, "read right after a write of another interface");
        let check = read("KV-SESSION-3");
        // Another function comes first in each round.
        for place in 0..5 {
            match (place + round) % 5 {
                0 => {
                    read("KV-SESSION-1").equal(cx.ok(other.get("key").await)?, expected.clone())?
                }
                1 => {
                    let entry = cx.ok(cas::current(other, "key").await)?;
                    check.equal(entry.map(|entry| entry.value), expected.clone())?;
                }
                2 => {
                    let values = batch::get_many(other, &["none", "key"]).await;
                    check.returns(values, vec![None, expected.clone()])?;
                }
                3 => check.returns(other.exists("key").await, expected.is_some())?,
                _ => {
                    let rest = cx.ok(expiry::remaining(other, "key").await)?;
                    check.that(
                        rest.is_some() == expected.is_some(),
                        "what the write left",
                        &rest,
                    )?;
                }
            }
        }
    }
    Ok(())
}
