use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{put_pieces, sized};

case! {
    id: "blob.put.sized",
    title: "a put whose size is right is carried out, whatever the size and the pieces",
    clauses: ["BLOB-PUT-6", "BLOB-PUT-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 262_145);
    for size in [
        0, 1, 4_095, 4_096, 4_097, 65_536, 100_000, 262_143, 262_144, 262_145,
    ] {
        let bytes = &bytes[..size];
        cx.check("BLOB-PUT-6", &format!("put of {size} bytes with that size"))
            .ok(container.put_with("object", bytes, sized(size)).await)?;
        cx.check("BLOB-PUT-1", &format!("get of {size} bytes"))
            .value(container.get("object").await, bytes)?;
        let put = put_pieces(&container, "object", bytes.chunks(50_000), sized(size)).await;
        cx.check("BLOB-PUT-6", &format!("put of {size} bytes in pieces"))
            .ok(put)?;
        cx.check("BLOB-PUT-1", &format!("get of {size} bytes in pieces"))
            .value(container.get("object").await, bytes)?;
    }
    Ok(())
}
