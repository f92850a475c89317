use core::pin::pin;

use blobstore::{Precondition, PutOptions, options};
use conformance_kit::prelude::*;

use crate::support::PATIENCE;

case! {
    /// A put may be refused with or without a look at its stream. Where it returns
    /// early, whoever still writes has to be told.
    id: "blob.stream.refused-closes",
    title: "a put that is refused before its stream has ended closes it",
    clauses: ["BLOB-STREAM-4", "TYP-ERR-6"],
}

/// More than a provider may take off a stream that nobody reads.
const PIECES: usize = 512;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("present", b"as it was").await)?;
    let bad_metadata = PutOptions {
        metadata: vec![("Bad Key".to_owned(), String::new())],
        ..options()
    };
    let bad_type = PutOptions {
        content_type: Some(String::new()),
        ..options()
    };
    let only_new = PutOptions {
        expected: Some(Precondition::Absent),
        ..options()
    };
    let longest = cx.limit("blob.name.max-bytes")?;
    let mut refused = vec![
        (String::new(), options(), Kind::InvalidArgument),
        ("new".to_owned(), bad_metadata, Kind::InvalidArgument),
        ("new".to_owned(), bad_type, Kind::InvalidArgument),
        ("present".to_owned(), only_new, Kind::PreconditionFailed),
    ];
    if longest <= 64 << 10 {
        let long = "n".repeat(longest as usize + 1);
        refused.push((long, options(), Kind::TooLarge(longest)));
    }
    let piece = cx.random_bytes(16 << 10);
    for (name, options, kind) in refused {
        let (mut writer, answer) = container.begin_put(&name, options);
        let mut answer = pin!(answer.wait());
        writer.write(&piece).await;
        match cx.within(Duration::from_secs(1), &mut answer).await {
            Some(put) => {
                cx.check("TYP-ERR-6", "put that is to be refused")
                    .fails(put, kind)?;
                let write = async {
                    for _ in 0..PIECES {
                        if !writer.write(&piece).await {
                            return true;
                        }
                    }
                    false
                };
                let told = cx.within(PATIENCE, write).await;
                cx.check("BLOB-STREAM-4", "write on after a put was refused")
                    .that(
                        told == Some(true),
                        "that nobody reads any more",
                        if told.is_none() {
                            "no word"
                        } else {
                            "a reader"
                        },
                    )?;
            }
            None => {
                cx.note("a put waits for the end of its stream before it is refused");
                let (_, put) = both(writer.finish(), answer).await;
                cx.check("TYP-ERR-6", "put that is refused at its end")
                    .fails(put, kind)?;
            }
        }
    }
    cx.check("TYP-ERR-6", "get after an overwrite was refused")
        .value(container.get("present").await, b"as it was")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after puts were refused")
        .keys(&listed, &["present"])
}
