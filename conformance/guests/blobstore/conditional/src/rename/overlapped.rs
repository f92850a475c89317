use conformance_kit::prelude::*;

use crate::support::unless_failed;
use blobstore::{atomic_move::rename, patiently};

case! {
    /// One writes under the old name, another renames what is there to names of its own.
    /// A state that the writer could replace is gone; each other one has to be somewhere.
    actors: 2,
    id: "blob.rename.overlapped",
    title: "a write of the old name while it is renamed is moved or stays there",
    clauses: ["BLOB-RENAME-3"],
    requires: ["blob.atomic-move"],
    timeout_s: 30,
}

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// The writer returns what it did not replace itself.
async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut left = Vec::new();
    let mut present: Option<(String, String)> = None;
    blobstore::rounds(cx, index, 80, async |round| {
        let bytes = format!("{round}");
        if index == 1 {
            let new_name = format!("renamed-{round}");
            let once = async || rename(&container, "object", &new_name, None).await;
            return match patiently(cx, once).await {
                Err(Error::NotFound) => Ok(()),
                ended => cx.ok(ended).map(drop),
            };
        }
        let written = patiently(cx, async || match &present {
            None => container.create("object", bytes.as_bytes()).await,
            Some((_, version)) => container.replace("object", bytes.as_bytes(), version).await,
        });
        let check = cx.check("BLOB-RENAME-3", "write under the old name");
        let written = unless_failed(check, written.await)?;
        let before = present.take();
        match written {
            Some(version) => present = Some((bytes, version)),
            None => left.extend(before.map(|(bytes, _)| bytes)),
        }
        Ok(())
    })
    .await?;
    left.extend(present.map(|(bytes, _)| bytes));
    Ok(left)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    let mut kept = Vec::new();
    for name in cx.all_names(&container, "", None).await? {
        let bytes = cx.ok(container.get(&name).await)?.unwrap_or_default();
        kept.push(String::from_utf8_lossy(&bytes).into_owned());
    }
    cx.note(format!("{} states", seen.concat().len()));
    cx.check(
        "BLOB-RENAME-3",
        "look for everything that was written under the old name",
    )
    .keys(&kept, &seen.concat())
}
