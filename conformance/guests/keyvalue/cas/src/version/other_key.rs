use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// Two keys, or two stores, may happen to have the same text as a version;
    /// where they do not, the one is foreign to the other.
    id: "kv.version.other-key",
    title: "the version of another key or of another store is not the version of this one",
    clauses: ["TYP-VER-4", "KV-CAS-4"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = cx.second_store().await?;
    for round in 0..5 {
        let key = format!("key-{round}");
        let mine = cx.ok(cas::create(&store, &key, b"value").await)?;
        let neighbour = cx.ok(cas::create(&store, &format!("{key}0"), b"value").await)?;
        let elsewhere = cx.ok(cas::create(&other, &key, b"value").await)?;
        let newer = cx.ok(cas::swap(&other, &key, b"value", &elsewhere).await)?;
        let foreign = [neighbour, elsewhere, newer];
        for version in foreign.iter().filter(|version| **version != mine) {
            let check = cx.check("TYP-VER-4", "call with a version of another item");
            check.stale(
                cas::swap(&store, &key, b"new", version).await,
                Some(b"value"),
            )?;
            check.stale(cas::delete_if(&store, &key, version).await, Some(b"value"))?;
        }
        let same = foreign.iter().filter(|version| **version == mine).count();
        if same > 0 {
            cx.note(format!("{same} of 3 other items have the same version"));
        }
        let check = cx.check("KV-CAS-4", "current after stale calls");
        check.equal(
            check.entry(cas::current(&store, &key).await, b"value")?,
            mine,
        )?;
    }
    Ok(())
}
