use conformance_kit::prelude::*;

case! {
    id: "blob.containers.no-way-across",
    title: "no name leads out of its container into another, granted or not",
    clauses: ["BLOB-HANDLE-3", "BLOB-NAME-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let (first, second) = (cx.container().await?, cx.second_container().await?);
    cx.ok(second.put("object", b"second").await)?;
    let mut crafted = Vec::new();
    for name in [&names.secondary, &names.denied] {
        for (start, joint) in [
            ("../", "/"),
            ("/", "/"),
            ("", "/"),
            ("", ":"),
            ("", "."),
            ("..\\", "\\"),
            ("%2e%2e/", "/"),
            ("..%2F", "%2F"),
            ("a/../../", "/"),
            ("\0", "\0"),
        ] {
            crafted.push([start, name, joint, "object"].concat());
        }
    }
    for name in &crafted {
        cx.check(
            "BLOB-HANDLE-3",
            "get of a name that names another container",
        )
        .none(first.get(name).await)?;
        cx.check("BLOB-NAME-3", "put of a name that names another container")
            .ok(first.put(name, b"first").await)?;
        cx.check("BLOB-HANDLE-3", "get in the other container")
            .value(second.get("object").await, b"second")?;
    }
    let listed = cx.all_names(&first, "", None).await?;
    cx.check("BLOB-NAME-3", "list names that name another container")
        .keys(&listed, &crafted)?;
    let listed = cx.all_names(&second, "", None).await?;
    cx.check("BLOB-HANDLE-3", "list the other container")
        .keys(&listed, &["object"])?;
    for name in &crafted {
        cx.check(
            "BLOB-NAME-3",
            "delete of a name that names another container",
        )
        .ok(first.delete(name).await)?;
    }
    cx.check(
        "BLOB-HANDLE-3",
        "get in the other container after the deletions",
    )
    .value(second.get("object").await, b"second")
}
