use crate::sending::{NAME, begin_upload, send};
use blobstore::atomic_move::rename;
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.overwritten",
    title: "an upload whose object is written, deleted or moved meanwhile completes or is not-found in every call, under its own name",
    clauses: ["BLOB-UPLOAD-4", "BLOB-UPLOAD-5", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
    timeout_s: 20,
}

/// What writes the object, and whether it gives it the name `AWAY`.
const WAYS: [(&str, bool); 8] = [
    ("put", false),
    ("delete", false),
    ("delete-many", false),
    ("copy over", false),
    ("move over", false),
    ("move away", true),
    ("rename over", false),
    ("rename away", true),
];
const AWAY: &str = "away";

/// Makes the change; returns the bytes that the object has then.
async fn change(cx: &Context, container: &Container, way: &str) -> Result<Option<Vec<u8>>, Stop> {
    if way.ends_with("over") {
        cx.ok(container.put("source", b"meanwhile").await)?;
    }
    match way {
        "put" => cx.ok(container.put(NAME, b"meanwhile").await).map(drop)?,
        "delete" => cx.ok(container.delete(NAME).await)?,
        "delete-many" => cx.ok(container.delete_many(&["other", NAME]).await)?,
        "copy over" => cx
            .ok(container.copy("source", container, NAME).await)
            .map(drop)?,
        "move over" => cx
            .ok(container.r#move("source", container, NAME).await)
            .map(drop)?,
        "move away" => cx
            .ok(container.r#move(NAME, container, AWAY).await)
            .map(drop)?,
        "rename over" => cx
            .ok(rename(container, "source", NAME, None).await)
            .map(drop)?,
        _ => cx.ok(rename(container, NAME, AWAY, None).await).map(drop)?,
    }
    let is_written = way == "put" || way.ends_with("over");
    Ok(is_written.then(|| b"meanwhile".to_vec()))
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (way, is_moved) in WAYS {
        if way.starts_with("rename") && !cx.declares("blob.atomic-move") {
            continue;
        }
        cx.ok(container.put(NAME, b"old").await)?;
        let upload = begin_upload(cx, &container).await?;
        let part = send(cx, &container, &upload, 1, b"of the upload").await?;
        let left = change(cx, &container, way).await?;
        if is_moved {
            // The upload is of the name, not of the object.
            let parts = multipart::parts(&container, AWAY, &upload).await;
            let message = format!("parts under the new name after {way}");
            cx.check("BLOB-UPLOAD-5", &message)
                .fails(parts, Kind::NotFound)?;
        }
        let message = format!("complete after {way}");
        match multipart::complete(&container, NAME, &upload, &[part]).await {
            Ok(_) => {
                cx.check("BLOB-COMPLETE-1", &format!("get after {message}"))
                    .value(container.get(NAME).await, b"of the upload")?;
                cx.note(format!("an upload outlives {way} of its name"));
            }
            Err(error) => {
                cx.check("BLOB-UPLOAD-4", &message)
                    .fails(Err::<(), _>(error), Kind::NotFound)?;
                cx.check("BLOB-UPLOAD-4", &format!("get after {message}"))
                    .returns(container.get(NAME).await, left)?;
                let message = format!("parts after {message} found nothing");
                cx.check("BLOB-UPLOAD-5", &message).fails(
                    multipart::parts(&container, NAME, &upload).await,
                    Kind::NotFound,
                )?;
                let sent = multipart::put_part(&container, NAME, &upload, 2, b"more").await;
                let message = format!("put-part after {way} ended the upload");
                cx.check("BLOB-UPLOAD-5", &message)
                    .fails(sent, Kind::NotFound)?;
                cx.note(format!("{way} of its name ends an upload"));
            }
        }
        if is_moved {
            cx.check("BLOB-COMPLETE-1", "get of the moved object after complete")
                .value(container.get(AWAY).await, b"old")?;
        }
    }
    Ok(())
}
