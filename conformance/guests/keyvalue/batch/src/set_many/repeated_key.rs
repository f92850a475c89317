use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    id: "kv.batch.set.repeated-key",
    title: "set-many refuses a batch in which a key stands more than once",
    clauses: ["KV-SETMANY-2", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let entries = [("a", "1"), ("b", "2"), ("a", "3"), ("c", "4"), ("a", "1")];
    cx.check("KV-SETMANY-2", "set-many with one key three times")
        .refused(
            batch::set_many(&store, &entries).await,
            Kind::InvalidArgument,
            &[2, 4],
        )?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-BATCH-5", "list after a refused batch")
        .keys(&listed, &[] as &[&str])
}
