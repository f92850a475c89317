use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    /// Either order of the two is right; a number read before and written after
    /// the other call is not.
    id: "kv.counters.race.with-writes",
    title: "an increment beside a set or a delete in flight takes effect wholly before or after it",
    clauses: ["KV-INCR-1", "KV-INCR-2", "KV-INCR-8"],
    requires: ["kv.counters"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..48 {
        let key = format!("counter-{}", round % 5);
        cx.ok(store.set(&key, b"10").await)?;
        let deletes = round % 3 == 0;
        let write = async {
            if deletes {
                store.delete(&key).await
            } else {
                store.set(&key, b"1000").await
            }
        };
        let add = increment(&store, &key, 5);
        let (written, sum) = if round % 2 == 0 {
            both(write, add).await
        } else {
            let (sum, written) = both(add, write).await;
            (written, sum)
        };
        cx.ok(written)?;
        let sum = cx
            .check("KV-INCR-1", "increment beside another write")
            .ok(sum)?;
        let value = cx.ok(store.get(&key).await)?;
        let end = value
            .as_deref()
            .map(|value| String::from_utf8_lossy(value).into_owned());
        let (clause, right) = match (deletes, sum) {
            (true, 15) => ("KV-INCR-2", end.is_none()),
            (true, 5) => ("KV-INCR-2", end.as_deref() == Some("5")),
            (false, 15) => ("KV-INCR-8", end.as_deref() == Some("1000")),
            (false, 1005) => ("KV-INCR-8", end.as_deref() == Some("1005")),
            (_, sum) => {
                return Err(cx
                    .check("KV-INCR-1", "look at the sum")
                    .failed("a sum of either order", &sum));
            }
        };
        cx.check(clause, "get after both")
            .that(right, "what the order of the sum leaves", &end)?;
    }
    Ok(())
}
