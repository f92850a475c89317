use conformance_kit::prelude::*;

case! {
    /// Among them names that differ in the last of 63 characters, in a hyphen, or in a zero
    /// before a number.
    id: "blob.containers.alike-names",
    title: "containers with names that are easily taken for one another share nothing",
    clauses: ["BLOB-HANDLE-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut containers = Vec::new();
    for name in [&names.primary, &names.secondary]
        .into_iter()
        .chain(&names.also_granted)
    {
        let container = cx.ok(blobstore::open(name).await)?;
        cx.ok(container.put("object", name.as_bytes()).await)?;
        cx.ok(container.put(name, b"").await)?;
        containers.push((name, container));
    }
    for (name, container) in &containers {
        let message = ["read container ", name].concat();
        let check = cx.check("BLOB-HANDLE-3", &message);
        check.value(container.get("object").await, name.as_bytes())?;
        let listed = cx.all_names(container, "", None).await?;
        check.keys(&listed, &["object", name])?;
    }
    // Each is emptied while the others hold the object.
    let all: Vec<&str> = containers.iter().map(|(name, _)| name.as_str()).collect();
    for (place, (name, container)) in containers.iter().enumerate() {
        cx.ok(container.delete_many(&all).await)?;
        cx.ok(container.delete("object").await)?;
        for (_, next) in containers.iter().skip(place + 1) {
            let message = ["list another container after ", name].concat();
            let listed = cx.all_names(next, "", None).await?;
            cx.check("BLOB-HANDLE-3", &message).equal(listed.len(), 2)?;
        }
    }
    Ok(())
}
