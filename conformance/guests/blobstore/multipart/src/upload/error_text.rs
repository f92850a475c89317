use crate::sending::{NAME, begin_upload, entry, send};
use blobstore::Precondition;
use blobstore::multipart::{self, Part};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.error-text",
    title: "the text of an error of uploads holds neither data of the guest nor anything of the installation",
    clauses: ["TYP-ERR-2"],
    requires: ["blob.multipart"],
}

fn clean<T>(cx: &Context, result: Result<T, Error>, own: &[&str]) -> Outcome {
    cx.check("TYP-ERR-2", "read the text of an error of an upload")
        .tells_nothing(result, own)
}

async fn run(cx: &Context) -> Outcome {
    let names = cx.names();
    let container = cx.container().await?;
    let [text, key, tag, unknown] = [0; 4].map(|_| cx.random_text(12));
    let live = begin_upload(cx, &container).await?;
    let sent = send(cx, &container, &live, 1, text.as_bytes()).await?;
    let own = [
        text.as_str(),
        &key,
        &tag,
        &unknown,
        &live,
        &names.primary,
        &names.secondary,
    ];
    let own = [&own[..], &[sent.tag.as_str()]].concat();
    // A tag of one digit is in any text.
    let own: Vec<&str> = own.into_iter().filter(|own| own.len() > 3).collect();

    let bad_type = [&text, "\n"].concat();
    let bad_key = [&key, "_"].concat();
    for (content_type, metadata) in [
        (Some(bad_type.as_str()), Vec::new()),
        (None, vec![entry(&bad_key, &text)]),
        (None, vec![entry(&key, &text), entry(&key, &text)]),
    ] {
        let begun = multipart::begin_with(&container, &text, content_type, metadata).await;
        clean(cx, begun, &own)?;
    }
    clean(cx, multipart::begin(&container, "").await, &own)?;

    for (name, upload, number, size) in [
        (NAME, live.as_str(), 0, 12),
        (NAME, &live, 1, 11),
        (NAME, &live, 1, 13),
        (NAME, &live, 1, u64::MAX),
        (NAME, &unknown, 1, 12),
        (&text, &live, 1, 12),
        ("", &live, 1, 12),
    ] {
        let (writer, answer) = multipart::begin_part(&container, name, upload, number, size);
        let part = writer.all(text.as_bytes(), answer).await;
        clean(cx, part, &own)?;
    }
    // What the guest itself says of the end of its stream is its own as well.
    let (writer, answer) = multipart::begin_part(&container, NAME, &live, 1, 12);
    let failed = both(writer.fail(Error::Other(text.clone())), answer.wait());
    clean(cx, failed.await.1, &own)?;

    for (name, upload) in [(NAME, unknown.as_str()), (&text, &live), ("", &live)] {
        clean(cx, multipart::parts(&container, name, upload).await, &own)?;
    }
    clean(cx, multipart::abort(&container, "", &live).await, &own)?;
    let other = Part {
        number: 1,
        tag: tag.clone(),
    };
    for (upload, parts, expected) in [
        (&live, vec![], None),
        (&live, vec![sent.clone(), sent.clone()], None),
        (&live, vec![other], None),
        (&unknown, vec![sent.clone()], None),
        (
            &live,
            vec![sent.clone()],
            Some(Precondition::Version(text.clone())),
        ),
    ] {
        let complete = multipart::complete_if(&container, NAME, upload, &parts, expected);
        clean(cx, complete.await, &own)?;
    }
    Ok(())
}
