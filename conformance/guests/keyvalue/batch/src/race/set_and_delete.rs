use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    actors: 5,
    id: "kv.batch.race.set-and-delete",
    title: "keys that some instances write and others delete are absent or hold a whole value",
    clauses: ["KV-VALUE-4", "KV-GETMANY-2"],
    requires: ["kv.batch"],
}

fn names() -> Vec<String> {
    (0..15).map(|number| format!("key-{number}")).collect()
}

const ROUNDS: usize = 12;
/// The actors that write.
const WRITERS: [u32; 2] = [0, 2];
/// The one that deletes; the others read, again and again.
const DELETER: u32 = 1;
const READS: u32 = 5;

fn value(key: &str, writer: u32, round: usize) -> Vec<u8> {
    format!("{key}, {writer}, {round};").repeat(60).into_bytes()
}

fn is_whole(key: &str, read: &[u8]) -> bool {
    WRITERS
        .into_iter()
        .any(|writer| (0..ROUNDS).any(|round| read == value(key, writer, round)))
}

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let names = names();
    cx.rounds(index, ROUNDS, async |round| {
        if WRITERS.contains(&index) {
            let value = |key| value(key, index, round % ROUNDS);
            let items: Vec<_> = names.iter().map(|key| (key, value(key))).collect();
            cx.ok(batch::set_many(&store, &items).await)?;
        } else if index == DELETER {
            cx.ok(batch::delete_many(&store, &names).await)?;
        }
        for _ in 0..READS {
            all_whole(cx, &store, &names).await?;
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn all_whole(cx: &Context, store: &Store, names: &[String]) -> Outcome {
    let values = cx.ok(batch::get_many(store, names).await)?;
    for (key, read) in names.iter().zip(&values) {
        cx.check("KV-VALUE-4", "get-many while others write and delete")
            .that(
                read.as_ref().is_none_or(|read| is_whole(key, read)),
                "none or the value of one write",
                read,
            )?;
    }
    Ok(())
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
