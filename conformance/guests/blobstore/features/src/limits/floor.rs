use conformance_kit::prelude::*;

case! {
    /// A stated limit is no use if the binding does not reach it: an application that stays
    /// within the portable bounds runs everywhere.
    id: "blob.limits.floor",
    title: "a guest that stays within the portable bounds is never told that it went too far",
    clauses: ["TYP-LIMIT-2"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let check = cx.check("TYP-LIMIT-2", "stay within the portable bounds");
    let name = cx.random_text(512);
    let options = blobstore::PutOptions {
        metadata: vec![("key".to_owned(), cx.random_text(1_024 - 3))],
        ..blobstore::options()
    };
    check.ok(container.put_with(&name, b"bytes", options).await)?;
    check.value(container.get(&name).await, b"bytes")?;
    let listed = cx.all_names(&container, &name, Some(1)).await?;
    check.keys(&listed, &[&name])?;
    // Most of them absent, some twice: only their number counts.
    let names: Vec<String> = (0..1_000).map(|at| format!("name-{}", at / 2)).collect();
    check.ok(container.delete_many(&names).await)?;
    check.value(container.get(&name).await, b"bytes")
}
