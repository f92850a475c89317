use conformance_kit::prelude::*;
use keyvalue::expiry;

case! {
    /// Asks until shortly before the end; an answer that comes after it says
    /// nothing and ends the case.
    id: "kv.expiry.not-early",
    title: "every function finds a key until its time to live has passed",
    clauses: ["KV-EXPIRY-1"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let span = cx
        .expiring(&store, "key", b"value", cx.ttl_limits()?.ttl(150))
        .await?;
    let check = cx.check("KV-EXPIRY-1", "read a key within its time to live");
    let mut rounds = 0_u32;
    loop {
        let got = cx.ok(store.get("key").await)?;
        let exists = cx.ok(store.exists("key").await)?;
        let listed = cx.all_keys(&store, "k", None).await?;
        let (streamed, end) = store.keys("").collect().await;
        cx.ok(end)?;
        let rest = cx.ok(expiry::remaining(&store, "key").await)?;
        let answered = cx.now().await;
        if !span.lives(answered) {
            break;
        }
        check.equal(got, Some(b"value".to_vec()))?;
        check.that(exists, "true", &exists)?;
        check.keys(&listed, &["key"])?;
        check.keys(&streamed, &["key"])?;
        check.some(Ok::<_, Error>(rest))?;
        rounds += 1;
        cx.sleep((span.before + span.ttl).saturating_sub(answered) / 6)
            .await;
    }
    cx.note(format!("{rounds} looks within {} ms", span.ttl.as_millis()));
    Ok(())
}
