use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    actors: 4,
    id: "kv.expiry.race.instances",
    title: "instances that set one key, with and without an end, leave value and lifetime of one of them",
    clauses: ["KV-SETEXP-1", "KV-EXPIRY-4", "KV-REMAINING-3"],
    requires: ["kv.expiry"],
    timeout_s: 60,
}

const ACTORS: usize = 4;
const KEYS: usize = 16;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// The first sets keys to stay, the others to end after hours of their own.
fn hours(cx: &Context, index: u32) -> Result<Duration, Stop> {
    Ok(cx.ttl_limits()?.ttl(3_600_000 * u64::from(index)))
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.meet("begun", index).await?;
    // Each starts elsewhere: in one order, the slowest would have the last word.
    let first = index as usize * (KEYS / ACTORS);
    for number in (0..KEYS).map(|number| (first + number) % KEYS) {
        let key = format!("key-{number}");
        let value = index.to_string();
        if index == 0 {
            cx.ok(store.set(&key, value.as_bytes()).await)?;
        } else {
            let ttl = hours(cx, index)?;
            cx.ok(expiry::set_expiring(&store, &key, value.as_bytes(), ttl).await)?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let lateness = cx.ttl_limits()?.lateness;
    for number in 0..KEYS {
        let key = format!("key-{number}");
        let check = cx.check("KV-SETEXP-1", "read after all writes");
        let value = check.some(store.get(&key).await)?;
        let rest = check.some(expiry::remaining(&store, &key).await)?;
        let index: u32 = String::from_utf8_lossy(&value).parse().unwrap_or(99);
        check.that(index < 4, "what one instance wrote", &value)?;
        if index == 0 {
            cx.check("KV-EXPIRY-4", "remaining of a key that was set last")
                .that(matches!(rest, Lifetime::Permanent), "permanent", &rest)?;
        } else {
            // Nobody needs a quarter of an hour for these writes.
            let whole = hours(cx, index)?;
            let fits = |rest| rest <= whole + lateness && rest + lateness + whole / 4 >= whole;
            cx.check(
                "KV-REMAINING-3",
                "remaining of a key that was set to end last",
            )
            .that(
                matches!(rest, Lifetime::Remaining(rest) if fits(Duration::from_nanos(rest))),
                "the time to live that came with the value",
                &rest,
            )?;
        }
    }
    Ok(())
}
