use conformance_kit::prelude::*;

use blobstore::{PutOptions, options};

use blobstore::patiently;

case! {
    /// The writer says in the metadata which bytes it writes.
    actors: 3,
    id: "blob.copy.while-overwritten",
    title: "copies of an object that others overwrite are whole states of it",
    clauses: ["BLOB-COPY-1", "BLOB-DATA-3"],
    timeout_s: 30,
}

fn state(number: usize) -> (Vec<u8>, PutOptions) {
    let options = PutOptions {
        metadata: vec![("number".to_owned(), number.to_string())],
        content_type: Some(format!("text/n{number}")),
        ..options()
    };
    (number.to_string().repeat(2_000).into_bytes(), options)
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let (bytes, options) = state(0);
    cx.ok(container.put_with("object", &bytes, options).await)
        .map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let name = format!("copy-{index}");
    blobstore::rounds(cx, index, 20, async |round| {
        if index == 0 {
            let (bytes, options) = state(round);
            let put = async || {
                let options = options.clone();
                container.put_with("object", &bytes, options).await
            };
            return cx.ok(patiently(cx, put).await).map(drop);
        }
        let copy = async || container.copy("object", &container, &name).await;
        cx.check("BLOB-COPY-1", "copy of an object that is overwritten")
            .ok(patiently(cx, copy).await)?;
        let check = cx.check(
            "BLOB-DATA-3",
            "read a copy of an object that was overwritten",
        );
        let info = check.some(container.head(&name).await)?;
        let number = info
            .metadata
            .first()
            .and_then(|(_, text)| text.parse().ok());
        let (bytes, options) = state(number.unwrap_or(usize::MAX));
        check.equal(Some(info.content_type), options.content_type)?;
        check.value(container.get(&name).await, &bytes)
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.info(&container, "object").await.map(drop)
}
