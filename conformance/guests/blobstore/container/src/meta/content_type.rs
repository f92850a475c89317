use blobstore::ODD_TYPES;
use conformance_kit::prelude::*;

use crate::apart::each;
use crate::facts::{described, told_by_get};

case! {
    id: "blob.meta.type",
    title: "every content type of printable characters is accepted and comes back as it was",
    clauses: ["BLOB-META-1", "BLOB-META-5"],
    timeout_s: 30,
}

async fn keeps(cx: &Context, container: &Container, content_type: &str) -> Outcome {
    let message = format!("put with the content type {}", content_type.shown());
    let name = ["object of ", content_type].concat();
    let options = described(Some(content_type), &[]);
    cx.check("BLOB-META-5", &message)
        .ok(container.put_with(&name, b"bytes", options).await)?;
    let check = cx.check("BLOB-META-1", &message);
    let told = told_by_get(cx, container, &name).await?;
    check.equal(told.content_type.as_str(), content_type)?;
    let told = cx.info(container, &name).await?;
    check.equal(told.content_type.as_str(), content_type)
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let printable: String = ('!'..='~').collect();
    let long = [&"x".repeat(250), "/a; b"].concat();
    let inside = ["a", &" ".repeat(253), "b"].concat();
    let mut types = ODD_TYPES.to_vec();
    types.extend([printable.as_str(), &long, &inside]);
    for kept in each(&types, |one| keeps(cx, &container, one)).await {
        kept?;
    }
    Ok(())
}
