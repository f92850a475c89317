use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// A provider that cuts long keys would find the key that is as long as is
    /// allowed.
    id: "kv.cas.key.too-long",
    title: "every function of cas refuses a key beyond the limit with the limit",
    clauses: ["KV-KEY-5", "TYP-ERR-6"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = cx.small_limit("kv.key.max-bytes")? else {
        return Ok(());
    };
    let too_large = Kind::TooLarge(limit as u64);
    let longest = cx.random_text(limit);
    let version = cx.ok(cas::create(&store, &longest, b"value").await)?;
    // One byte more, in bytes and in characters of several bytes.
    let many = "\u{e9}".repeat(limit / 2) + if limit % 2 == 0 { "x" } else { "\u{e9}" };
    for key in [[&longest, "x"].concat(), many, "k".repeat(limit * 2)] {
        let check = cx.check("KV-KEY-5", "call with a key beyond the limit");
        check.fails(cas::current(&store, &key).await, too_large)?;
        check.fails(cas::create(&store, &key, b"new").await, too_large)?;
        check.fails(cas::swap(&store, &key, b"new", &version).await, too_large)?;
        check.fails(cas::delete_if(&store, &key, &version).await, too_large)?;
        check.fails(cas::delete_if(&store, &key, "").await, too_large)?;
    }
    cx.check("TYP-ERR-6", "current after refused calls")
        .entry(cas::current(&store, &longest).await, b"value")?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-ERR-6", "list after refused calls")
        .keys(&listed, &[longest])
}
