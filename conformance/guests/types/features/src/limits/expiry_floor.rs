use conformance_kit::prelude::*;
use keyvalue::expiry::{self, Lifetime};

case! {
    id: "types.limits.floor.expiry",
    title: "times to live of a minute and of a day are accepted by every binding with expiry",
    clauses: ["TYP-LIMIT-2", "TYP-FEAT-3"],
    requires: ["kv.expiry"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for seconds in [60, 61, 3600, 86_399, 86_400] {
        let key = format!("key-{seconds}");
        let ttl = Duration::from_secs(seconds);
        let set = expiry::set_expiring(&store, &key, b"value", ttl).await;
        cx.check("TYP-LIMIT-2", "set-expiring within the portable bounds")
            .ok(set)?;
        let rest = cx.ok(expiry::remaining(&store, &key).await)?;
        // Wrong by at most a minute, wherever the lateness is.
        let most = (ttl + Duration::from_secs(60)).as_nanos() as u64;
        cx.check("TYP-FEAT-3", "remaining within the portable bounds")
            .that(
                matches!(rest, Some(Lifetime::Remaining(rest)) if rest > 0 && rest <= most),
                "what is left of it",
                &rest,
            )?;
    }
    Ok(())
}
