use conformance_kit::prelude::*;

use crate::support::keeps;

case! {
    id: "blob.data.bytes",
    title: "no byte has a meaning, in whatever order and company",
    clauses: ["BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let all: Vec<u8> = (0..=u8::MAX).collect();
    let down: Vec<u8> = (0..=u8::MAX).rev().collect();
    let pairs: Vec<u8> = all.iter().flat_map(|byte| [*byte, !*byte]).collect();
    let line_ends = b"one\r\ntwo\nthree\rfour\n\r\r\r\n\n";
    let zeros = [b"ab".as_slice(), &[0; 5_000], b"c", &[0; 3]].concat();
    // Truncated, overlong and lone halves of characters.
    let no_text = [
        0xef, 0xbb, 0xbf, 0xe2, 0x82, b'a', 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xff, 0xfe, 0xf5,
    ];
    let contents: [&[u8]; 8] = [
        &all,
        &down,
        &pairs,
        line_ends,
        &zeros,
        &[0],
        &[0; 1_000],
        &no_text,
    ];
    for bytes in contents {
        keeps(cx, &container, "object", bytes, blobstore::options()).await?;
    }
    Ok(())
}
