use conformance_kit::prelude::*;

use crate::facts::described;

case! {
    id: "blob.meta.type-refused",
    title: "content types of any other form are refused, and nothing is written",
    clauses: ["BLOB-META-6", "TYP-ERR-6"],
}

const BAD: [&str; 21] = [
    "",
    " ",
    "  ",
    " text/plain",
    "text/plain ",
    "\ttext/plain",
    "text\t/plain",
    "text/plain\n",
    "text/plain\r\nx-header: a",
    "\r",
    "\0",
    "text/\0plain",
    "text/plain\u{7f}",
    "\u{1}",
    "\u{1f}",
    "té/plain",
    "é",
    "text/plain\u{80}",
    "текст",
    "\u{1f600}",
    "\u{a0}text",
];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("old", b"old bytes").await)?;
    let long = cx.random_text(256);
    let longer = cx.random_text(5_000);
    // 255 characters, of which each has more bytes than one.
    let wide = "é".repeat(127);
    let bad = BAD.into_iter().chain([long.as_str(), &longer, &wide]);
    for content_type in bad {
        let message = format!("put with the content type {}", content_type.shown());
        for name in ["old", "new"] {
            let put = container.put_with(name, b"new", described(Some(content_type), &[]));
            cx.check("BLOB-META-6", &message)
                .fails(put.await, Kind::InvalidArgument)?;
        }
    }
    cx.check("TYP-ERR-6", "get after puts were refused")
        .value(container.get("old").await, b"old bytes")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after puts were refused")
        .keys(&listed, &["old"])
}
