use conformance_kit::prelude::*;

case! {
    /// The name of the second store begins with that of the first. Whoever joins
    /// the name of a store and a key into one text can be led from one store
    /// into the other.
    id: "kv.stores.shared-beginning",
    title: "no key of one store is a key of another whose name begins in the same way",
    clauses: ["KV-HANDLE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let (first, second) = (cx.store().await?, cx.second_store().await?);
    let rest = &names.secondary[names.primary.len()..];
    let key = cx.random_text(5);
    let mut crafted = vec![[rest, &key].concat(), [&rest[1..], &key].concat()];
    for joint in ["-", "/", ":", ".", "_", "|", "\0", "\u{1f}", "::", "//"] {
        crafted.push([rest, joint, &key].concat());
        crafted.push([&rest[1..], joint, &key].concat());
        crafted.push([joint, &rest[1..], joint, &key].concat());
    }
    crafted.sort_unstable();
    crafted.dedup();
    for crafted in &crafted {
        cx.ok(first.set(crafted, b"first").await)?;
    }
    let check = |message| cx.check("KV-HANDLE-3", message);
    check("get a key that only the first store might seem to have").none(second.get(&key).await)?;
    let listed = cx.all_keys(&second, "", None).await?;
    check("list a store that nobody wrote to").keys::<&str>(&listed, &[])?;

    cx.ok(second.set(&key, b"second").await)?;
    for crafted in &crafted {
        check("get a key after the second store was written to")
            .value(first.get(crafted).await, b"first")?;
        cx.ok(first.delete(crafted).await)?;
    }
    check("get a key after those of the first store were deleted")
        .value(second.get(&key).await, b"second")?;
    let listed = cx.all_keys(&first, "", None).await?;
    check("list the first store after its keys were deleted").keys::<&str>(&listed, &[])
}
