use blobstore::{Item, rounds, unless_expired};
use conformance_kit::prelude::*;

case! {
    /// One instance lets the object grow, a byte a put; the others never see it shrink,
    /// by whichever function and handle they read.
    actors: 4,
    id: "blob.session.monotonic",
    title: "a session never reads an older state than it read before",
    clauses: ["BLOB-SESSION-2", "BLOB-SESSION-3"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"").await).map(drop)
}

/// The size of the object, as one of the functions tells it.
async fn size(cx: &Context, container: &Container, function: usize) -> Result<u64, Stop> {
    match function % 3 {
        0 => {
            let check = cx.check("BLOB-SESSION-2", "get while another instance writes");
            let read = unless_expired(cx, async || container.get("object").await).await;
            Ok(check.some(read)?.len() as u64)
        }
        1 => {
            let check = cx.check("BLOB-SESSION-3", "head while another instance writes");
            Ok(check.some(container.head("object").await)?.size)
        }
        _ => {
            let items = cx.all_items(container, "object", None, None).await?;
            match items.as_slice() {
                [Item::Object(object)] => Ok(object.size),
                _ => Err(cx
                    .check("BLOB-SESSION-3", "list while another instance writes")
                    .failed("the object", &items)),
            }
        }
    }
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let handles = [cx.container().await?, cx.container().await?];
    let mut latest = 0;
    rounds(cx, index, 60, async |round| {
        if index == 0 {
            let bytes = vec![b'x'; round];
            return cx.ok(handles[0].put("object", &bytes).await).map(drop);
        }
        let seen = size(cx, &handles[round % 2], round / 2).await?;
        let clause = match (round / 2) % 3 {
            0 => "BLOB-SESSION-2",
            _ => "BLOB-SESSION-3",
        };
        cx.check(clause, "read while another instance lets an object grow")
            .that(
                seen >= latest,
                &format!("a size of at least {latest}"),
                &seen,
            )?;
        latest = seen;
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    for function in 0..3 {
        let seen = size(cx, &container, function).await?;
        cx.check("BLOB-SESSION-2", "read after all ended").that(
            seen >= 60,
            "a size of at least 60",
            &seen,
        )?;
    }
    Ok(())
}
