use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.keys",
    title: "counters under alike, unusual and longest keys are kept apart",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-KEY-3"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut keys: Vec<String> = [
        "key",
        "Key",
        "key ",
        "key\0",
        "key/",
        "ke",
        "key:counter",
        "k+y",
        "k y",
        "k//y",
        "k/y",
        "\u{2764}",
        "\u{2764}\u{fe0f}",
        "\u{1f468}\u{1f469}",
        "\u{1f468}\u{200d}\u{1f469}",
        "\u{e9}",
        "e\u{301}",
        "\0",
        "/",
        "..",
        "a/../b",
        "*",
        "%",
        "[k]",
        "\\",
        "{key}",
        "\n",
        "\u{1f980}",
        "1",
        "01",
        "-1",
        "__proto__",
    ]
    .map(str::to_owned)
    .to_vec();
    let longest = cx.small_limit("kv.key.max-bytes")?.unwrap_or(512);
    let long = cx.random_text(longest - 1);
    keys.extend([[&long, "a"].concat(), [&long, "b"].concat(), long]);
    let start = cx.random_below(1000) as i64;
    let calls = keys
        .iter()
        .zip(start..)
        .map(|(key, delta)| increment(&store, key, delta));
    for (returned, delta) in together(calls).await.into_iter().zip(start..) {
        let sum = cx
            .check("KV-KEY-1", "increment under an unusual key")
            .ok(returned)?;
        cx.check(
            "KV-KEY-2",
            "first increment under one of several alike keys",
        )
        .equal(sum, delta)?;
    }
    for (key, number) in keys.iter().zip(start..) {
        cx.check("KV-KEY-2", "increment under one of several alike keys")
            .returns(increment(&store, key, 1).await, number + 1)?;
        cx.check("KV-KEY-2", "get of each counter")
            .value(store.get(key).await, (number + 1).to_string().as_bytes())?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-KEY-3", "list the counters")
        .keys(&listed, &keys)
}
