use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    /// A stated limit is no use if the binding does not reach it: an application
    /// that stays within the portable bounds runs everywhere.
    id: "types.limits.floor",
    title: "a guest that stays within the portable bounds is never told that it went too far",
    clauses: ["TYP-LIMIT-2", "TYP-FEAT-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key = cx.random_text(512);
    let value = cx.random_bytes(24_576);
    let check = cx.check("TYP-LIMIT-2", "stay within the portable bounds");
    check.ok(store.set(&key, &value).await)?;
    check.value(store.get(&key).await, &value)?;
    check.keys(&cx.all_keys(&store, &key, Some(1)).await?, &[&key])?;
    if cx.declares("kv.batch") {
        let keys: Vec<String> = (0..25).map(|n| format!("{n:02}{}", &key[..510])).collect();
        let entries: Vec<(&String, &[u8])> = keys.iter().map(|key| (key, &value[..256])).collect();
        check.ok(batch::set_many(&store, &entries).await)?;
        let values = check.ok(batch::get_many(&store, &keys).await)?;
        cx.check("TYP-FEAT-3", "get-many of 25 keys")
            .equal(values, vec![Some(value[..256].to_vec()); 25])?;
        check.ok(batch::delete_many(&store, &keys).await)?;
    }
    Ok(())
}
