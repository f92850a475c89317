use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.version.foreign",
    title: "texts that were never issued are versions that the key does not have",
    clauses: ["TYP-VER-4", "KV-CAS-4"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const STRANGE: &[&str] = &[
    "",
    " ",
    "0",
    "1",
    "2",
    "-1",
    "00",
    "1.0",
    "1e0",
    "null",
    "none",
    "absent",
    "*",
    "any",
    "latest",
    "\"1\"",
    "W/\"1\"",
    "\0",
    "\n",
    "{}",
    "'; --",
    "../..",
    "\u{fc}\u{1f980}",
    "18446744073709551615",
    "18446744073709551616",
    "ffffffffffffffffffffffffffffffff",
    "00000000-0000-0000-0000-000000000000",
];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let version = cx.ok(cas::create(&store, "key", b"value").await)?;
    let mut texts: Vec<String> = STRANGE.iter().map(|text| (*text).to_owned()).collect();
    for length in [1, 8, 16, 32, 256, 257, 300, 5000] {
        texts.push(cx.random_text(length));
    }
    texts.retain(|text| *text != version);
    let check = cx.check("TYP-VER-4", "call with a version that was never issued");
    for text in &texts {
        check.stale(cas::swap(&store, "key", b"new", text).await, Some(b"value"))?;
        check.stale(cas::delete_if(&store, "key", text).await, Some(b"value"))?;
        check.stale(cas::swap(&store, "absent", b"new", text).await, None)?;
    }
    let check = cx.check("KV-CAS-4", "current after stale calls");
    check.equal(
        check.entry(cas::current(&store, "key").await, b"value")?,
        version,
    )?;
    cx.check("KV-CAS-4", "exists after stale calls")
        .returns(store.exists("absent").await, false)
}
