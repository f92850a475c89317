use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// Nothing may be resolved, nor reached outside of the container.
    id: "blob.name.dotdot",
    title: "dots between slashes have no meaning in a name",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6", "BLOB-NAME-3"],
}

const NAMES: &[&str] = &[
    "../x",
    "x",
    "./x",
    "/x",
    "a/../x",
    "a/x",
    "x/.",
    "x/",
    "x/..",
    "..",
    "../..",
    ".",
    "./.",
    "a/./x",
    "a//x",
    "a/b/../../x",
    "../../../x",
    ".../x",
    "../",
    "..x",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    apart(cx, &container, NAMES).await
}
