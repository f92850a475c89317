use blobstore::{Precondition, PutOptions, options, refused_midway};
use conformance_kit::prelude::*;

case! {
    /// A put may be refused with or without a look at its stream. Where it returns
    /// early, whoever still writes has to be told.
    id: "blob.stream.refused-closes",
    title: "a put that is refused before its stream has ended closes it",
    clauses: ["BLOB-STREAM-4", "TYP-ERR-6"],
}

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
    if let Some(most) = cx.small_limit("blob.metadata.max-bytes")? {
        let value = cx.random_text(most);
        let long_metadata = PutOptions {
            metadata: vec![("k".to_owned(), value)],
            ..options()
        };
        refused.push(("new".to_owned(), long_metadata, Kind::TooLarge(most as u64)));
    }
    let largest = cx.limit("blob.object.max-bytes")?;
    if let Some(size) = largest.checked_add(1) {
        let too_large = PutOptions {
            size: Some(size),
            ..options()
        };
        refused.push(("new".to_owned(), too_large, Kind::TooLarge(largest)));
    }
    let piece = cx.random_bytes(16 << 10);
    for (name, options, kind) in refused {
        let is_sized = options.size.is_some();
        let (writer, answer) = container.begin_put(&name, options);
        let put = refused_midway(cx, writer, answer, &piece).await?;
        // Whoever waits for the end of the stream finds that it has another size.
        let kind = match &put {
            Err(Error::InvalidArgument(_)) if is_sized => Kind::InvalidArgument,
            _ => kind,
        };
        cx.check("TYP-ERR-6", "put that is to be refused")
            .fails(put, kind)?;
    }
    cx.check("TYP-ERR-6", "get after an overwrite was refused")
        .value(container.get("present").await, b"as it was")?;
    let listed = cx.all_names(&container, "", None).await?;
    cx.check("TYP-ERR-6", "list after puts were refused")
        .keys(&listed, &["present"])
}
