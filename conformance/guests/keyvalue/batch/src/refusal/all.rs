use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::limit_to_try;

case! {
    id: "kv.batch.refused",
    title: "every function of batch is refused where the feature is missing",
    clauses: ["TYP-FEAT-1", "TYP-FEAT-2"],
    refuses: "kv.batch",
}

const REFUSED: Kind = Kind::Unsupported("kv.batch");

async fn run(cx: &Context) -> Outcome {
    let store = cx.restricted_store().await?;
    cx.ok(store.set("present", b"value").await)?;
    let mut batches: Vec<Vec<String>> = vec![
        Vec::new(),
        vec!["present".into(), "absent".into()],
        vec!["present".into(), "present".into()],
        vec!["absent".into(), String::new()],
    ];
    if let Some(limit) = cx.small_limit("kv.key.max-bytes")? {
        batches.push(vec!["k".repeat(limit + 1)]);
    }
    // More items than any limit that the provider states.
    let most = match cx.declares("kv.batch") {
        true => limit_to_try(cx)?.unwrap_or(0),
        false => 0,
    };
    batches.push(vec!["present".into(); most.max(1_000) + 1]);
    for keys in &batches {
        let entries: Vec<(&str, &str)> = keys.iter().map(|key| (key.as_str(), "new")).collect();
        cx.check("TYP-FEAT-1", "get-many").refused(
            batch::get_many(&store, keys).await,
            REFUSED,
            &[],
        )?;
        cx.check("TYP-FEAT-1", "set-many").refused(
            batch::set_many(&store, &entries).await,
            REFUSED,
            &[],
        )?;
        cx.check("TYP-FEAT-1", "delete-many").refused(
            batch::delete_many(&store, keys).await,
            REFUSED,
            &[],
        )?;
    }
    cx.check("TYP-FEAT-2", "get after refused calls")
        .value(store.get("present").await, b"value")?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-FEAT-2", "list after refused calls")
        .keys(&listed, &["present"])
}
