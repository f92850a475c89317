use conformance_kit::prelude::*;

use crate::apart::each;

case! {
    /// The name of the second container begins with that of the first. Whoever joins the
    /// name of a container and that of an object into one text can be led from one
    /// container into the other.
    id: "blob.containers.shared-beginning",
    title: "no object of one container is one of another whose name begins in the same way",
    clauses: ["BLOB-HANDLE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let (first, second) = (cx.container().await?, cx.second_container().await?);
    let rest = &names.secondary[names.primary.len()..];
    let name = cx.random_text(5);
    let mut crafted = vec![[rest, &name].concat(), [&rest[1..], &name].concat()];
    for joint in ["-", "/", ":", ".", "_", "|", "\0", "\u{1f}", "::", "//"] {
        crafted.push([rest, joint, &name].concat());
        crafted.push([&rest[1..], joint, &name].concat());
        crafted.push([joint, &rest[1..], joint, &name].concat());
    }
    crafted.sort_unstable();
    crafted.dedup();
    for written in each(&crafted, |name| first.put(name, b"first")).await {
        cx.ok(written)?;
    }
    let check = |message| cx.check("BLOB-HANDLE-3", message);
    check("get an object that only the first container might seem to have")
        .none(second.get(&name).await)?;
    let listed = cx.all_names(&second, "", None).await?;
    check("list a container that nobody wrote to").keys::<&str>(&listed, &[])?;

    cx.ok(second.put(&name, b"second").await)?;
    for read in each(&crafted, |name| first.get(name)).await {
        check("get an object after the second container was written to").value(read, b"first")?;
    }
    cx.ok(first.delete_many(&crafted).await)?;
    check("get an object after those of the first container were deleted")
        .value(second.get(&name).await, b"second")?;
    let listed = cx.all_names(&first, "", None).await?;
    check("list the first container after its objects were deleted").keys::<&str>(&listed, &[])
}
