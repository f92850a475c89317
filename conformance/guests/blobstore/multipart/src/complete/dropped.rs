use blobstore::multipart::{self, Part};
use blobstore::{patiently, unless_expired};
use conformance_kit::prelude::*;

case! {
    /// Its effect may still come after the drop. An upload that is not there any more is
    /// one that it completed, or that its write ended (BLOB-UPLOAD-4).
    id: "blob.multipart.complete-dropped",
    title: "a complete that is dropped in flight leaves the object old or whole, and holds up no other complete",
    clauses: ["TYP-CALL-1"],
    requires: ["blob.multipart"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const ROUNDS: usize = 12;
const OLD: &[u8] = b"old";
/// Where the least part is larger, one part has to do.
const LITTLE: u64 = 64 << 10;

/// Begins an upload with these parts.
async fn uploaded(
    cx: &Context,
    container: &Container,
    name: &str,
    bytes: &[Vec<u8>],
) -> Result<(String, Vec<Part>), Error> {
    let upload = patiently(cx, async || multipart::begin(container, name).await).await?;
    let mut parts = Vec::new();
    for (number, bytes) in (1..).zip(bytes) {
        let send = async || multipart::put_part(container, name, &upload, number, bytes).await;
        parts.push(patiently(cx, send).await?);
    }
    Ok((upload, parts))
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let least = cx.limit("blob.part.min-bytes")?;
    let mut dropped = 0;
    for round in 0..ROUNDS {
        let name = format!("object-{round}");
        cx.ok(container.put(&name, OLD).await)?;
        let mut bytes = vec![cx.random_bytes(900)];
        if least <= LITTLE {
            bytes.insert(0, cx.random_bytes(least as usize + 2_000));
        }
        let whole = bytes.concat();
        let is_whole = async |message, others: &[&[u8]]| {
            let read = unless_expired(cx, async || container.get(&name).await).await;
            let check = cx.check("TYP-CALL-1", message);
            let read = check.some(read)?;
            let is_one = read == whole || others.contains(&read.as_slice());
            check.that(is_one, "the bytes of one write", &read)
        };
        let (upload, parts) = cx.ok(uploaded(cx, &container, &name, &bytes).await)?;
        let complete = async || multipart::complete(&container, &name, &upload, &parts).await;
        let call = begin(complete()).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        is_whole("get after a complete was dropped", &[OLD]).await?;

        let check = cx.check("TYP-CALL-1", "complete after one was dropped");
        let (ended, left) = match patiently(cx, complete).await {
            Err(Error::NotFound) => (None, &[OLD][..]),
            ended => (Some(check.ok(ended)?), &[][..]),
        };
        is_whole("get after a second complete", left).await?;
        if ended.is_none() {
            cx.note("the upload of a complete that was dropped is over");
        }

        let fresh = async || {
            let (upload, parts) =
                uploaded(cx, &container, &name, &[b"of another upload".to_vec()]).await?;
            let complete = async || multipart::complete(&container, &name, &upload, &parts).await;
            patiently(cx, complete).await
        };
        let mut completed = fresh().await;
        if matches!(completed, Err(Error::NotFound)) {
            // What was dropped came late, and ended it.
            completed = fresh().await;
        }
        cx.check(
            "TYP-CALL-1",
            "complete another upload after one was dropped",
        )
        .ok(completed)?;
        is_whole("get after another upload", &[b"of another upload"]).await?;
    }
    cx.note(format!(
        "{dropped} of {ROUNDS} calls were dropped in flight"
    ));
    Ok(())
}
