use conformance_kit::prelude::*;

use crate::listing::{fill, listed_by};

case! {
    id: "kv.list.prefix-between",
    title: "a prefix that stands before, between or behind all keys matches none",
    clauses: ["KV-LIST-3", "KV-LIST-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let stem = cx.random_text(3);
    let keys = ["b1", "b3", "b33", "b5", "d"].map(|end| [&stem, end].concat());
    fill(cx, &store, &keys).await?;
    let ends = [
        "a",
        "b0",
        "b2",
        "b30",
        "b34",
        "b4",
        "b333",
        "b6",
        "c",
        "e",
        "\0",
        "\u{10ffff}",
        "B1",
    ];
    let mut absent = ends.map(|end| [&stem, end].concat()).to_vec();
    absent.extend(["\0", "\u{10ffff}", "0", "~"].map(str::to_owned));
    listed_by(cx, "KV-LIST-3", &store, &keys, &absent).await?;
    let present = ["", "b", "b3", "b33", "d"].map(|end| [&stem, end].concat());
    listed_by(cx, "KV-LIST-2", &store, &keys, &present).await
}
