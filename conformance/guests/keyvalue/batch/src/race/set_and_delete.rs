use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    actors: 4,
    id: "kv.batch.race.set-and-delete",
    title: "keys that some instances write and others delete are absent or hold a whole value",
    clauses: ["KV-VALUE-4", "KV-GETMANY-2"],
    requires: ["kv.batch"],
}

fn names() -> Vec<String> {
    (0..15).map(|number| format!("key-{number}")).collect()
}

fn value(key: &str, round: u32) -> Vec<u8> {
    format!("{key}, {round};").repeat(60).into_bytes()
}

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let names = names();
    for round in 0..12 {
        if index % 2 == 0 {
            let items: Vec<_> = names.iter().map(|key| (key, value(key, round))).collect();
            cx.ok(batch::set_many(&store, &items).await)?;
        } else {
            cx.ok(batch::delete_many(&store, &names).await)?;
        }
        let values = cx.ok(batch::get_many(&store, &names).await)?;
        for (key, read) in names.iter().zip(&values) {
            let whole = |read: &Vec<u8>| (0..12).any(|round| *read == value(key, round));
            cx.check("KV-VALUE-4", "get-many while others write and delete")
                .that(
                    read.as_ref().is_none_or(whole),
                    "none or the value of one write",
                    read,
                )?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let names = names();
    let values = cx.ok(batch::get_many(&store, &names).await)?;
    let listed = cx.all_keys(&store, "", None).await?;
    for (key, by_batch) in names.iter().zip(values) {
        let check = cx.check(
            "KV-GETMANY-2",
            "compare get-many, get and list after all batches",
        );
        check.equal(listed.contains(key), by_batch.is_some())?;
        check.returns(store.get(key).await, by_batch)?;
    }
    Ok(())
}
