use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.delete-if.absent",
    title: "delete-if of an absent key returns none, whatever the version",
    clauses: ["KV-DELETE-IF-3", "KV-CAS-4"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let version = cx.ok(cas::create(&store, "deleted", b"value").await)?;
    cx.ok(store.delete("deleted").await)?;
    let present = cx.ok(cas::create(&store, "present", b"value").await)?;
    for key in ["deleted", "never-written", "presen", "present/"] {
        for version in [&version, &present, "", "0", "unknown", &"v".repeat(300)] {
            cx.check("KV-DELETE-IF-3", "delete-if of an absent key")
                .stale(cas::delete_if(&store, key, version).await, None)?;
        }
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-CAS-4", "list after stale calls")
        .keys(&listed, &["present"])?;
    cx.check("KV-CAS-4", "get after stale calls")
        .value(store.get("present").await, b"value")
}
