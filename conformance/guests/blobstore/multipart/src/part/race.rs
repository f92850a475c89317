use blobstore::multipart::{self, Part};
use blobstore::patiently;
use conformance_kit::prelude::*;

case! {
    /// They meet before each upload: else the last of them would have the last word in all.
    actors: 4,
    id: "blob.multipart.part-race",
    title: "of the parts that several instances send under one number the upload has one, with its own tag, size and bytes",
    clauses: ["BLOB-PART-1", "BLOB-PART-3", "BLOB-PARTS-1", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
    timeout_s: 60,
}

const UPLOADS: usize = 10;

fn object(number: usize) -> String {
    format!("object-{number}")
}

/// Of each instance another letter and another size.
fn bytes(actor: usize) -> Vec<u8> {
    vec![b'a' + actor as u8; 100 + 2_000 * actor]
}

async fn prepare(cx: &Context) -> Outcome {
    let (container, notes) = (cx.container().await?, cx.second_container().await?);
    for name in (0..UPLOADS).map(object) {
        let upload = cx.ok(multipart::begin(&container, &name).await)?;
        let sent = multipart::put_part(&container, &name, &upload, 1, b"of before").await;
        cx.ok(sent)?;
        cx.ok(notes.put(&name, upload.as_bytes()).await)?;
    }
    Ok(())
}

/// The uploads that the first instance began.
async fn uploads(cx: &Context) -> Result<Vec<(String, String)>, Stop> {
    let notes = cx.second_container().await?;
    let mut uploads = Vec::new();
    for name in (0..UPLOADS).map(object) {
        let noted = cx.ok(notes.get(&name).await)?.unwrap_or_default();
        uploads.push((name, String::from_utf8_lossy(&noted).into_owned()));
    }
    Ok(uploads)
}

/// Returns the tags of its parts.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let bytes = bytes(index as usize);
    let mut tags = Vec::new();
    for (name, upload) in uploads(cx).await? {
        blobstore::meet(cx, &name, index).await?;
        let send = async || multipart::put_part(&container, &name, &upload, 1, &bytes).await;
        let sent = patiently(cx, send).await;
        let check = cx.check("BLOB-PART-3", "put-part of one number while others send it");
        tags.push(check.ok(sent)?.tag);
    }
    Ok(tags)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    for (number, (name, upload)) in uploads(cx).await?.into_iter().enumerate() {
        let check = cx.check("BLOB-PARTS-1", "parts after several sent one number");
        let has = check.ok(multipart::parts(&container, &name, &upload).await)?;
        let [received] = &has[..] else {
            return Err(check.failed("one part", &has));
        };
        let Part { number: told, tag } = &received.part;
        check.equal(*told, 1)?;
        let sender = seen.iter().position(|tags| tags[number] == *tag);
        let Some(sender) = sender else {
            return Err(check.failed("a tag that put-part returned", &has));
        };
        let bytes = bytes(sender);
        check.equal(received.size, bytes.len() as u64)?;
        let parts = [received.part.clone()];
        cx.check("BLOB-COMPLETE-1", "complete with the part that is there")
            .ok(multipart::complete(&container, &name, &upload, &parts).await)?;
        cx.check("BLOB-PART-1", "get of the part that is there")
            .value(container.get(&name).await, &bytes)?;
    }
    Ok(())
}
