use conformance_kit::prelude::*;

case! {
    id: "blob.calls.in-flight",
    title: "64 calls in flight through one handle all complete, each with its own result",
    clauses: ["TYP-CALL-2"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let names: Vec<String> = (0..64).map(|number| format!("object-{number}")).collect();
    let puts = names
        .iter()
        .map(|name| container.put(name, name.as_bytes()));
    let mut versions = Vec::new();
    for written in together(puts).await {
        versions.push(cx.check("TYP-CALL-2", "64 puts at a time").ok(written)?);
    }
    let gets = names.iter().map(|name| container.get(name));
    for (name, read) in names.iter().zip(together(gets).await) {
        cx.check("TYP-CALL-2", "64 gets at a time")
            .value(read, name.as_bytes())?;
    }
    let heads = names.iter().map(|name| container.head(name));
    for (version, found) in versions.iter().zip(together(heads).await) {
        let check = cx.check("TYP-CALL-2", "64 heads at a time");
        check.equal(&check.some(found)?.version, version)?;
    }
    let deletions = names.iter().map(|name| container.delete(name));
    for deleted in together(deletions).await {
        cx.check("TYP-CALL-2", "64 deletions at a time")
            .ok(deleted)?;
    }
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-CALL-2", "list after 64 deletions at a time")
        .keys::<&str>(&listed, &[])
}
