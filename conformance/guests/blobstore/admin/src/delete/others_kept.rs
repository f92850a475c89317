use blobstore::admin;
use conformance_kit::prelude::*;

case! {
    /// Among the names are some that begin as others do, or that differ in a hyphen.
    id: "blob.admin.others-kept",
    title: "removing a container leaves those with names that are alike as they were",
    clauses: ["BLOB-REMOVE-4"],
    requires: ["blob.admin"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let mut left: Vec<&String> = names.also_granted.iter().collect();
    left.extend([&names.secondary, &names.primary]);
    let mut removed: Vec<&String> = Vec::new();
    while let Some(name) = left.pop() {
        cx.ok(admin::delete(name).await)?;
        removed.push(name);
        for other in &left {
            let message = format!("open {other} after {name} was removed");
            let check = cx.check("BLOB-REMOVE-4", &message);
            let container = check.ok(blobstore::open(other).await)?;
            check.none(container.get("object").await)?;
        }
    }
    // The other way round, with an object in each that comes back.
    while let Some(name) = removed.pop() {
        cx.ok(admin::create(name).await)?;
        let container = cx.ok(blobstore::open(name).await)?;
        cx.ok(container.put("object", name.as_bytes()).await)?;
        for other in &removed {
            let message = format!("open {other}, which was removed, after {name} came back");
            cx.check("BLOB-REMOVE-4", &message)
                .fails(blobstore::open(other).await, Kind::NotFound)?;
        }
        left.push(name);
    }
    for name in left {
        let container = cx.ok(blobstore::open(name).await)?;
        cx.check("BLOB-REMOVE-4", "get after all containers came back")
            .value(container.get("object").await, name.as_bytes())?;
    }
    Ok(())
}
