use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.any-key",
    title: "all functions of cas work for keys with unusual characters and of the greatest length",
    clauses: ["KV-KEY-1", "KV-KEY-3", "KV-SWAP-1", "KV-SWAP-2", "KV-DELETE-IF-1", "TYP-VER-3"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys: Vec<String> = [
        "/",
        "..",
        "a/../b",
        "\\",
        "%2F",
        "*",
        "?",
        "[a]",
        "{a}",
        "\0",
        "a\0b",
        "\u{1}\u{7f}",
        "\n",
        "'\"",
        "$key",
        "\u{1f980}\u{200d}\u{1f680}",
        "\u{202e}abc",
        " ",
        "__proto__",
        "nul",
        "-1",
    ]
    .map(str::to_owned)
    .to_vec();
    let longest = cx.small_limit("kv.key.max-bytes")?.unwrap_or(512);
    keys.push(cx.random_text(longest));
    keys.push("\u{1f980}".repeat(longest / 4));
    for key in &keys {
        let created = cas::create(&store, key, b"first").await;
        let version = cx
            .check("KV-KEY-1", "swap that creates an unusual key")
            .ok(created)?;
        cx.check("TYP-VER-3", "measure a version").that(
            (1..=256).contains(&version.len()),
            "1 to 256 bytes",
            &version.len(),
        )?;
        cx.check("KV-SWAP-1", "get of the created key")
            .value(store.get(key).await, b"first")?;
        let swapped = cas::swap(&store, key, b"second", &version).await;
        let version = cx.check("KV-SWAP-2", "swap by version").ok(swapped)?;
        let check = cx.check("KV-KEY-3", "current of an unusual key");
        let current = check.entry(cas::current(&store, key).await, b"second")?;
        check.equal(current, version)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-KEY-3", "list unusual keys")
        .keys(&listed, &keys)?;
    for key in &keys {
        let version = cx.version(&store, key).await?;
        cx.check("KV-DELETE-IF-1", "delete-if of an unusual key")
            .ok(cas::delete_if(&store, key, &version).await)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-DELETE-IF-1", "list after all were deleted")
        .keys::<&str>(&listed, &[])
}
