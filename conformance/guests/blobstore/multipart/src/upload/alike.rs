use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.alike",
    title: "what becomes of an object and its uploads leaves uploads of names like its own as they are",
    clauses: ["BLOB-UPLOAD-2", "BLOB-UPLOAD-3", "BLOB-NAME-2", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

const NAME: &str = "a";
const ALIKE: [&str; 5] = ["a/", "a/b", "ab", "A", " a"];
const WAYS: [&str; 5] = ["put", "copy over", "delete-many", "delete", "abort"];

async fn change(cx: &Context, container: &Container, way: &str) -> Outcome {
    match way {
        "put" => cx.ok(container.put(NAME, b"bytes").await).map(drop),
        "copy over" => {
            let copied = container.copy("source", container, NAME).await;
            cx.ok(copied).map(drop)
        }
        "delete-many" => cx.ok(container.delete_many(&[NAME]).await),
        "delete" => {
            cx.ok(container.put(NAME, b"bytes").await)?;
            cx.ok(container.delete(NAME).await)
        }
        _ => {
            let upload = cx.ok(multipart::begin(container, NAME).await)?;
            let sent = multipart::put_part(container, NAME, &upload, 1, b"bytes").await;
            cx.ok(sent)?;
            cx.ok(multipart::abort(container, NAME, &upload).await)
        }
    }
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("source", b"source").await)?;
    let mut uploads = Vec::new();
    for name in ALIKE {
        let upload = cx.ok(multipart::begin(&container, name).await)?;
        let sent = multipart::put_part(&container, name, &upload, 1, name.as_bytes()).await;
        uploads.push((name, upload, cx.ok(sent)?));
    }
    for way in WAYS {
        change(cx, &container, way).await?;
        for (name, upload, part) in &uploads {
            let message = format!("parts of {} after {way} of {}", name.shown(), NAME.shown());
            let check = cx.check("BLOB-UPLOAD-3", &message);
            let has = check.ok(multipart::parts(&container, name, upload).await)?;
            let [one] = &has[..] else {
                return Err(check.failed("the part that was sent", &has));
            };
            check.equal(&one.part.tag, &part.tag)?;
            check.equal(one.size, name.len() as u64)?;
        }
    }
    for (name, upload, part) in uploads {
        let message = format!("complete of {} after all that", name.shown());
        cx.check("BLOB-UPLOAD-2", &message).ok(multipart::complete(
            &container,
            name,
            &upload,
            &[part],
        )
        .await)?;
    }
    for name in ALIKE {
        cx.check("BLOB-COMPLETE-1", "get of what was completed beside others")
            .value(container.get(name).await, name.as_bytes())?;
    }
    cx.check("BLOB-NAME-2", "get of the one that was deleted")
        .none(container.get(NAME).await)
}
