use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};
use keyvalue::expiry::{self, Lifetime};
use keyvalue::{batch, counters::increment};

case! {
    /// Whichever comes first, the other write decides the end: before the swap it
    /// makes the version an old one, after it it writes over the swap.
    id: "kv.cas.race.against-all",
    title: "a swap in flight beside a write of another interface never overwrites it unseen",
    clauses: ["KV-CAS-1", "KV-CAS-3", "KV-INCR-8"],
    requires: ["kv.cas", "kv.batch", "kv.counters", "kv.expiry"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);
    for round in 0..64 {
        let key = format!("key-{}", round % 3);
        cx.ok(store.set(&key, b"10").await)?;
        let old = cx.version(&store, &key).await?;
        let kind = round % 4;
        let write = async {
            match kind {
                0 => cx.ok(batch::set_many(&store, &[(&key, b"2")]).await),
                1 => cx.ok(expiry::set_expiring(&store, &key, b"3", hour).await),
                2 => cx.ok(batch::delete_many(&store, &[&key]).await),
                _ => cx.ok(increment(&store, &key, 5).await).map(drop),
            }
        };
        let swap = cas::swap(&store, &key, b"100", &old);
        let (written, swapped) = if round % 8 < 4 {
            both(write, swap).await
        } else {
            let (swapped, written) = both(swap, write).await;
            (written, swapped)
        };
        written?;
        let swapped = match swapped {
            Ok(_) => true,
            Err(SwapError::Stale(_)) => false,
            Err(error) => return cx.ok(Err(error)),
        };
        let value = store.get(&key).await;
        let check = cx.check("KV-CAS-1", "get after a swap and another write");
        match kind {
            0 => check.value(value, b"2")?,
            1 => check.value(value, b"3")?,
            2 => check.none(value)?,
            _ => cx
                .check("KV-INCR-8", "get after a swap and an increment")
                .value(value, if swapped { b"105" } else { b"15" })?,
        }
        let rest = cx.ok(expiry::remaining(&store, &key).await)?;
        let lasting = matches!(rest, None | Some(Lifetime::Permanent));
        check.that(
            lasting != (kind == 1),
            "the lifetime of the last write",
            &rest,
        )?;
        if let Err(SwapError::Stale(_)) = cas::swap(&store, &key, b"lost", &old).await {
            continue;
        }
        return Err(cx
            .check("KV-CAS-3", "swap by the version before both")
            .failed("stale", "no stale"));
    }
    Ok(())
}
