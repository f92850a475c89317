use blobstore::links::{ACCESSES, method, sign};
use conformance_kit::prelude::*;
use conformance_kit::requests::send;

case! {
    /// What makes a link good is in the query of its URL, wherever services have one. A
    /// link without a query is not taken apart.
    id: "blob.links.other-object",
    title: "what makes a link good is good for no other object and in no other container",
    clauses: ["BLOB-LINK-2"],
    requires: ["blob.links"],
    timeout_s: 30,
}

const MINUTE: Duration = Duration::from_secs(60);
const OTHERS: &[&str] = &[
    "other",
    "objec",
    "object2",
    "object/below",
    "Object",
    "object ",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let second = cx.second_container().await?;
    cx.ok(container.put("object", b"bytes").await)?;
    cx.ok(second.put("object", b"bytes").await)?;
    for name in OTHERS {
        cx.ok(container.put(name, b"bytes").await)?;
    }
    for access in ACCESSES {
        let own = cx.ok(sign(&container, "object", access, MINUTE).await)?;
        let Some((_, secret)) = own.url.split_once('?') else {
            cx.note("a link without a query was not taken apart");
            continue;
        };
        let others = OTHERS.iter().map(|name| (&container, *name));
        for (container, name) in others.chain([(&second, "object")]) {
            let link = cx.ok(sign(container, name, access, MINUTE).await)?;
            let Some((place, _)) = link.url.split_once('?') else {
                continue;
            };
            let forged = [place, "?", secret].concat();
            let reply = send(method(access), &forged, &own.headers, b"changed").await;
            cx.check("BLOB-LINK-2", "a request for another object")
                .that(reply.is_refused(), "a refusal", &reply)?;
        }
    }
    for name in OTHERS {
        cx.check("BLOB-LINK-2", "get of an object that the link was not for")
            .value(container.get(name).await, b"bytes")?;
    }
    cx.check("BLOB-LINK-2", "get of an object in another container")
        .value(second.get("object").await, b"bytes")
}
