use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.read-back",
    title: "after every swap and delete-if all functions and handles agree on the key",
    clauses: ["KV-SESSION-1", "KV-SESSION-3", "KV-HANDLE-1"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

/// What every read has to say about `key` now.
async fn agree(
    cx: &Context,
    stores: [&keyvalue::Store; 2],
    key: &str,
    value: Option<&[u8]>,
) -> Outcome {
    for store in stores {
        let entry = cx
            .check("KV-SESSION-3", "current after a conditional write")
            .ok(cas::current(store, key).await)?;
        cx.check("KV-SESSION-3", "compare the value of current")
            .equal(entry.map(|entry| entry.value), value.map(<[u8]>::to_vec))?;
        let got = cx.ok(store.get(key).await)?;
        cx.check("KV-SESSION-1", "get after a conditional write")
            .equal(got, value.map(<[u8]>::to_vec))?;
        cx.check("KV-SESSION-3", "exists after a conditional write")
            .returns(store.exists(key).await, value.is_some())?;
        let expected: Vec<&str> = value.iter().map(|_| key).collect();
        let listed = cx.all_keys(store, key, None).await?;
        cx.check("KV-SESSION-3", "list after a conditional write")
            .keys(&listed, &expected)?;
        let (streamed, end) = store.keys(key).collect().await;
        cx.ok(end)?;
        cx.check("KV-SESSION-3", "keys after a conditional write")
            .keys(&streamed, &expected)?;
    }
    Ok(())
}

async fn run(cx: &Context) -> Outcome {
    let one = cx.store().await?;
    let two = cx.store().await?;
    let key = cx.random_text(8);
    let stores = [&one, &two];
    for round in 0..3 {
        let value = cx.random_bytes(round + 1);
        let version = cx.ok(cas::create(stores[round % 2], &key, &value).await)?;
        agree(cx, stores, &key, Some(&value)).await?;
        let value = cx.random_bytes(round);
        // Through the other handle than the one that returned the version.
        let other = stores[(round + 1) % 2];
        let swapped = cas::swap(other, &key, &value, &version).await;
        let version = cx
            .check("KV-HANDLE-1", "swap through another handle")
            .ok(swapped)?;
        agree(cx, stores, &key, Some(&value)).await?;
        cx.check("KV-HANDLE-1", "delete-if through another handle")
            .ok(cas::delete_if(stores[round % 2], &key, &version).await)?;
        agree(cx, stores, &key, None).await?;
    }
    Ok(())
}
