use blobstore::longest_names;
use conformance_kit::prelude::*;

case! {
    /// One name at a time, so that a function that alone handles its name in another way
    /// than the rest has nothing to hide behind.
    id: "blob.name.every-function",
    title: "every function takes a name as the same bytes",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "TYP-TEXT-1"],
    timeout_s: 30,
}

const NAMES: [&str; 14] = [
    "N a Me",
    " name ",
    "name\0",
    "\0",
    "é",
    "e\u{301}",
    "a/../b",
    "%2F+",
    "*",
    "\\",
    "\u{1f600}",
    "\r\n",
    "\u{feff}name",
    "/007/",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let longest = longest_names(cx)?;
    for name in NAMES.into_iter().chain(longest.iter().map(String::as_str)) {
        let text = |function: &str| format!("{function} of {}", name.shown());
        let bytes = name.as_bytes();
        // Of the longest ones the question is whether they are accepted at all.
        let taken = if longest.iter().any(|one| one == name) {
            "BLOB-NAME-1"
        } else {
            "TYP-TEXT-1"
        };
        cx.check(taken, &text("put"))
            .ok(container.put(name, bytes).await)?;
        cx.check(taken, &text("get"))
            .value(container.get(name).await, bytes)?;
        cx.check(taken, &text("head"))
            .some(container.head(name).await)?;
        let listed = cx.all_names(&container, name, None).await?;
        cx.check("BLOB-NAME-6", &text("list"))
            .keys(&listed, &[name])?;
        let (streamed, end) = container.names(name).collect().await;
        cx.ok(end)?;
        cx.check("BLOB-NAME-6", &text("names"))
            .keys(&streamed, &[name])?;

        cx.check(taken, &text("copy"))
            .ok(container.copy(name, &container, "copy").await)?;
        cx.ok(container.delete(name).await)?;
        cx.check("BLOB-NAME-2", &text("get after delete"))
            .none(container.get(name).await)?;
        cx.check(taken, &text("move to"))
            .ok(container.r#move("copy", &container, name).await)?;
        cx.check(taken, &text("get after a move back"))
            .value(container.get(name).await, bytes)?;
        cx.check(taken, &text("move"))
            .ok(container.r#move(name, &container, "moved").await)?;
        cx.check("BLOB-NAME-2", &text("head after move"))
            .none(container.head(name).await)?;
        cx.ok(container.copy("moved", &container, name).await)?;
        cx.check(taken, &text("delete-many"))
            .ok(container.delete_many(&["moved", name]).await)?;
        let listed = cx.all_names(&container, "", None).await?;
        cx.check("BLOB-NAME-2", &text("list after delete-many"))
            .keys::<&str>(&listed, &[])?;
    }
    Ok(())
}
