use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment, expiry};

case! {
    id: "kv.error.text.extended",
    title: "no error of cas, counters, batch or expiry repeats what the guest wrote or tells where the data is",
    clauses: ["TYP-ERR-2"],
    requires: ["kv.cas", "kv.counters", "kv.batch", "kv.expiry"],
}

fn clean<T, E: Failing>(cx: &Context, result: Result<T, E>, own: &[&str]) -> Outcome {
    cx.check("TYP-ERR-2", "read the text of an error")
        .tells_nothing(result, own)
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (key, value) = (cx.random_text(14), cx.random_text(15));
    let (other, version) = (cx.random_text(16), cx.random_text(17));
    let own = [key.as_str(), &value, &other, &version];
    let bytes = value.as_bytes();
    cx.ok(store.set(&key, bytes).await)?;
    let hour = cx.ttl_limits()?.ttl(3_600_000);

    for key in [&key, &other] {
        let zero = expiry::set_expiring(&store, key, bytes, Duration::ZERO).await;
        clean(cx, zero, &own)?;
    }
    clean(
        cx,
        expiry::set_expiring(&store, "", bytes, hour).await,
        &own,
    )?;
    clean(cx, expiry::remaining(&store, "").await, &own)?;
    clean(cx, increment(&store, &key, 1).await, &own)?;
    clean(cx, increment(&store, "", 1).await, &own)?;
    clean(cx, cas::create(&store, "", bytes).await, &own)?;
    clean(cx, cas::swap(&store, "", bytes, &version).await, &own)?;
    clean(cx, cas::delete_if(&store, "", &version).await, &own)?;
    clean(cx, cas::current(&store, "").await, &own)?;
    for entries in [
        [(key.as_str(), bytes), (&key, bytes)],
        [(other.as_str(), bytes), ("", bytes)],
    ] {
        clean(cx, batch::set_many(&store, &entries).await, &own)?;
    }
    clean(cx, batch::get_many(&store, &[&key, ""]).await, &own)?;
    clean(cx, batch::delete_many(&store, &[&other, ""]).await, &own)
}
