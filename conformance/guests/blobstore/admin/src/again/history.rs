use blobstore::{admin, history};
use conformance_kit::prelude::*;

case! {
    id: "blob.admin.history-anew",
    title: "a container that came back has no earlier states, neither of absent objects nor of new ones",
    clauses: ["BLOB-CREATE-1", "BLOB-GETVERSION-2"],
    requires: ["blob.admin", "blob.history"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let name = &cx.names().secondary;
    let container = cx.second_container().await?;
    let mut old = Vec::new();
    for _ in 0..3 {
        old.push(cx.ok(container.put("object", b"bytes").await)?);
    }
    cx.ok(container.delete("object").await)?;
    drop(container);
    cx.ok(admin::delete(name).await)?;
    cx.ok(admin::create(name).await)?;
    let container = cx.ok(blobstore::open(name).await)?;
    has_states(cx, &container, &old, &[]).await?;
    // The same name and the same bytes.
    let version = cx.ok(container.put("object", b"bytes").await)?;
    has_states(cx, &container, &old, &[version]).await
}

/// The object has these states alone, and none of the `old` ones.
async fn has_states(
    cx: &Context,
    container: &Container,
    old: &[String],
    expected: &[String],
) -> Outcome {
    let states = history::all(cx, container, "object", None).await?;
    let listed: Vec<String> = states.into_iter().map(|state| state.version).collect();
    cx.check(
        "BLOB-CREATE-1",
        "list the states in a container that came back",
    )
    .keys(&listed, expected)?;
    for version in old {
        let found = history::begin_get(container, "object", version, None).await;
        cx.check(
            "BLOB-GETVERSION-2",
            "get-version of a state of the earlier container",
        )
        .none(found)?;
    }
    Ok(())
}
