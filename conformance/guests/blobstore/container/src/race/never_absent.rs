use blobstore::{patiently, rounds, unless_expired};
use conformance_kit::prelude::*;

case! {
    actors: 4,
    id: "blob.race.never-absent",
    title: "an object that puts, copies and moves overwrite again and again is present all the time",
    clauses: ["BLOB-PUT-2", "BLOB-DATA-4"],
    timeout_s: 60,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("source", &[b'y'; 3_000]).await)?;
    cx.ok(container.put("object", b"0").await).map(drop)
}

/// By each of the functions that write over an object.
async fn overwrite(cx: &Context, container: &Container, index: u32, round: usize) -> Outcome {
    let copies = index == 1;
    let written = if copies && round.is_multiple_of(2) {
        let copy = async || container.copy("source", container, "object").await;
        patiently(cx, copy).await
    } else if copies {
        cx.ok(container.put("moved", &[b'z'; 2_000]).await)?;
        let r#move = async || container.r#move("moved", container, "object").await;
        patiently(cx, r#move).await
    } else {
        let bytes = vec![b'x'; [0, 100_000, 1, 3_000][round % 4]];
        let put = async || container.put("object", &bytes).await;
        patiently(cx, put).await
    };
    cx.ok(written).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    rounds(cx, index, 20, async |round| {
        if index < 2 {
            return overwrite(cx, &container, index, round).await;
        }
        cx.check("BLOB-DATA-4", "get of an object that others overwrite")
            .some(unless_expired(cx, async || container.get("object").await).await)?;
        cx.check("BLOB-DATA-4", "head of an object that others overwrite")
            .some(container.head("object").await)?;
        if round % 4 == 0 {
            let listed = cx.all_names(&container, "object", None).await?;
            cx.check("BLOB-DATA-4", "list of an object that others overwrite")
                .keys(&listed, &["object"])?;
        }
        Ok(())
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-PUT-2", "get after all writers ended")
        .some(container.get("object").await)?;
    cx.check("BLOB-PUT-2", "head after all writers ended")
        .some(container.head("object").await)
        .map(drop)
}
