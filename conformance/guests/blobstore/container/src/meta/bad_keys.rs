use conformance_kit::prelude::*;

use crate::facts::described;

case! {
    id: "blob.meta.bad-keys",
    title: "keys of metadata of any other form are refused, and nothing is written",
    clauses: ["BLOB-META-3", "TYP-ERR-6"],
}

const BAD: [&str; 27] = [
    "", "A", "Key", "kEy", "keY", "1", "0a", "-", "-a", "_", "a_b", "a.b", "a/b", "a:b", "a b",
    " a", "a ", "\t", "a\n", "\0", "a\0", "é", "aé", "ключ", "a\u{301}", "\u{ff41}", "a+b",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("old", b"old bytes").await)?;
    let long = cx.random_text(65);
    let longer = cx.random_text(200);
    let bad = BAD.into_iter().chain([long.as_str(), &longer]);
    for key in bad {
        let message = format!("put with the key {}", key.shown());
        for metadata in [
            &[(key, "value")][..],
            &[("good", "value"), (key, "")],
            &[(key, ""), ("good", "value")],
        ] {
            let options = described(None, metadata);
            cx.check("BLOB-META-3", &message).fails(
                container.put_with("old", b"new", options.clone()).await,
                Kind::InvalidArgument,
            )?;
            cx.check("BLOB-META-3", &message).fails(
                container.put_with("new", b"new", options).await,
                Kind::InvalidArgument,
            )?;
        }
    }
    cx.check("TYP-ERR-6", "get after puts were refused")
        .value(container.get("old").await, b"old bytes")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after puts were refused")
        .keys(&listed, &["old"])
}
