use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{keys_of, put};

case! {
    id: "kv.batch.get.values",
    title: "get-many returns values of any bytes and of any length exactly",
    clauses: ["KV-VALUE-1", "KV-GETMANY-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut values: Vec<Vec<u8>> = vec![
        (0..=255).collect(),
        vec![0],
        vec![0; 100],
        vec![255; 3],
        b"\r\n".to_vec(),
        b"null".to_vec(),
        b"$-1\r\n".to_vec(),
        b"[\"a\",\"b\"]".to_vec(),
        "é\0😀".as_bytes().to_vec(),
        vec![0xc3, 0x28, 0xff, 0xfe],
    ];
    values.extend(
        [0, 1, 2, 63, 255, 256, 1_023, 4_096, 24_575, 24_576].map(|length| cx.random_bytes(length)),
    );
    let items: Vec<_> = (0..)
        .zip(values)
        .map(|(number, value): (u32, _)| (format!("key-{number}"), value))
        .collect();
    put(cx, &store, &items).await?;
    let read = batch::get_many(&store, &keys_of(&items)).await;
    let read = cx
        .check("KV-GETMANY-1", "get-many of all kinds of values")
        .ok(read)?;
    cx.check("KV-GETMANY-1", "get-many of all kinds of values")
        .equal(read.len(), items.len())?;
    for ((key, value), read) in items.iter().zip(read) {
        let message = format!("the result of get-many for {key}");
        cx.check("KV-VALUE-1", &message)
            .value(Ok::<_, Error>(read), value)?;
    }
    Ok(())
}
