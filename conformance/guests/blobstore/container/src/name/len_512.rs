use conformance_kit::prelude::*;

use crate::apart::{apart, changed, filled};

case! {
    id: "blob.name.len-512",
    title: "names of 512 bytes work on every provider, of whatever characters they are",
    clauses: ["BLOB-NAME-1", "BLOB-NAME-2", "BLOB-NAME-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut names = Vec::new();
    for _ in 0..3 {
        let name = cx.random_text(512);
        names.extend([0, 255, 256, 511].map(|place| changed(&name, place, '0')));
        names.push(name[..511].to_owned());
        names.push(name);
    }
    // What a service encodes takes several times as many bytes there.
    names.extend(['é', '€', '\u{1f600}', '\u{1}', '%', ' ', '"'].map(|one| filled(one, 512)));
    names.extend(['é', '\u{1f600}', '\u{1}', ' '].map(|one| [&filled(one, 508), "last"].concat()));
    apart(cx, &container, &names).await
}
