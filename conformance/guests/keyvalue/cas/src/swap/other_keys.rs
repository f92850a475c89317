use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// Versions that are kept under a key derived from the key are where two
    /// alike keys meet.
    id: "kv.cas.other-keys",
    title: "conditional writes leave value and version of alike keys as they were",
    clauses: ["KV-KEY-2", "TYP-VER-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const KEYS: &[&str] = &[
    "key",
    "Key",
    "key ",
    "key\0",
    "key/",
    "key:version",
    "k+y",
    "k y",
    "k//y",
    "k/y",
    "\u{2764}",
    "\u{2764}\u{fe0f}",
    "\u{1f468}\u{1f469}",
    "\u{1f468}\u{200d}\u{1f469}",
    "ke",
    "\u{e9}",
    "e\u{301}",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let created = together(
        KEYS.iter()
            .map(|key| cas::create(&store, key, key.as_bytes())),
    )
    .await;
    let mut versions = Vec::new();
    for version in created {
        versions.push(
            cx.check("KV-KEY-2", "swap that creates one of several alike keys")
                .ok(version)?,
        );
    }
    for place in 0..KEYS.len() {
        let key = KEYS[place];
        versions[place] = cx.ok(cas::swap(&store, key, b"new", &versions[place]).await)?;
        if place % 3 < 2 && place + 1 < KEYS.len() {
            continue;
        }
        let now = together(KEYS.iter().map(|key| cx.version(&store, key))).await;
        for (now, version) in now.into_iter().zip(&versions) {
            cx.check("TYP-VER-2", "version of a key while another one is swapped")
                .equal(&now?, version)?;
        }
    }
    for (place, key) in KEYS.iter().enumerate() {
        cx.check("KV-KEY-2", "delete-if of one of several alike keys")
            .ok(cas::delete_if(&store, key, &versions[place]).await)?;
        let left = cx.all_keys(&store, "", None).await?;
        cx.check("KV-KEY-2", "list after delete-if")
            .keys(&left, &KEYS[place + 1..])?;
    }
    Ok(())
}
