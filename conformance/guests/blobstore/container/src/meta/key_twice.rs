use conformance_kit::prelude::*;

use crate::facts::described;

case! {
    id: "blob.meta.key-twice",
    title: "metadata that has a key twice is refused, and nothing is written",
    clauses: ["BLOB-META-3", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("old", b"old bytes").await)?;
    let twice: [&[(&str, &str)]; 4] = [
        &[("key", "value"), ("key", "value")],
        &[("key", "one"), ("key", "other")],
        &[("key", ""), ("another", ""), ("key", "value")],
        &[("a", "1"), ("b", "2"), ("c", "3"), ("c", "3"), ("d", "4")],
    ];
    for metadata in twice {
        for name in ["old", "new"] {
            let put = container.put_with(name, b"new", described(None, metadata));
            cx.check("BLOB-META-3", "put with a key that stands there twice")
                .fails(put.await, Kind::InvalidArgument)?;
        }
    }
    cx.check("TYP-ERR-6", "get after puts were refused")
        .value(container.get("old").await, b"old bytes")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after puts were refused")
        .keys(&listed, &["old"])
}
