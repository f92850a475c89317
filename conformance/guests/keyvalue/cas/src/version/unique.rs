use std::collections::BTreeSet;

use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// More writes than a byte can count.
    id: "kv.version.unique",
    title: "no version of a key comes twice in 270 writes of all kinds, deletions between them",
    clauses: ["TYP-VER-1", "TYP-VER-3"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut seen = BTreeSet::new();
    let mut last: Option<String> = None;
    for _ in 0..270 {
        let value = cx.random_bytes(cx.random_below(3) as usize);
        let version = match (&last, cx.random_below(20)) {
            (Some(version), 0) => {
                cx.ok(cas::delete_if(&store, "key", version).await)?;
                cx.ok(cas::create(&store, "key", &value).await)?
            }
            (Some(_), 1) => {
                cx.ok(store.delete("key").await)?;
                cx.ok(cas::create(&store, "key", &value).await)?
            }
            (Some(_), 2) => {
                cx.ok(store.set("key", &value).await)?;
                cx.version(&store, "key").await?
            }
            (Some(version), _) => cx.ok(cas::swap(&store, "key", &value, version).await)?,
            (None, _) => cx.ok(cas::create(&store, "key", &value).await)?,
        };
        cx.check("TYP-VER-3", "measure a version").that(
            (1..=256).contains(&version.len()),
            "1 to 256 bytes",
            &version,
        )?;
        cx.check("TYP-VER-1", "compare with all versions before")
            .that(seen.insert(version.clone()), "a new version", &version)?;
        last = Some(version);
    }
    Ok(())
}
