use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "kv.expiry.remaining",
    title: "remaining counts down from the time to live to the end and is never zero",
    clauses: ["KV-REMAINING-1", "KV-REMAINING-3", "KV-EXPIRY-1", "KV-EXPIRY-2"],
    requires: ["kv.expiry"],
    lane: Lane::Slow,
    timeout_s: 300,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limits = cx.ttl_limits()?;
    let span = cx.expiring(&store, "key", b"value", limits.ttl(60)).await?;
    let mut last = span.ttl + limits.lateness;
    let check = cx.check("KV-REMAINING-3", "compare with what remained before");
    cx.watch_end(&span, async || {
        if !cx.check_remaining(&store, "key", &span).await? {
            return Ok(false);
        }
        // Two answers may differ by what each may be wrong.
        if let Some(Lifetime::Remaining(rest)) = cx.ok(expiry::remaining(&store, "key").await)? {
            let rest = Duration::from_nanos(rest);
            check.that(
                !rest.is_zero() && rest <= last + limits.lateness,
                "no more",
                &rest,
            )?;
            last = last.min(rest);
        }
        Ok(true)
    })
    .await?;
    cx.check("KV-REMAINING-1", "remaining after the end")
        .none(expiry::remaining(&store, "key").await)
}
