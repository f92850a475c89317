use blobstore::links::{Access, follow, sign};
use conformance_kit::prelude::*;

case! {
    id: "blob.links.works",
    title: "by a link others write, read and remove the object of that name and no other one",
    clauses: ["BLOB-LINK-1"],
    requires: ["blob.links"],
    timeout_s: 60,
}

/// What a URL cannot have as it is, what has a meaning in one, what clients resolve before
/// they send it, and pairs that are one name to whoever decodes, folds or tidies names.
const NAMES: &[&str] = &[
    "object",
    "OBJECT",
    "object/",
    "object//",
    "object/below",
    "object//below",
    " a b",
    "a b",
    "a b ",
    "a+b",
    "a%20b",
    "a/b",
    "a%2Fb",
    "a%2fb",
    "a?b=c",
    "a&b=c;d",
    "a#b",
    "a\\b",
    "a\"b'c<d>",
    ".",
    "..",
    "../object",
    "a/../object",
    "./object",
    "/object",
    "\u{1}",
    "\n",
    "\u{7f}",
    "\u{e9}",
    "e\u{301}",
    "\u{1f600}",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let make = async |name: &str, access| {
        let link = sign(&container, name, access, Duration::from_secs(60)).await;
        cx.ok(link)
    };
    for name in NAMES {
        let link = make(name, Access::Put).await?;
        let reply = follow(cx, &link, Access::Put, name.as_bytes()).await;
        cx.check("BLOB-LINK-1", "write by a link").that(
            reply.is_done(),
            "that it is done",
            &reply,
        )?;
    }
    for name in NAMES {
        cx.check(
            "BLOB-LINK-1",
            &format!("get of {}, written by a link", name.shown()),
        )
        .value(container.get(name).await, name.as_bytes())?;
        let link = make(name, Access::Get).await?;
        let reply = follow(cx, &link, Access::Get, b"").await;
        let check = cx.check("BLOB-LINK-1", "read by a link");
        check.that(reply.is_done(), "that it is done", &reply)?;
        check.bytes(reply.bytes(), name.as_bytes())?;
    }
    let names = cx.all_names(&container, "", None).await?;
    cx.check("BLOB-LINK-1", "list what links wrote")
        .keys(&names, NAMES)?;
    for (place, name) in NAMES.iter().enumerate() {
        let link = make(name, Access::Delete).await?;
        let reply = follow(cx, &link, Access::Delete, b"").await;
        cx.check("BLOB-LINK-1", "remove by a link").that(
            reply.is_done(),
            "that it is done",
            &reply,
        )?;
        let names = cx.all_names(&container, "", None).await?;
        cx.check("BLOB-LINK-1", "list what links left")
            .keys(&names, &NAMES[place + 1..])?;
    }
    Ok(())
}
