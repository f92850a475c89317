use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.stores-apart",
    title: "conditional writes to a key of one store leave the same key of another store alone",
    clauses: ["KV-HANDLE-3", "TYP-VER-2"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let one = cx.store().await?;
    let two = cx.second_store().await?;
    let key = cx.random_text(7);
    let first = cx.ok(cas::create(&one, &key, b"one").await)?;
    let second = cas::create(&two, &key, b"two").await;
    let second = cx
        .check(
            "KV-HANDLE-3",
            "swap that creates the key in the other store",
        )
        .ok(second)?;
    let first = cx.ok(cas::swap(&one, &key, b"one more", &first).await)?;
    let check = cx.check("TYP-VER-2", "current in the store that was not written");
    check.equal(
        &check.entry(cas::current(&two, &key).await, b"two")?,
        &second,
    )?;
    cx.check("KV-HANDLE-3", "delete-if in one store")
        .ok(cas::delete_if(&one, &key, &first).await)?;
    let check = cx.check("TYP-VER-2", "current after delete-if in the other store");
    check.equal(
        &check.entry(cas::current(&two, &key).await, b"two")?,
        &second,
    )?;
    cx.check(
        "KV-HANDLE-3",
        "swap by version in the store that has the key no more",
    )
    .stale(cas::swap(&one, &key, b"x", &second).await, None)?;
    cx.check("KV-HANDLE-3", "get from the other store")
        .value(two.get(&key).await, b"two")
}
