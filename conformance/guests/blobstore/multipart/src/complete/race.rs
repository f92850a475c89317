use blobstore::{Precondition, multipart, patiently};
use conformance_kit::prelude::*;

case! {
    /// Some names are absent, some have a state that all of them expect.
    actors: 6,
    id: "blob.multipart.race",
    title: "of several instances that complete uploads for one state of an object exactly one succeeds",
    clauses: ["BLOB-COND-3", "BLOB-COND-4", "BLOB-COMPLETE-6"],
    requires: ["blob.multipart"],
    timeout_s: 60,
}

const NAMES: usize = 8;

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for number in (0..NAMES).step_by(2) {
        let version = cx.ok(container.put(&format!("object-{number}"), b"old").await)?;
        let name = format!("version-{number}");
        cx.ok(container.put(&name, version.as_bytes()).await)?;
    }
    Ok(())
}

/// The state in which the first instance left an object.
async fn left(cx: &Context, container: &Container, number: usize) -> Result<Precondition, Stop> {
    let version = cx.ok(container.get(&format!("version-{number}")).await)?;
    Ok(version.map_or(Precondition::Absent, |version| {
        Precondition::Version(String::from_utf8_lossy(&version).into_owned())
    }))
}

/// All have sent their parts when they meet, so that nothing is left but to complete.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let bytes = format!("of actor {index}");
    let mut won = Vec::new();
    for number in 0..NAMES {
        let name = format!("object-{number}");
        let expected = left(cx, &container, number).await?;
        let begin = async || multipart::begin(&container, &name).await;
        let upload = cx.ok(patiently(cx, begin).await)?;
        let send =
            async || multipart::put_part(&container, &name, &upload, 1, bytes.as_bytes()).await;
        let parts = match patiently(cx, send).await {
            // The others did not wait so long, and one has written (BLOB-UPLOAD-4).
            Err(Error::NotFound) => {
                blobstore::meet(cx, &name, index).await?;
                continue;
            }
            sent => [cx.ok(sent)?],
        };
        blobstore::meet(cx, &name, index).await?;
        let complete = async || {
            let expected = Some(expected.clone());
            multipart::complete_if(&container, &name, &upload, &parts, expected).await
        };
        match patiently(cx, complete).await {
            // A write of the name may have ended the upload (BLOB-UPLOAD-4).
            Err(Error::PreconditionFailed | Error::NotFound) => {}
            ended => {
                let check = cx.check("BLOB-COMPLETE-6", "complete while others do");
                won.push(format!("{number} {}", check.ok(ended)?));
            }
        }
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    for number in 0..NAMES {
        let start = format!("{number} ");
        let mut winners = Vec::new();
        for (actor, won) in seen.iter().enumerate() {
            let versions = won.iter().filter_map(|text| text.strip_prefix(&start));
            winners.extend(versions.map(|version| (actor, version)));
        }
        cx.check(
            "BLOB-COND-4",
            "count the instances that completed an upload",
        )
        .equal(winners.len(), 1)?;
        let (actor, version) = winners[0];
        let name = format!("object-{number}");
        let check = cx.check(
            "BLOB-COND-3",
            "read after one complete of several succeeded",
        );
        let bytes = format!("of actor {actor}");
        check.value(container.get(&name).await, bytes.as_bytes())?;
        check.equal(cx.info(&container, &name).await?.version.as_str(), version)?;
    }
    Ok(())
}
