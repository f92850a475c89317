use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};

case! {
    /// Another condition that does not hold has the same case of the error.
    id: "blob.cond.other",
    title: "a put that expects a version that the object does not have fails and changes nothing",
    clauses: ["BLOB-COND-2", "TYP-ERR-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let other = cx.second_container().await?;
    let mut foreign = vec![
        cx.ok(container.put("object", b"first").await)?,
        cx.ok(container.put("other", b"bytes").await)?,
        cx.ok(other.put("object", b"bytes").await)?,
        cx.ok(container.put("object", b"second").await)?,
    ];
    cx.ok(container.delete("object").await)?;
    foreign.push(cx.ok(container.put("object", b"third").await)?);
    let (bytes, options) = (cx.random_bytes(80), some_options(cx));
    let version = cx.ok(container.put_with("object", &bytes, options.clone()).await)?;
    foreign.extend(["", "0", "*", "\"\"", &version.repeat(40)].map(str::to_owned));
    foreign.retain(|text| *text != version);
    for text in &foreign {
        let message = format!("put that expects {}", text.shown());
        cx.check("BLOB-COND-2", &message).fails(
            container.replace("object", b"never", text).await,
            Kind::PreconditionFailed,
        )?;
    }
    cx.check(
        "TYP-ERR-1",
        "put that expects a present object to be absent",
    )
    .fails(
        container.create("object", b"never").await,
        Kind::PreconditionFailed,
    )?;
    let check = cx.check("BLOB-COND-2", "read after puts that failed");
    let info = is_state(check, &container, "object", &bytes, &options).await?;
    check.equal(info.version, version)
}
