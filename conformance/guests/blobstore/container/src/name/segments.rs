use conformance_kit::prelude::*;

use crate::apart::apart;

case! {
    /// File systems limit the length of a path, of each of its parts, and their number.
    id: "blob.name.segments",
    title: "a name may have very many slashes, and very many bytes without one",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let (piece, other) = (cx.random_text(400), cx.random_text(240));
    let names = [
        "/".repeat(250),
        "/".repeat(251),
        "a/".repeat(250),
        ["a/".repeat(250), "a".into()].concat(),
        "a//".repeat(100),
        "../".repeat(100),
        piece.clone(),
        piece[..399].to_owned(),
        piece[..256].to_owned(),
        piece[..255].to_owned(),
        [&piece, "/"].concat(),
        [&piece, "/a"].concat(),
        ["a/", &piece].concat(),
        [&other, "/", &other].concat(),
        [&other, "/", &other, "/"].concat(),
        other.repeat(2),
    ];
    apart(cx, &container, &names).await
}
