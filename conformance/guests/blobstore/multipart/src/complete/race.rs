use blobstore::{
    Precondition, PutOptions,
    multipart::{self, Part},
    options, patiently,
};
use conformance_kit::prelude::*;

case! {
    /// Some names are absent, some have a state that all of them expect. Each second
    /// instance puts what the others complete.
    actors: 6,
    id: "blob.multipart.race",
    title: "of several instances that complete uploads or put for one state of an object exactly one succeeds",
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

/// An upload with its part; none if it has ended.
async fn sent(
    cx: &Context,
    container: &Container,
    name: &str,
    bytes: &str,
) -> Result<Option<(String, [Part; 1])>, Stop> {
    let begin = async || multipart::begin(container, name).await;
    let upload = cx.ok(patiently(cx, begin).await)?;
    let send = async || multipart::put_part(container, name, &upload, 1, bytes.as_bytes()).await;
    match patiently(cx, send).await {
        // The others did not wait so long, and one has written (BLOB-UPLOAD-4).
        Err(Error::NotFound) => Ok(None),
        sent => Ok(Some((upload, [cx.ok(sent)?]))),
    }
}

/// All have sent their parts when they meet, so that nothing is left but to complete.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let bytes = format!("of actor {index}");
    let mut won = Vec::new();
    for number in 0..NAMES {
        let name = format!("object-{number}");
        let expected = left(cx, &container, number).await?;
        let upload = if index.is_multiple_of(2) {
            sent(cx, &container, &name, &bytes).await?
        } else {
            None
        };
        blobstore::meet(cx, &name, index).await?;
        if index.is_multiple_of(2) && upload.is_none() {
            continue;
        }
        let write = async || {
            let expected = Some(expected.clone());
            match &upload {
                Some((upload, parts)) => {
                    multipart::complete_if(&container, &name, upload, parts, expected).await
                }
                None => {
                    let options = PutOptions {
                        expected,
                        ..options()
                    };
                    container.put_with(&name, bytes.as_bytes(), options).await
                }
            }
        };
        match patiently(cx, write).await {
            // A write of the name may have ended the upload (BLOB-UPLOAD-4).
            Err(Error::NotFound) if upload.is_some() => {}
            Err(Error::PreconditionFailed) => {}
            ended => {
                let check = cx.check("BLOB-COMPLETE-6", "complete or put while others do");
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
            "count the instances that completed an upload or put",
        )
        .equal(winners.len(), 1)?;
        let (actor, version) = winners[0];
        let name = format!("object-{number}");
        let check = cx.check("BLOB-COND-3", "read after one write of several succeeded");
        let bytes = format!("of actor {actor}");
        check.value(container.get(&name).await, bytes.as_bytes())?;
        check.equal(cx.info(&container, &name).await?.version.as_str(), version)?;
    }
    Ok(())
}
