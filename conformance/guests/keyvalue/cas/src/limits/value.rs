use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.value.limit",
    title: "swap accepts a value of the greatest size and refuses one more byte, changing nothing",
    clauses: ["KV-VALUE-1", "KV-VALUE-2", "TYP-ERR-6", "TYP-VER-2"],
    requires: ["kv.cas"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = cx.small_limit("kv.value.max-bytes")? else {
        return Ok(());
    };
    let version = cx.ok(cas::create(&store, "key", b"small").await)?;
    let mut value = vec![b'v'; limit];
    value[..16].copy_from_slice(&cx.random_bytes(16));
    let created = cas::create(&store, "large", &value).await;
    let check = cx.check("KV-VALUE-1", "swap to a value of the greatest size");
    check.ok(created)?;
    check.entry(cas::current(&store, "large").await, &value)?;
    value.push(0);
    let too_large = Kind::TooLarge(limit as u64);
    let check = cx.check("KV-VALUE-2", "swap to a value of one byte more");
    check.fails(cas::swap(&store, "key", &value, &version).await, too_large)?;
    check.fails(cas::create(&store, "new", &value).await, too_large)?;
    cx.check("TYP-ERR-6", "exists after a refused swap")
        .returns(store.exists("new").await, false)?;
    let check = cx.check("TYP-VER-2", "current after a refused swap");
    let current = check.entry(cas::current(&store, "key").await, b"small")?;
    check.equal(current, version)
}
